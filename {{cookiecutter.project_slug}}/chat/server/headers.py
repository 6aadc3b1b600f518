"""Security headers, which keep a browser from fetching elsewhere, and the server's start and end."""

import asyncio  # {% if cookiecutter is stored %}
import logging
import os  # {% if cookiecutter is deployed and cookiecutter is writing %}
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat import settings
from chat.history.engine import prepare  # {% if cookiecutter is stored %}
from chat.log import start_log
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}
from chat.replies.reply import running
from chat.server.draining import drain_before_stopping  # {% if cookiecutter is deployed %}

log = logging.getLogger(__name__)

INTERNAL = "/_stcore/metrics"  # the number of sessions, and the memory in use: not public


def inline_scripts() -> list[str]:
    """The policy's sources for the inline scripts of Streamlit's page and of this app; no others may run."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), (settings.ROOT / "page.js").read_text("utf-8")]
    digests = [sha256(script.encode()).digest() for script in scripts]
    return [f"'sha256-{b64encode(digest).decode()}'" for digest in digests]


HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            " ".join(["script-src 'self'", *inline_scripts()]),
            "connect-src 'self'",
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
    """Middleware that adds HEADERS to every response and hides what is not public."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        is_internal = scope["type"] == "http" and scope["path"].rstrip("/").endswith(INTERNAL)
        app = PlainTextResponse("Not Found", 404) if is_internal else self.app
        await app(scope, receive, send_with_headers)


# {% if cookiecutter is deployed and cookiecutter is writing %}
def warn_of_loss() -> None:
    """Warn if the data would be lost with the container."""
    data = settings.ROOT / "data"
    kept = data.is_mount() or settings.secret("DATABASE_URL")  # {% if cookiecutter is stored %}
    kept = data.is_mount()  # {% if not cookiecutter is stored %}
    lost = "conversations end with this container: set DATABASE_URL, or mount"  # {% if cookiecutter is stored %}
    lost = "ratings end with this container: mount"  # {% if not cookiecutter is stored %}
    if "container" in os.environ and not kept:
        log.warning("%s a volume at %s", lost, data)


# {% endif %}
@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Start the log before `app` serves; when it stops, mark its unfinished replies as interrupted."""
    start_log()
    warn_of_loss()  # {% if cookiecutter is deployed and cookiecutter is writing %}
    await asyncio.to_thread(prepare)  # {% if cookiecutter is stored %}
    drain_before_stopping()  # {% if cookiecutter is deployed %}
    log.info("app started")
    yield
    for reply in list(running.values()):
        reply.stop("interrupted")
    telemetry.close()  # {% if cookiecutter.telemetry != "none" %}
    log.info("app stopped")
