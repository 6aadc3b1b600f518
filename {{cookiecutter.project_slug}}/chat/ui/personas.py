"""The persona of a conversation, which is picked before that begins."""

from pathlib import Path  # {% if cookiecutter.avatars == "images" %}

import streamlit as st

from chat import settings
from chat.conversation.messages import Conversation, Role
from chat.conversation.personas import persona_named
from chat.providers import Provider  # {% if cookiecutter is listing %}
from chat.ui.models import model_ids  # {% if cookiecutter is listing %}


def draw_persona(conversation: Conversation) -> None:
    """Draw who answers in a conversation that has begun."""
    place = st.empty()
    if conversation.messages:
        place.caption(label_of(persona_named(conversation.persona)))


def draw_personas(conversation: Conversation) -> None:
    """Draw who may answer in a conversation that has not begun."""
    persona = persona_named(conversation.persona)
    with st.container(gap="xsmall"):
        st.pills(
            "Persona",
            [persona.name for persona in settings.PERSONAS],
            default=persona.name,
            required=True,
            format_func=lambda name: label_of(persona_named(name)),
            label_visibility="collapsed",
            key=f"persona-{conversation.id}",
            on_change=pick,
            args=(conversation.id,),
        )
        st.text(persona.description)


def pick(conversation_id: str) -> None:
    """Let the persona that was chosen answer in the conversation on the page, if it has not begun."""
    conversation: Conversation = st.session_state.conversation
    if not conversation.messages:
        conversation.persona = st.query_params["persona"] = st.session_state[f"persona-{conversation_id}"]


# {% if cookiecutter is listing %}
def models_of(persona: settings.Persona, provider: Provider) -> list[str]:
    """The models to choose from: those of a provider, that of the persona first, if it has one there."""
    # {% if cookiecutter.extra_providers %}
    own = persona.model if provider.name == first_provider(persona) else ""
    return list(dict.fromkeys([own or provider.model, *model_ids(provider)]))
    # {% else %}
    return list(dict.fromkeys([persona.model or provider.model, *model_ids(provider)]))
    # {% endif %}


# {% endif %}
# {% if cookiecutter.extra_providers %}
def first_provider(persona: settings.Persona) -> str:
    """The name of the provider that answers for a persona until another one is chosen."""
    return persona.provider or next(iter(settings.PROVIDERS))


# {% endif %}
# {% if cookiecutter.avatars == "images" %}
def picture_of(role: Role, conversation: Conversation) -> Path | str:
    """What stands beside a message."""
    return persona_named(conversation.persona).avatar if role == "assistant" else settings.AVATARS["user"]


# {% elif cookiecutter.avatars == "none" %}
def picture_of(role: Role, conversation: Conversation) -> str | None:
    """What stands beside a message."""
    return persona_named(conversation.persona).avatar if role == "assistant" else None


# {% else %}
def picture_of(role: Role, conversation: Conversation) -> str:
    """What stands beside a message."""
    return persona_named(conversation.persona).avatar if role == "assistant" else settings.AVATARS["user"]


# {% endif %}
def label_of(persona: settings.Persona) -> str:
    """The avatar and the label of a persona."""
    return f"{persona.avatar} {persona.label}"
