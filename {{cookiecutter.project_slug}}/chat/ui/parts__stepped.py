"""Drawing the parts of a reply, with steps and sources."""

import streamlit as st

from chat.conversation.calls import ToolCall  # {% if cookiecutter is tooled %}
from chat.conversation.files import File  # {% if cookiecutter is using("custom") %}
from chat.conversation.messages import Message
from chat.conversation.parts import Part, Reasoning, Text, Undrawable
from chat.conversation.steps import Step
from chat.conversation.visuals import Chart, Image, Table  # {% if cookiecutter.rich_replies == "yes" %}
from chat.ui.calls import draw_call  # {% if cookiecutter is tooled %}
from chat.ui.markdown.safe import inert
from chat.ui.reasoning import draw_reasoning
from chat.ui.steps import draw_sources, draw_step, sources_of
from chat.ui.text import (
    draw_text,
    draw_visual,  # {% if cookiecutter.rich_replies == "yes" %}
)
from chat.ui.undrawable import or_as_text


def draw_parts(reply: Message) -> None:
    """Draw the parts of a finished reply in the current container, with all sources below."""
    for part in reply.parts:
        with or_as_text(""):
            draw_part(part, sources_of(reply))
    draw_sources(reply)


def draw_part(part: Part, sources: dict[int, str] | None = None, *, coming: bool = False) -> None:
    """Draw one part of a reply.

    Args:
        part: the part; sources are drawn together, not here.
        sources: the anchors on the page of the sources a text may cite, by number.
        coming: whether the reply is still running.
    """
    match part:
        case Text(text):
            draw_text(text, sources=sources)
        case Reasoning():
            draw_reasoning(part)
        case Step():
            draw_step(part, coming=coming)
        # {% if cookiecutter is using("custom") %}
        case File(name, data, kind, key):
            st.download_button(name, data, name, kind, key=f"file-{key}", on_click="ignore", icon=":material/download:")
        # {% endif %}
        # {% if cookiecutter is tooled %}
        case ToolCall():
            draw_call(part)
        # {% endif %}
        # {% if cookiecutter.rich_replies == "yes" %}
        case Chart() | Table() | Image():
            draw_visual(part)
        # {% endif %}
        case Undrawable(_, reason):
            st.caption(f"This can no longer be drawn: {inert(reason)}.")
