"""Drawing a model's text: words and code."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.ui.markdown.safe import parsed, safe_markdown
from chat.ui.undrawable import or_as_text


def draw_text(
    text: str,
    slot: DeltaGenerator | None = None,
    sources: dict[int, str] | None = None,  # {% if cookiecutter is stepped %}
) -> None:
    """Draw a model's complete text.

    Args:
        text: its Markdown.
        slot: an `st.empty()` to draw it in, instead of the current container.
        sources: the anchors on the page of the sources it may cite, by number.  # {% if cookiecutter is stepped %}
    """
    with or_as_text(text, slot):
        (slot or st).markdown(safe_markdown(parsed(text, sources)))  # {% if cookiecutter is stepped %}
        (slot or st).markdown(safe_markdown(parsed(text)))  # {% if not cookiecutter is stepped %}
