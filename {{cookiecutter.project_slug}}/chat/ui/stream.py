"""A reply that appears as it is written."""

from collections.abc import Callable
from itertools import chain, takewhile

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.replies.reply import Reply
from chat.ui.follow import (
    follow,
    with_notices,  # {% if cookiecutter is remote %}
)
from chat.ui.growing import draw_growing, open_markdown
from chat.ui.reasoning import thought_for
from chat.ui.undrawable import or_as_text

CUE = ":shimmer[Thinking]"


def draw_reply(reply: Reply, place: DeltaGenerator, meanwhile: Callable[[], None]) -> None:
    """Draw a reply until it ends.

    Args:
        reply: the reply.
        place: an `st.empty()`.
        meanwhile: draws what can wait for the first words.
    """
    message, texts = reply.message, follow(reply, meanwhile)
    begun = next(texts)
    with or_as_text(begun, place):
        # One element, and no container yet, which would keep what stood here of a reply that is continued.
        place.markdown(open_markdown(begun) or CUE)
    waiting = texts  # {% if not cookiecutter is remote %}
    # {% if cookiecutter is remote %}
    waiting = with_notices(reply, texts, lambda notice: place.markdown(f":shimmer[{notice}]" if notice else CUE))
    # {% endif %}
    any(text or message.reasoning for text in waiting)  # for the first of either
    with place.container():
        if message.reasoning:
            until_answer = takewhile(lambda _: not message.text, texts)
            with st.status(CUE, type="compact") as thinking:
                draw_growing((message.reasoning for _ in chain([""], until_answer)), st.empty())
            thinking.update(label=thought_for(message), state="complete")
        draw_growing(chain([message.text], texts), st.empty())
