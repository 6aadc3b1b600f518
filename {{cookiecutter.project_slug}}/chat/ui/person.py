"""Whose conversations are shown: those of the same browser, which a cookie tells."""

import re

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from chat.conversation.messages import new_id

COOKIE = "visitor"
SECURE_COOKIE = "__Host-visitor"  # a name that browsers keep from being set without TLS, or by a neighbouring host
COOKIE_SECONDS = 365 * 24 * 60 * 60
ID = re.compile(r"[0-9a-f]{32}")  # as `new_id` makes them


def person() -> str:
    """Who looks at the page, as an id that nobody can guess; another one for each page where cookies are refused."""
    cookies = st.context.cookies
    told = cookies.get(SECURE_COOKIE) or cookies.get(COOKIE, "")
    return told if ID.fullmatch(told) else st.session_state.setdefault("person", new_id())


class VisitorCookie(BaseHTTPMiddleware):
    """Gives a browser that has no id yet one together with the page."""

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
    """Whether a proxy says, wherever it runs, that it was asked with TLS: who pretends that harms only themselves."""
    return headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower() == "https"
