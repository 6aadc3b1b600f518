"""Messages and their parts, the tree that they form, and the file that saves it."""
