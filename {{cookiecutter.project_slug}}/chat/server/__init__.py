"""What the server does beside the page."""
