"""`python -m chat.history` migrates the database, as the app does when it starts, and exits."""

from chat.history.engine import engine

engine()
