"""Saving a conversation to a file, and opening one."""

import streamlit as st

from chat.conversation.export import from_json, to_json, to_markdown
from chat.conversation.messages import Conversation
from chat.history.conversations import changing
from chat.ui.markdown.safe import inert
from chat.ui.opening import begin
from chat.ui.person import person  # {% if cookiecutter is owned %}


def draw_files(conversation: Conversation) -> None:
    """Draw the buttons to save a conversation, and to open a saved one on the page."""
    with st.expander("Save and open"):
        st.download_button("Save as Markdown", lambda: to_markdown(conversation), "chat.md", on_click="ignore")
        st.download_button("Save as JSON", lambda: to_json(conversation), "chat.json", on_click="ignore")
        file = st.file_uploader("Open a JSON file", type="json", key=f"open-{conversation.id}")
    if not file:
        return
    try:
        opened = from_json(file.getvalue().decode())
    except ValueError as error:
        reason = inert(str(error))  # it quotes the file
        st.error(f"This file is not a saved conversation: {reason}.", icon=":material/error:")
        return
    opened.owner = person()  # {% if cookiecutter is owned %}
    with changing(opened):
        pass  # saves it
    begin(opened)
    st.rerun()
