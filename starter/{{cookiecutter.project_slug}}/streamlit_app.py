"""The page, from top to bottom: the title, the conversation so far, the pending reply."""

import logging
import time  # {% if cookiecutter.streaming == "typewriter" %}
from collections.abc import Iterator
from pathlib import Path  # {% if cookiecutter.avatars == "images" %}
from typing import Any

import streamlit as st

from provider import MODEL, ReplyError, reply

log = logging.getLogger("chat")
# {% if cookiecutter.avatars == "material" %}
AVATARS = {"user": ":material/person:", "assistant": ":material/smart_toy:"}
# {% elif cookiecutter.avatars == "emoji" %}
AVATARS = {"user": "🧑\ufe0f", "assistant": "🤖\ufe0f"}  # \ufe0f asks for colour
# {% elif cookiecutter.avatars == "images" %}
AVATARS = {role: Path(__file__).parent / "assets" / f"{role}.svg" for role in ("user", "assistant")}
# {% endif %}


def answer(message: dict[str, Any], before: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the reply to the messages before this one, which stores its text and any error."""
    message["content"] = ""
    # Providers refuse an empty message, such as a reply that failed at once.
    history = [{"role": each["role"], "content": each["content"] or "…"} for each in before]
    try:
        for text in reply(history):
            message["content"] += text
            yield text
        if not message["content"]:
            raise ReplyError("The reply is empty. Try again.")
    except Exception as error:
        log.exception("The reply failed")
        kind = type(error).__name__
        if isinstance(error, ReplyError):
            message["error"] = str(error)
        elif "Timeout" in kind:
            message["error"] = "There was no answer in time. Try again."
        else:
            message["error"] = f"The reply failed: {kind}. The log says more."


# {% if cookiecutter.streaming == "typewriter" %}
def word_by_word(text: str) -> Iterator[str]:
    """Yield a text at reading speed."""
    for word in text.split(" "):
        yield f"{word} "
        time.sleep(0.03)


# {% endif %}
st.set_page_config(page_title="{{ cookiecutter.project_name | escaped }}", page_icon="💬")
st.title("{{ cookiecutter.project_name | plain_markdown | escaped }}")
st.text("{{ cookiecutter.description | escaped }}")  # {% if cookiecutter.description %}
st.secrets.load_if_toml_exists()  # also sets environment variables  # {% if cookiecutter is remote %}
messages: list[dict[str, Any]] = st.session_state.setdefault("messages", [])

with st.sidebar:
    st.button("Clear chat", icon=":material/delete:", on_click=messages.clear)
    st.text(f"{{ (cookiecutter | chosen)[0].label }} answers with {MODEL}.")
    st.text("Made by {{ cookiecutter.author_name | escaped }}")

if question := st.chat_input("Ask a question"):
    messages += [{"role": "user", "content": question}, {"role": "assistant", "content": None}]

for number, message in enumerate(messages):
    role = message["role"]
    bubble = st.chat_message(role, avatar=AVATARS[role])  # {% if cookiecutter.avatars != "none" %}
    bubble = st.chat_message(role)  # {% if cookiecutter.avatars == "none" %}
    text, foot = bubble.empty(), bubble.empty()
    if message["content"] is None:
        # {% if cookiecutter.streaming == "tokens" %}
        text.markdown(":shimmer[Thinking]")
        text.write_stream(answer(message, messages[:number]))
        # {% else %}
        with text, st.spinner("Writing", show_time=True):
            message["content"] = "".join(answer(message, messages[:number]))
        # {% endif %}
        text.write_stream(word_by_word(message["content"]))  # {% if cookiecutter.streaming == "typewriter" %}
    text.markdown(message["content"])
    if message.get("error"):
        with foot.container():
            st.error(message["error"], icon=":material/error:")
            afresh = {"content": None, "error": None}
            st.button("Try again", key=f"again-{number}", on_click=message.update, args=(afresh,))
    # {% if cookiecutter.feedback != "none" %}
    elif role == "assistant":
        given = message.get("rating")
        message["rating"] = foot.feedback("{{ cookiecutter.feedback }}", key=f"rating-{number}", default=given)
    # {% endif %}
