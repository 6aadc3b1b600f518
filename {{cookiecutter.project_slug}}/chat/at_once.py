"""A reply that appears as a whole."""

from collections.abc import Callable

import streamlit as st

from chat.following import follow
from chat.plain import draw_text  # {% if cookiecutter.rich_replies == "no" %}
from chat.reasoning import draw_reasoning
from chat.replies import Reply
from chat.rich import draw_text  # {% if cookiecutter.rich_replies == "yes" %}


def draw_reply(reply: Reply, meanwhile: Callable[[], None]) -> None:
    """Draw a reply in the current container, after a progress cue; `meanwhile`, what can wait for that."""
    with st.spinner("Writing", show_time=True):
        *_, text = follow(reply, meanwhile)
    draw_reasoning(reply.message)
    draw_text(text)
