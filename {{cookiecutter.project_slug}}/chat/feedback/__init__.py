"""What becomes of ratings."""
