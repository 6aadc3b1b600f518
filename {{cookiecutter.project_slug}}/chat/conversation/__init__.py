"""Messages and what they hold, the tree that they make, and the file that it is saved to."""
