"""What the page says if the database fails while it is drawn."""

import logging

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


def say_that_it_failed(error: Exception) -> bool:
    """Draw a sentence instead of Streamlit's, and the question just asked; False for other errors."""
    if not isinstance(error, SQLAlchemyError):
        return False
    log.error("the database failed", exc_info=error)
    st.error("The database is unavailable. Try again in a moment; the log has the reason.")
    if question := st.session_state.get("question"):
        st.text("Your question was:")
        st.text(question)  # {% if cookiecutter.attachments == "none" %}
        st.text(question.text)  # {% if cookiecutter.attachments != "none" %}
    return True
