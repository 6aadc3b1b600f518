"""What may be drawn of a text that a model wrote."""
