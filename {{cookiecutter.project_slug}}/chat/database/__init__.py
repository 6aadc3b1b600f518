"""Conversations that last: in SQLite, in one file, or in PostgreSQL."""
