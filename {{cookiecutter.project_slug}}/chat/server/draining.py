"""Draining: a server that is told to stop lets the replies that are coming end, and sends its pages on to another."""

import asyncio
import logging
import math
import signal
import threading
import time
from types import FrameType
from typing import Any

from starlette.requests import Request  # {% if not cookiecutter is stored %}
from starlette.responses import PlainTextResponse  # {% if not cookiecutter is stored %}
from starlette.types import ASGIApp, Receive, Scope, Send

from chat import settings
from chat.log import about
from chat.replies.reply import running

log = logging.getLogger(__name__)

NOTICE = "This server is shutting down: another one takes your next question."
PAGES_SECONDS = 5  # then, for whoever has just had a reply, and asks again: a question on its way would be lost
HURRY_SECONDS = 5  # for all that, where the server is told twice
LINGER_SECONDS = 0.5  # in which a browser gets what was drawn last

draining = threading.Event()  # no reply is begun any more
_sockets: dict[str, tuple[asyncio.AbstractEventLoop, Send]] = {}  # of pages, by the key of their handshake


# {% if not cookiecutter is stored %}
async def readiness(request: Request) -> PlainTextResponse:
    """Answer `GET /readyz`, which health checks ask: with status 200, or with 503 where nobody should be sent here."""
    return PlainTextResponse("draining", 503) if draining.is_set() else PlainTextResponse("ready")


# {% endif %}
def drain_before_stopping() -> None:
    """Have SIGTERM and Ctrl+C stop the server only when no reply is coming any more, or it has taken too long.

    For the start of the server: then its own handlers of signals are there, and are called in the end.
    """
    loop, until = asyncio.get_running_loop(), math.inf

    async def stop(number: int) -> None:
        log.info("app draining", extra=about(replies=len(running)))
        while running and time.monotonic() < until:
            await asyncio.sleep(0.1)
        leaving = time.monotonic() + PAGES_SECONDS
        while _sockets and time.monotonic() < min(until, leaving):
            await asyncio.sleep(0.1)
        for each, handler in before.items():
            signal.signal(each, handler)
        signal.raise_signal(number)

    def drain(number: int, _: FrameType | None) -> None:
        nonlocal until
        seconds = HURRY_SECONDS if draining.is_set() else settings.DRAIN_SECONDS
        until = min(until, time.monotonic() + seconds)
        if not draining.is_set():
            draining.set()
            asyncio.run_coroutine_threadsafe(stop(number), loop)

    before: dict[int, Any] = {number: signal.signal(number, drain) for number in (signal.SIGINT, signal.SIGTERM)}


class PageSockets:
    """Middleware that knows the socket of each page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or a page for as long as it is connected."""
        if key := dict(scope.get("headers", ())).get(b"sec-websocket-key", b"").decode():
            _sockets[key] = asyncio.get_running_loop(), send
        try:
            await self.app(scope, receive, send)
        finally:
            _sockets.pop(key, None)


def send_on(key: str | None) -> None:
    """Have the page with this socket connect anew: whoever stands before the servers sends it to another one.

    For the end of the page's run: a page that loses its socket asks for a new run only if one was going on.
    """

    async def close(send: Send) -> None:
        await send({"type": "websocket.close", "code": 1012, "reason": "service restart"})

    if key in _sockets:
        time.sleep(LINGER_SECONDS)
        loop, send = _sockets[key]
        asyncio.run_coroutine_threadsafe(close(send), loop).result()
