"""Following a reply from a page."""

import time
from collections.abc import Callable, Iterator

import streamlit as st

from chat.replies.reply import Reply

SENDING_SECONDS = 0.01  # Streamlit sends every 5 ms what was drawn since


# {% if cookiecutter is remote %}
def with_notices(reply: Reply, texts: Iterator[str], draw: Callable[[str], object]) -> Iterator[str]:
    """The texts of a reply; `draw` is called with each notice of what it waits for, and with none when it is over."""
    drawn = ""
    for text in texts:
        notice = reply.message.error if reply.message.status == "streaming" else ""
        if notice != drawn:
            drawn = notice
            draw(drawn)
        yield text


# {% endif %}
def follow(reply: Reply, meanwhile: Callable[[], None]) -> Iterator[str]:
    """The text of a reply as it grows; between two texts a click, here or in another place, is acted on.

    Streamlit ends a run of the page only inside its own calls. Without one, a click would wait for a provider
    that is silent. The reply itself goes on.

    Args:
        reply: the reply.
        meanwhile: is called once the first text is drawn; it may draw what is less urgent, elsewhere.
    """
    texts = reply.follow()
    text = next(texts)
    yield text
    time.sleep(SENDING_SECONDS)
    meanwhile()
    # {% if cookiecutter is using("openai_compatible") %}
    before = text
    # {% endif %}
    for text in texts:
        st.session_state.get("any")
        # {% if cookiecutter is using("openai_compatible") %}
        if not text.startswith(before):  # some of it turned out to be thoughts
            st.rerun()
        before = text
        # {% endif %}
        yield text
