"""A reply that appears as it is written."""

from collections.abc import Callable
from itertools import chain, takewhile

import streamlit as st

from chat.following import follow
from chat.markdown import draw_growing
from chat.reasoning import thought_for
from chat.replies import Reply

CUE = ":shimmer[Thinking]"


def draw_reply(reply: Reply, meanwhile: Callable[[], None]) -> None:
    """Draw a reply in the current container until it ends; `meanwhile`, what can wait for its first words."""
    message, texts = reply.message, follow(reply, meanwhile)
    slot = st.empty()
    slot.markdown(CUE)
    any(text or message.reasoning for text in texts)  # waits for the first of either
    if message.reasoning:
        until_answer = takewhile(lambda _: not message.text, texts)
        with slot.status(CUE, type="compact") as thinking:
            draw_growing((message.reasoning for _ in chain([""], until_answer)), st.empty())
        thinking.update(label=thought_for(message), state="complete")
        slot = st.empty()
    draw_growing(chain([message.text], texts), slot)
