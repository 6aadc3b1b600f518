"""Drawing what a model wrote: words and code."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.ui.markdown.safe import parsed, safe_markdown
from chat.ui.undrawable import or_as_text


def draw_text(text: str, slot: DeltaGenerator | None = None) -> None:
    """Draw a text that a model wrote, whole.

    Args:
        text: its Markdown.
        slot: an `st.empty()` to draw it in; without one it is drawn in the current container.
    """
    with or_as_text(text, slot):
        (slot or st).markdown(safe_markdown(parsed(text)))
