"""A model's reasoning, drawn apart from its answer."""

import streamlit as st

from chat.conversation.parts import Reasoning
from chat.ui.text import draw_text


def draw_reasoning(reasoning: Reasoning) -> None:
    """Draw reasoning, folded."""
    with st.status(thought_for(reasoning), state="complete", type="compact"):
        draw_text(reasoning.text)


def thought_for(reasoning: Reasoning) -> str:
    """The line above the reasoning."""
    seconds = reasoning.seconds
    if seconds is None:  # it ended before the answer began
        return "Thought"
    return f"Thought for {max(1, round(seconds))} second{'s' if seconds >= 1.5 else ''}"
