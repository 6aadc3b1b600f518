"""`python -m chat.history` brings the database up to date, as the start of the app does, and ends."""

from chat.history.engine import engine

engine()
