"""The box for a question, at the bottom of the page."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.providers import Request
from chat.replies.answering import api
from chat.ui.asking import ask  # {% if cookiecutter.attachments == "none" %}
from chat.ui.attachments import draw_input  # {% if cookiecutter.attachments != "none" %}


def draw_box(options: Request) -> DeltaGenerator:
    """Draw the box, and above it why nobody can answer, where that is so; the place beside it, an `st.empty()`.

    Args:
        options: whom to ask, and how.
    """
    notice = st.bottom.empty()
    problem = api.problem(options.provider)
    if problem:
        notice.warning(problem, icon=":material/key_off:")
    # Outside of `st.bottom` Streamlit would scroll by itself, also away from who reads: page.js follows a reply.
    with st.bottom.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        # {% if cookiecutter.attachments == "none" %}
        st.chat_input("Ask a question", key="question", disabled=bool(problem), on_submit=ask, args=("question",))
        # {% else %}
        draw_input(options, notice, disabled=bool(problem))
        # {% endif %}
        return st.empty()
