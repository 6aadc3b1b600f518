"""A reply that appears as it is written."""

from collections.abc import Callable
from itertools import chain

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.parts import Part, Reasoning, Text
from chat.conversation.steps import Step  # {% if cookiecutter is stepped %}
from chat.replies.reply import Reply
from chat.ui.follow import (
    follow,
    with_notices,  # {% if cookiecutter is remote %}
)
from chat.ui.growing import Growing, open_markdown
from chat.ui.parts import draw_part
from chat.ui.reasoning import thought_for
from chat.ui.undrawable import or_as_text

CUE = ":shimmer[Thinking]"


class ComingPart:
    """A part of a reply that is still coming."""

    def __init__(self, part: Part, place: DeltaGenerator) -> None:
        """Draw it in `place`, an `st.empty()`."""
        self._place = place
        self._drawn: Part | None = None
        self._thinking = place.status(CUE, type="compact") if isinstance(part, Reasoning) else None
        self._text = Growing((self._thinking or place).empty()) if isinstance(part, Text | Reasoning) else None

    def draw(self, part: Part) -> None:
        """Draw it as it is now."""
        if self._text and isinstance(part, Text | Reasoning):
            self._text.draw(part.text)
        elif part != self._drawn:
            self._drawn = part
            with or_as_text(""), self._place.container():
                draw_part(part)  # {% if not cookiecutter is stepped %}
                draw_part(part, coming=True)  # {% if cookiecutter is stepped %}

    # {% if cookiecutter is stepped %}
    def settle(self, step: Step) -> None:
        """Draw a step of a reply that has ended: if it still runs, it never ended."""
        with self._place.container():
            draw_part(step)

    # {% endif %}
    def end(self, part: Part) -> None:
        """Draw it as it is, another part having begun or the reply having ended."""
        if self._text:
            self._text.end()
        if self._thinking and isinstance(part, Reasoning):
            self._thinking.update(label=thought_for(part), state="complete")
            self._thinking = None


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
    # {% if cookiecutter is remote %}
    waiting = with_notices(reply, texts, lambda notice: place.markdown(f":shimmer[{notice}]" if notice else CUE))
    any(message.parts for _ in waiting)  # for the first of them
    # {% else %}
    any(message.parts for _ in texts)  # waits for the first of them
    # {% endif %}
    with place.container():
        coming: list[ComingPart] = []
        for _ in chain([begun], texts):
            for number, part in enumerate([*message.parts]):
                if number == len(coming):
                    if coming:
                        coming[-1].end(message.parts[number - 1])
                    coming.append(ComingPart(part, st.empty()))
                coming[number].draw(part)
        for drawn, part in zip(coming, message.parts, strict=True):
            drawn.end(part)
            # {% if cookiecutter is stepped %}
            if isinstance(part, Step):
                drawn.settle(part)
            # {% endif %}
