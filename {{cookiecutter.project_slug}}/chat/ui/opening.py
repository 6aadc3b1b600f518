"""Opening the page, and turning to another conversation."""

import asyncio  # {% if cookiecutter.tools == "mcp" %}
import html
import threading

import streamlit as st

from chat import settings
from chat.conversation.messages import Conversation
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.conversations import (
    find,
    stop,  # {% if not cookiecutter is stored %}
)
from chat.providers import Request
from chat.replies.answering import api
from chat.replies.reply import background_loop  # {% if cookiecutter.tools == "mcp" %}
from chat.tools.servers import connect  # {% if cookiecutter.tools == "mcp" %}
from chat.ui.asking import ask
from chat.ui.person import person  # {% if cookiecutter is owned %}
from chat.ui.personas import draw_personas  # {% if cookiecutter is peopled %}


@st.cache_resource
def prepare_provider() -> None:
    """Let the provider do what takes long while the first person is still reading and typing."""
    # {% if cookiecutter.extra_providers %}
    for provider in settings.PROVIDERS.values():
        threading.Thread(target=api.prepare, args=(provider,), name="prepare", daemon=True).start()
    # {% else %}
    threading.Thread(target=api.prepare, args=(settings.PROVIDER,), name="prepare", daemon=True).start()
    # {% endif %}
    asyncio.run_coroutine_threadsafe(connect(), background_loop)  # {% if cookiecutter.tools == "mcp" %}


def open_conversation() -> Conversation:
    """The conversation that the page's address names, else this session's."""
    # {% if not cookiecutter is owned %}
    held = st.session_state.get("conversation") or Conversation()
    # {% else %}
    held = st.session_state.get("conversation") or Conversation(owner=person())
    # {% endif %}
    # {% if cookiecutter is peopled %}
    held.persona = held.persona or persona_named(st.query_params.get("persona")).name
    # {% endif %}
    conversation = find(st.query_params.get("c", held.id))
    # {% if cookiecutter.sign_in == "oidc" %}
    if conversation and conversation.owner != person():
        conversation = None  # as if it did not exist
    # {% endif %}
    if conversation is None:
        st.query_params.pop("c", None)
        conversation = held
    st.session_state.conversation = conversation
    return conversation


def begin(conversation: Conversation | None = None) -> None:
    # {% if not cookiecutter is stored %}
    """Turn to another conversation, else a new one; replies of this one that are still coming end."""
    for message in open_conversation().everything():
        stop(message.id)
    # {% else %}
    """Turn to another conversation, else a new one."""
    # {% endif %}
    st.query_params.clear()
    st.session_state.pop("action", None)  # {% if cookiecutter is stored %}
    st.session_state.pop("form", None)
    st.session_state.pop("shown", None)
    # {% if not cookiecutter is owned %}
    st.session_state.conversation = conversation or Conversation()
    # {% else %}
    st.session_state.conversation = conversation or Conversation(owner=person())
    # {% endif %}


def draw_opening(options: Request) -> None:
    """Draw what this is, and what a conversation may begin with; `options` says who would answer."""
    with st.container(gap="xsmall"):
        # Text that somebody typed is drawn as it was typed: as text, and the title as escaped HTML.
        st.html(f'<h1 style="margin: 0; padding: 0; white-space: pre-wrap">{html.escape(settings.TITLE)}</h1>')
        st.text(settings.DESCRIPTION)
    # {% if cookiecutter is peopled %}
    draw_personas(st.session_state.conversation)
    suggestions = persona_named(st.session_state.conversation.persona).suggestions
    # {% else %}
    suggestions = settings.SUGGESTIONS
    # {% endif %}
    if suggestions and not api.problem(options.provider):
        label, key = "Suggestions", "suggestion"
        st.pills(label, suggestions, label_visibility="collapsed", key=key, on_change=ask, args=(key,))
