# {% set provider = (cookiecutter | chosen)[0] %}
"""{{ provider.label }} answers, through the Gemini API: https://ai.google.dev/api/generate-content."""

import os
from collections.abc import Iterator

import streamlit as st
from google import genai
from google.genai import errors, types

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
KEY, KEY_PAGE = "{{ provider.key }}", "{{ provider.key_page }}"
ROLES = {"user": "user", "assistant": "model"}


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource
def client(key: str) -> genai.Client:
    """The client, created once."""
    return genai.Client(api_key=key, http_options=types.HttpOptions(timeout=60_000))


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    if not (key := os.environ.get(KEY, "").strip()):
        raise ReplyError(f"There is no {KEY}: put one from {KEY_PAGE} into .streamlit/secrets.toml.")
    contents: list = [{"role": ROLES[each["role"]], "parts": [{"text": each["content"]}]} for each in messages]
    config = types.GenerateContentConfig(system_instruction=SYSTEM_PROMPT or None)
    ending = None
    try:
        for chunk in client(key).models.generate_content_stream(model=MODEL, contents=contents, config=config):
            yield chunk.text or ""
            ending = chunk.candidates[0].finish_reason if chunk.candidates else ending
    except errors.APIError as error:
        if "API_KEY_INVALID" in str(error):
            raise ReplyError(f"{{ provider.label }} rejected the key. Check {KEY}.") from error
        if error.code == 429:
            raise ReplyError("{{ provider.label }} received too many requests. Try again.") from error
        raise
    if ending != "STOP":
        raise ReplyError(f"{{ provider.label }} did not finish this reply: {ending.value if ending else 'cut off'}.")
