"""The steps of a reply, each a line that opens, and its sources."""

from html import escape
from typing import Literal

import streamlit as st

from chat.conversation.messages import Message
from chat.conversation.steps import Source, Step
from chat.ui.markdown.safe import host_of, inert

STATES: dict[str, Literal["running", "complete", "error"]] = {"done": "complete", "failed": "error"}
LONGEST = 20_000  # characters drawn of a step's input or output


def draw_step(step: Step, *, coming: bool) -> None:
    """Draw a step, collapsed; one that runs never ended, unless its reply is still `coming`."""
    runs = coming and step.status == "running"
    took = f" · {step.seconds:.1f} s" if step.status != "running" else "" if coming else " · not finished"
    label = inert(step.name)
    state = "running" if runs else STATES.get(step.status, "complete")
    with st.status(f":shimmer[{label}]" if runs else label + took, state=state, type="compact"):
        for words in filter(None, [step.input, step.output]):
            st.code(words[:LONGEST], None, wrap_lines=True)
        for inner in step.steps:
            draw_step(inner, coming=coming)


def sources_of(message: Message) -> dict[int, str]:
    """The anchors of a message's sources on the page, by number."""
    return {part.number: f"source-{message.id}-{part.number}" for part in message.parts if isinstance(part, Source)}


def draw_sources(message: Message) -> None:
    """Draw the sources of a message, if any: title, address and passage."""
    anchors = sources_of(message)
    items = [item_of(part, anchors[part.number]) for part in message.parts if isinstance(part, Source)]
    if items:
        st.html(f'<ol style="margin: 0; font-size: 0.875rem">{"".join(items)}</ol>')


def item_of(source: Source, anchor: str) -> str:
    """A source as an HTML list item; its full address is shown, as a link if it may be one."""
    where = escape(source.address)
    if host_of(source.address):
        where = f'<a href="{where}" style="color: inherit" target="_blank" rel="noopener noreferrer">{where}</a>'
    page = f"page {source.page}" if source.page else ""
    line = ", ".join(filter(None, [f"<b>{escape(source.title)}</b>", page, where]))
    quote = (
        f'<blockquote style="margin: 0.25rem 0 0.5rem">{escape(source.passage)}</blockquote>' if source.passage else ""
    )
    return f'<li id="{anchor}" value="{source.number}" style="overflow-wrap: anywhere">{line}{quote}</li>'
