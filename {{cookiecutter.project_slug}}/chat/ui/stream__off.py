"""A reply that appears as a whole."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.replies.reply import Reply
from chat.ui.follow import (
    follow,
    with_notices,  # {% if cookiecutter is remote %}
)
from chat.ui.parts import draw_parts


def draw_reply(reply: Reply, place: DeltaGenerator, meanwhile: Callable[[], None]) -> None:
    """Draw a reply, after a progress cue.

    Args:
        reply: the reply.
        place: an `st.empty()`.
        meanwhile: draws what can wait for the cue.
    """
    texts = follow(reply, meanwhile)
    # {% if cookiecutter is remote %}
    texts = with_notices(reply, texts, lambda notice: place.text(notice or "Writing"))
    # {% endif %}
    # One element, and no container yet, which would keep what stood here of a reply that is continued.
    with place, st.spinner("Writing", show_time=True):
        for _ in texts:
            pass
    with place.container():
        draw_parts(reply.message)
