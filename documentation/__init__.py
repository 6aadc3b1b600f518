"""Makes the pages of docs/ that say what an answer adds, and what is known of each provider."""
