"""What a model thought before it answered, apart from its answer."""

import streamlit as st

from chat.conversation.messages import Message
from chat.ui.text import draw_text


def draw_reasoning(reply: Message) -> None:
    """Draw a reply's reasoning, folded, where there is some."""
    place = st.empty()
    if reply.reasoning:
        with place.status(thought_for(reply), state="complete", type="compact"):
            draw_text(reply.reasoning)


def thought_for(reply: Message) -> str:
    """The line above the reasoning."""
    seconds = reply.reasoning_seconds
    if seconds is None:  # it ended before the answer began
        return "Thought"
    return f"Thought for {max(1, round(seconds))} second{'s' if seconds >= 1.5 else ''}"
