"""A reply that appears as a whole."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.following import follow
from chat.reasoning import draw_reasoning
from chat.replies import Reply


def draw_reply(reply: Reply, place: DeltaGenerator, meanwhile: Callable[[], None]) -> None:
    """Draw a reply, after a progress cue.

    Args:
        reply: the reply.
        place: an `st.empty()`.
        meanwhile: draws what can wait for the cue.
    """
    with place, st.spinner("Writing", show_time=True):
        *_, text = follow(reply, meanwhile)
    with place.container():
        draw_reasoning(reply.message)
        st.markdown(text)
