"""A reply that appears as a whole."""

from collections.abc import Callable

import streamlit as st

from chat.following import follow
from chat.reasoning import draw_reasoning
from chat.replies import Reply


def draw_reply(reply: Reply, meanwhile: Callable[[], None]) -> None:
    """Draw a reply in the current container, after a progress cue; `meanwhile`, what can wait for that."""
    with st.spinner("Writing", show_time=True):
        *_, text = follow(reply, meanwhile)
    draw_reasoning(reply.message)
    st.markdown(text)
