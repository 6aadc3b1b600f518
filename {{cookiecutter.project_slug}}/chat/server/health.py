"""Whether the app can serve people: what a health check or a load balancer asks for before it sends somebody here."""

import asyncio
import logging

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from chat.history.engine import engine
from chat.server.draining import draining


async def readiness(request: Request) -> PlainTextResponse:
    """Answer `GET /readyz`: with status 200, or with 503 and why nobody should be sent here."""
    if draining.is_set():
        return PlainTextResponse("draining", 503)
    try:
        await asyncio.wait_for(asyncio.to_thread(ask_database), timeout=3)
    except Exception as error:
        logging.getLogger(__name__).warning("the database cannot be reached: %r", error)
        return PlainTextResponse("database", 503)
    return PlainTextResponse("ready")


def ask_database() -> None:
    """Ask the database for an answer.

    Raises:
        SQLAlchemyError: if it gives none.
    """
    with engine().connect() as connection:
        connection.execute(text("SELECT 1"))
