"""Generates the pages in docs/ about what each answer adds, and about each provider."""
