"""A reply that appears as a whole."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.replies.reply import Reply
from chat.ui.follow import (
    follow,
    with_notices,  # {% if cookiecutter is remote %}
)
from chat.ui.reasoning import draw_reasoning
from chat.ui.text import draw_text


def draw_reply(reply: Reply, place: DeltaGenerator, meanwhile: Callable[[], None]) -> None:
    """Draw a reply, after a progress cue.

    Args:
        reply: the reply.
        place: an `st.empty()`.
        meanwhile: draws what can wait for the cue.
    """
    # {% if cookiecutter is remote %}
    with place.container(), st.spinner("Writing", show_time=True):
        for _ in with_notices(reply, follow(reply, meanwhile), st.empty().text):
            pass
    # {% else %}
    with place, st.spinner("Writing", show_time=True):
        for _ in follow(reply, meanwhile):
            pass
    # {% endif %}
    with place.container():
        draw_reasoning(reply.message)
        draw_text(reply.message.text)
