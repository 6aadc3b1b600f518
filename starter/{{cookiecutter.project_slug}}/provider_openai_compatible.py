# {% set provider = (cookiecutter | chosen)[0] %}
"""{{ provider.label }} answers, through Chat Completions: https://platform.openai.com/docs/api-reference/chat."""

import os
from collections.abc import Iterator

import openai
import streamlit as st

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
# {% if provider.key_page %}
KEY, KEY_PAGE = "{{ provider.key }}", "{{ provider.key_page }}"
# {% else %}
KEY = "{{ provider.key }}"
# {% endif %}
# {% if not provider.base_url %}
ADDRESS, EXAMPLE = "{{ provider.base_url_setting }}", "{{ provider.base_url_example }}"
# {% endif %}


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource
def client(key: str, base_url: str) -> openai.OpenAI:
    """The client, created once."""
    return openai.OpenAI(api_key=key, base_url=base_url, timeout=60, max_retries=0)


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    # {% if provider.key_page %}
    if not (key := os.environ.get(KEY, "").strip()):
        raise ReplyError(f"There is no {KEY}: put one from {KEY_PAGE} into .streamlit/secrets.toml.")
    # {% else %}
    key = os.environ.get(KEY, "").strip() or "none"
    # {% endif %}
    # {% if provider.base_url %}
    base_url = "{{ provider.base_url }}"
    # {% else %}
    if not (base_url := os.environ.get(ADDRESS, "").strip()):
        raise ReplyError(f"There is no {ADDRESS}: put it into .streamlit/secrets.toml, like {EXAMPLE}")
    # {% endif %}
    prompt: list = [{"role": "system", "content": SYSTEM_PROMPT}, *messages]
    ending = "it was cut off"
    try:
        with client(key, base_url).chat.completions.create(model=MODEL, messages=prompt, stream=True) as chunks:
            for chunk in chunks:
                for choice in chunk.choices or []:
                    if choice.delta and isinstance(choice.delta.content, str):  # some send lists of thoughts there
                        yield choice.delta.content
                    ending = choice.finish_reason or ending
    except openai.AuthenticationError as error:
        raise ReplyError(f"{{ provider.label }} rejected the key. Check {KEY}.") from error
    except openai.RateLimitError as error:
        raise ReplyError("{{ provider.label }} received too many requests, or credit ran out. Try again.") from error
    if ending != "stop":
        raise ReplyError(f"{{ provider.label }} did not finish this reply: {ending}.")
