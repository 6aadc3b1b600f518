"""Drawing the parts of a reply."""

import streamlit as st

from chat.conversation.messages import Message
from chat.conversation.parts import Part, Reasoning, Text, Undrawable
from chat.conversation.visuals import Chart, Image, Table  # {% if cookiecutter.rich_replies == "yes" %}
from chat.ui.markdown.safe import inert
from chat.ui.reasoning import draw_reasoning
from chat.ui.text import (
    draw_text,
    draw_visual,  # {% if cookiecutter.rich_replies == "yes" %}
)
from chat.ui.undrawable import or_as_text


def draw_parts(reply: Message) -> None:
    """Draw the parts of a finished reply in the current container."""
    for part in reply.parts:
        with or_as_text(""):
            draw_part(part)


def draw_part(part: Part) -> None:
    """Draw one part of a reply."""
    match part:
        case Text(text):
            draw_text(text)
        case Reasoning():
            draw_reasoning(part)
        # {% if cookiecutter.rich_replies == "yes" %}
        case Chart() | Table() | Image():
            draw_visual(part)
        # {% endif %}
        case Undrawable(_, reason):
            st.caption(f"This can no longer be drawn: {inert(reason)}.")
