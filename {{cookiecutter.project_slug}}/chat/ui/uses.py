"""What the person at a page has used: counted for as long as the page is open."""

import time

import streamlit as st

from chat.conversation.messages import Message


def uses() -> list[tuple[float, int]]:
    """Of each reply that was begun here, when (in seconds since 1970) and how many tokens it took."""
    tokens = {reply.id: reply.usage.total if reply.usage else 0 for _, reply in st.session_state.get("uses", [])}
    # A reply that was continued was begun more than once, and has counted all its tokens.
    return [(begun, tokens.pop(reply.id, 0)) for begun, reply in reversed(st.session_state.get("uses", []))]


def add_use(reply: Message) -> None:
    """Count a reply that begins."""
    st.session_state.setdefault("uses", []).append((time.time(), reply))
