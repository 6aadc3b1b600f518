# {% set provider = (cookiecutter | chosen)[0] %}
"""{{ provider.label }} answers, through its Responses API: https://platform.openai.com/docs/api-reference/responses."""

import os
from collections.abc import Iterator

import openai
import streamlit as st

MODEL = "{{ cookiecutter.model | escaped }}"  # one of {{ provider.source }}
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
KEY, KEY_PAGE = "{{ provider.key }}", "{{ provider.key_page }}"


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource
def client(key: str) -> openai.OpenAI:
    """The client, created once."""
    return openai.OpenAI(api_key=key, timeout=60, max_retries=0)


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    if not (key := os.environ.get(KEY, "").strip()):
        raise ReplyError(f"There is no {KEY}: put one from {KEY_PAGE} into .streamlit/secrets.toml.")
    ending: object = "It was cut off."
    try:
        with client(key).responses.create(
            model=MODEL, instructions=SYSTEM_PROMPT or None, input=messages, store=False, stream=True
        ) as events:
            for event in events:
                if event.type in ("response.output_text.delta", "response.refusal.delta"):
                    yield event.delta
                elif event.type == "response.completed":
                    return
                elif event.type in ("response.incomplete", "response.failed", "error"):
                    ending = event
    except openai.AuthenticationError as error:
        raise ReplyError(f"{{ provider.label }} rejected the key. Check {KEY}.") from error
    except openai.RateLimitError as error:
        raise ReplyError("{{ provider.label }} received too many requests, or credit ran out. Try again.") from error
    raise ReplyError("{{ provider.label }} did not finish this reply. The log says why.") from RuntimeError(ending)
