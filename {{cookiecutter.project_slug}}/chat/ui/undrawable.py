"""What is drawn instead of undrawable text."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.text import well_formed

log = logging.getLogger(__name__)


@contextmanager
def or_as_text(text: str, slot: DeltaGenerator | None = None) -> Iterator[None]:
    """Draw a text as it was written, with a note, if the `with` block fails: in `slot` or the current container."""
    try:
        yield
    except Exception:
        log.exception("message not drawn")
        with slot.container() if slot else st.container():
            st.text(well_formed(text))
            st.caption("This could not be drawn and is shown as plain text.")
