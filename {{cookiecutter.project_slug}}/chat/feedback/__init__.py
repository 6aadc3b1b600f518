"""Evaluating ratings."""
