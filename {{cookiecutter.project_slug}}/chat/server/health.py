"""Readiness: whether a load balancer should send people to this server."""

import asyncio
import logging

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from chat.history.engine import engine
from chat.server.draining import draining


async def readiness(request: Request) -> PlainTextResponse:
    """Answer `GET /readyz`, a health check: with status 200, or with 503 and the reason."""
    if draining.is_set():
        return PlainTextResponse("draining", 503)
    try:
        await asyncio.wait_for(asyncio.to_thread(ask_database), timeout=3)
    except Exception as error:
        logging.getLogger(__name__).warning("the database cannot be reached: %r", error)
        return PlainTextResponse("database", 503)
    return PlainTextResponse("ready")


def ask_database() -> None:
    """Check that the database answers.

    Raises:
        SQLAlchemyError: if it does not.
    """
    with engine().connect() as connection:
        connection.execute(text("SELECT 1"))
