"""Whose conversations are shown: those of the browser, which a cookie identifies."""

import re

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from chat.conversation.messages import new_id

COOKIE = "visitor"
SECURE_COOKIE = "__Host-visitor"  # browsers refuse this name without TLS, or from another host
COOKIE_SECONDS = 365 * 24 * 60 * 60
ID = re.compile(r"[0-9a-f]{32}")  # as `new_id` creates them


def person() -> str:
    """The person viewing the page, as an unguessable id; a new one per page if the browser refuses cookies."""
    cookies = st.context.cookies
    told = cookies.get(SECURE_COOKIE) or cookies.get(COOKIE, "")
    return told if ID.fullmatch(told) else st.session_state.setdefault("person", new_id())


class VisitorCookie(BaseHTTPMiddleware):
    """Gives a browser without an id one along with the page."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Serve a request."""
        response = await call_next(request)
        secure = request.url.scheme == "https" or is_forwarded_https(request.headers)
        name = SECURE_COOKIE if secure else COOKIE
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if is_page and not ID.fullmatch(request.cookies.get(name, "")):
            response.set_cookie(name, new_id(), COOKIE_SECONDS, httponly=True, secure=secure)
        return response


def is_forwarded_https(headers: Headers) -> bool:
    """Whether any proxy says that it received the request over TLS: a false claim harms only its sender."""
    return headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower() == "https"
