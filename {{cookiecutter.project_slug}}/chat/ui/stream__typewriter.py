"""A reply that is revealed word by word, once it is complete."""

import re
import time
from collections.abc import Callable, Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.parts import Text
from chat.replies.reply import Reply
from chat.ui.follow import (
    follow,
    with_notices,  # {% if cookiecutter is remote %}
)
from chat.ui.growing import Growing
from chat.ui.parts import draw_part
from chat.ui.undrawable import or_as_text

WORD_SECONDS = 0.04
MOST_STEPS = 200  # a long reply takes several words at a time: none takes more than eight seconds


def draw_reply(reply: Reply, place: DeltaGenerator, meanwhile: Callable[[], None]) -> None:
    """Draw a reply, after a progress cue.

    Args:
        reply: the reply.
        place: an `st.empty()`.
        meanwhile: draws what can wait for the cue.
    """
    texts = follow(reply, meanwhile)
    # {% if cookiecutter is remote %}
    texts = with_notices(reply, texts, lambda notice: place.text(notice or "Writing"))
    # {% endif %}
    # One element, and no container yet, which would keep what stood here of a reply that is continued.
    with place, st.spinner("Writing", show_time=True):
        for _ in texts:
            pass
    with place.container():
        for part in reply.message.parts:
            with or_as_text(""):
                if isinstance(part, Text):
                    growing = Growing(st.empty())
                    for text in word_by_word(part.text):
                        growing.draw(text)
                    growing.end()
                else:
                    draw_part(part)


def word_by_word(text: str) -> Iterator[str]:
    """The text, growing by a word or more every 0.04 s."""
    ends = [word.end() for word in re.finditer(r"\S+\s*", text)]
    step = len(ends) // MOST_STEPS + 1
    for end in [*ends[step - 1 :: step], len(text)]:
        yield text[:end]
        time.sleep(WORD_SECONDS)
