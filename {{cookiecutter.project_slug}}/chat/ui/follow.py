"""Following a reply from a page."""

import time
from collections.abc import Callable, Iterator

import streamlit as st

from chat.replies.reply import Reply

SENDING_SECONDS = 0.01  # Streamlit sends every 5 ms what was drawn since


def follow(reply: Reply, meanwhile: Callable[[], None]) -> Iterator[str]:
    """The text of a reply as it grows; between two texts a click, here or in another place, is acted on.

    Streamlit ends a run of the page only inside its own calls. Without one, a click would wait for a provider
    that is silent. The reply itself goes on.

    Args:
        reply: the reply.
        meanwhile: is called once the first text is drawn; it may draw what is less urgent, elsewhere.
    """
    texts = reply.follow()
    yield next(texts)
    time.sleep(SENDING_SECONDS)
    meanwhile()
    for text in texts:
        st.session_state.get("any")
        yield text
