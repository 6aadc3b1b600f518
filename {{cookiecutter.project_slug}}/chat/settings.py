"""What this app was set up with. Keys are not here: they stay in .streamlit/secrets.toml or the environment."""

import os
from pathlib import Path

from chat.providers import Provider

ROOT = Path(__file__).parent.parent


def secret(name: str) -> str | None:
    """The value of `name` in .streamlit/secrets.toml, else in the environment, else None."""
    import streamlit as st
    from streamlit.errors import StreamlitSecretNotFoundError

    try:
        value = st.secrets.get(name)
    except StreamlitSecretNotFoundError:  # raised where there is no secrets file at all
        value = None
    return str(value) if value else os.environ.get(name) or None


TITLE = "{{ cookiecutter.project_name | escaped }}"
DESCRIPTION = "{{ cookiecutter.description | escaped }}"
AUTHOR = "{{ cookiecutter.author_name | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
# {% if cookiecutter.rich_replies == "yes" and cookiecutter is remote %}
# What the model is told after that: how it can draw.
DRAWING = (
    "Where it helps, draw in fenced code blocks: `vega-lite` for a chart (with its data inline), `csv` for a table, "
    r"`mermaid` for a diagram. Put mathematics between \( and \). Images and data from elsewhere are not shown."
)
# {% endif %}

# {% if cookiecutter is using("embedded") %}
MODEL_PATH = secret("EMBEDDED_MODEL_PATH")  # another GGUF file in place of the one that is installed

# {% endif %}
# {% if cookiecutter.extra_providers %}
# The first one answers until somebody chooses another.
PROVIDERS = {
    # {% for provider in cookiecutter | chosen %}
    "{{ provider.name }}": Provider(
        # {% filter indent(4, first=True) %}
        # {% include "provider" %}
        # {% endfilter %}
    ),
    # {% endfor %}
}
# {% else %}
# {% set provider = (cookiecutter | chosen)[0] %}
PROVIDER = Provider(
    # {% include "provider" %}
)
# {% endif %}

SUGGESTIONS = ("What is the capital of France?", "Tell me a short story.", "What can I ask you?")  # none: ()
REPLY_MINUTES = 10  # after which a reply ends, whether or not somebody still follows it
LOG_TEXT = False  # whether the log may hold what people and models write
HOLD_MINUTES = 60  # for which a conversation is held after somebody last looked at it

MAX_TOKENS = 8192  # of a reply; a model that thinks first spends some of them unseen  # {% if cookiecutter is remote %}
MAX_TOKENS = 512  # of a reply  # {% if not cookiecutter is remote %}
# {% if cookiecutter is remote %}
CONNECT_SECONDS = 5  # to reach a provider
SILENCE_SECONDS = 60  # without a word, after which a reply has failed
ATTEMPTS = 3  # to begin a reply
BACKOFF_SECONDS = 1  # before the second attempt; then twice as long each time
LONGEST_WAIT_SECONDS = 30  # for a provider that says when to come back; beyond it, the person is told
# {% endif %}
# {% if cookiecutter.avatars == "material" %}

AVATARS = {"user": ":material/person:", "assistant": ":material/smart_toy:"}
# {% elif cookiecutter.avatars == "emoji" %}

AVATARS = {"user": "🧑", "assistant": "🤖"}
# {% elif cookiecutter.avatars == "images" %}

AVATARS = {role: ROOT / "assets" / f"{role}.svg" for role in ("user", "assistant")}
# {% endif %}
