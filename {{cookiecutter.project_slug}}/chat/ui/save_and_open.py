"""A conversation saved to a file, and read from one."""

import streamlit as st

from chat.conversation.export import from_json, to_json, to_markdown
from chat.conversation.messages import Conversation
from chat.ui.markdown.safe import inert


def draw_files(conversation: Conversation) -> Conversation | None:
    """Draw the ways to save a conversation and to open a saved one; the one that was opened, if one was."""
    with st.expander("Save and open"):
        st.download_button("Save as Markdown", lambda: to_markdown(conversation), "chat.md", on_click="ignore")
        st.download_button("Save as JSON", lambda: to_json(conversation), "chat.json", on_click="ignore")
        file = st.file_uploader("Open a JSON file", type="json", key=f"open-{conversation.id}")
    if not file:
        return None
    try:
        return from_json(file.getvalue().decode())
    except ValueError as error:
        reason = inert(str(error))  # it quotes the file
        st.error(f"This file is not a saved conversation: {reason}.", icon=":material/error:")
    return None
