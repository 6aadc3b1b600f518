# {% set provider = (cookiecutter | chosen)[0] %}
"""{{ provider.label }} answers, through its Messages API: https://docs.anthropic.com/en/api/messages."""

import os
from collections.abc import Iterator

import anthropic
import streamlit as st

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
MAX_TOKENS = 8192
KEY, KEY_PAGE = "{{ provider.key }}", "{{ provider.key_page }}"


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource
def client(key: str) -> anthropic.Anthropic:
    """The client, created once."""
    return anthropic.Anthropic(api_key=key, timeout=60, max_retries=0)


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    if not (key := os.environ.get(KEY, "").strip()):
        raise ReplyError(f"There is no {KEY}: put one from {KEY_PAGE} into .streamlit/secrets.toml.")
    system = SYSTEM_PROMPT or anthropic.omit
    try:
        with client(key).messages.stream(
            model=MODEL, system=system, messages=messages, max_tokens=MAX_TOKENS
        ) as stream:
            yield from stream.text_stream
            ending = stream.get_final_message().stop_reason
    except anthropic.AuthenticationError as error:
        raise ReplyError(f"{{ provider.label }} rejected the key. Check {KEY}.") from error
    except anthropic.RateLimitError as error:
        raise ReplyError("{{ provider.label }} received too many requests. Try again.") from error
    if ending != "end_turn":
        raise ReplyError(f"{{ provider.label }} did not finish this reply: {ending or 'it was cut off'}.")
