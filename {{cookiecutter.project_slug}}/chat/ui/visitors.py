"""Whose conversations are listed: those of the same browser, which a cookie tells."""

import streamlit as st
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from chat.conversation.messages import new_id

COOKIE = "visitor"
COOKIE_SECONDS = 365 * 24 * 60 * 60


def person() -> str:
    """Who looks at the page, as an id that nobody can guess; another one for each page where cookies are refused."""
    return st.context.cookies.get(COOKIE) or st.session_state.setdefault("person", new_id())


class VisitorCookie(BaseHTTPMiddleware):
    """Gives a browser that has no id yet one together with the page."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Serve a request."""
        response = await call_next(request)
        if COOKIE not in request.cookies and response.headers.get("content-type", "").startswith("text/html"):
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, new_id(), COOKIE_SECONDS, httponly=True, secure=secure)
        return response
