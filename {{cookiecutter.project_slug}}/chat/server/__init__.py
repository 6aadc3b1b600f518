"""What the server does beside the page: headers, the log."""
