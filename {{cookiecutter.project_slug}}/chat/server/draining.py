"""Draining: a server that is told to stop finishes its replies first, and sends its pages to another server."""

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

NOTICE = "This server is shutting down. Another one will take your next question."
PAGES_SECONDS = 5  # then, for questions that are already on their way
HURRY_SECONDS = 5  # for all of this, if the server is told twice
LINGER_SECONDS = 0.5  # for the last elements to reach the browser

draining = threading.Event()  # set: no reply begins any more
_sockets: dict[str, tuple[asyncio.AbstractEventLoop, Send]] = {}  # of pages, by handshake key


# {% if not cookiecutter is stored %}
async def readiness(request: Request) -> PlainTextResponse:
    """Answer `GET /readyz`, a health check: with status 200, or with 503 while draining."""
    return PlainTextResponse("draining", 503) if draining.is_set() else PlainTextResponse("ready")


# {% endif %}
def drain_before_stopping() -> None:
    """Let SIGTERM and Ctrl+C stop the server only after its replies have ended, or after too long a wait.

    To be called when the server starts: its own signal handlers are set by then, and are called at the end.
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
    """Middleware that keeps track of each page's socket."""

    def __init__(self, app: ASGIApp) -> None:
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
    """Make the page with this socket reconnect: the load balancer sends it to another server.

    To be called at the end of a run: a page that loses its socket asks for a new run only during one.
    """

    async def close(send: Send) -> None:
        await send({"type": "websocket.close", "code": 1012, "reason": "service restart"})

    if key in _sockets:
        time.sleep(LINGER_SECONDS)
        loop, send = _sockets[key]
        asyncio.run_coroutine_threadsafe(close(send), loop).result()
