"""`python -m chat.database` brings the database up to date, as the start of the app does, and ends."""

from chat.database.engine import engine

engine()
