"""What may be drawn of a model's text."""
