"""What the server does beside the page: headers that keep a browser from fetching elsewhere, and its start and end."""

import asyncio  # {% if cookiecutter is stored %}
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.history.engine import prepare  # {% if cookiecutter is stored %}
from chat.replies.reply import running
from chat.server.log import start_log

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
            "connect-src 'self' ws: wss:",
            "font-src 'self' data:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Middleware that adds HEADERS to every response."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """What is done before `app` serves, and after it: the replies that its end interrupts are marked."""
    start_log()
    await asyncio.to_thread(prepare)  # {% if cookiecutter is stored %}
    log.info("app started")
    yield
    for reply in list(running.values()):
        reply.stop("interrupted")
    log.info("app stopped")
