"""Chainlit and Gradio: the shortest streaming chat in each, and people at its page."""
