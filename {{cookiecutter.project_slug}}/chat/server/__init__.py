"""What the server does besides drawing the page."""
