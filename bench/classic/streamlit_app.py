"""The classic Streamlit chat: messages in the session's state, a sync client, `st.write_stream`, default settings."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from openai import OpenAI


@st.cache_resource
def client() -> OpenAI:
    """The client, created once."""
    return OpenAI()


def saved() -> list[dict]:
    """The first messages: those in the file CLASSIC_MESSAGES, if it is set."""
    path = os.environ.get("CLASSIC_MESSAGES")
    messages = json.loads(Path(path).read_text("utf-8"))["messages"] if path else []
    return [{"role": message["role"], "content": message["text"]} for message in messages]


def stream(messages: list[dict]) -> Iterator[str]:
    """The reply to the last message, as it streams."""
    with client().responses.create(model="any", input=messages, store=False, stream=True) as events:
        for event in events:
            if event.type == "response.output_text.delta":
                yield event.delta


st.title("Classic")
client()
if "messages" not in st.session_state:
    st.session_state.messages = saved()
messages = st.session_state.messages
for message in messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])

if question := st.chat_input("Ask a question"):
    messages.append({"role": "user", "content": question})
    with st.chat_message("user"):
        st.markdown(question)
    with st.chat_message("assistant"):
        reply = st.write_stream(stream(messages))
    messages.append({"role": "assistant", "content": reply})
