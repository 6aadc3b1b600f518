"""Starts the page: `streamlit run configurator/streamlit_app.py`, with security headers around it."""

import re
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

sys.path.insert(0, str(Path(__file__).parent.parent))  # Streamlit adds the folder of this file alone

from configurator import baking

# The inline script of Streamlit's own page.
INDEX = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
SCRIPTS = [
    f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    for script in re.findall(r"<script>(.*?)</script>", INDEX, re.DOTALL)
]
HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            " ".join(["script-src 'self'", *SCRIPTS]),
            "connect-src 'self'",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    ),
    "Referrer-Policy": "no-referrer",  # the address contains typed text
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
    """Start the workers before serving, so that the first visitor does not wait for them."""
    baking.prepare()
    yield


app = st.App("page.py", middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
