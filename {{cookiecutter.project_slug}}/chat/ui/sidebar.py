"""The sidebar's options: how the next question of a conversation is asked."""

import streamlit as st

from chat import settings
from chat.conversation.messages import Conversation
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.conversation.text import well_formed
from chat.providers import Request
from chat.replies.answering import api  # {% if cookiecutter.extra_providers %}
from chat.ui import personas  # {% if cookiecutter is listing and cookiecutter is peopled %}
from chat.ui.calls import draw_offered  # {% if cookiecutter is tooled %}
from chat.ui.models import model_ids  # {% if cookiecutter is listing and not cookiecutter is peopled %}


# {% if cookiecutter is tempered %}
def draw_temperature(key: str) -> float | None:
    """Draw the choice of a temperature; None leaves it to the model."""
    return st.number_input("Temperature", 0.0, 2.0, None, 0.1, key=f"temperature-{key}", placeholder="Model default")


# {% endif %}
def draw_options(conversation: Conversation) -> Request:
    """Draw what can be changed for this conversation; a request that asks so, still without messages."""
    # {% if not cookiecutter is peopled %}
    key = conversation.id  # another conversation begins with the settings again
    # {% else %}
    persona = persona_named(conversation.persona)
    key = f"{persona.name}-{conversation.id}"  # another persona, or conversation, begins with the settings again
    # {% endif %}
    # {% if cookiecutter.extra_providers %}
    labels = {name: provider.label for name, provider in settings.PROVIDERS.items()}
    # {% if not cookiecutter is peopled %}
    name = st.selectbox("Provider", labels, format_func=lambda name: labels[name], key=f"provider-{key}")
    provider = settings.PROVIDERS[name]
    models = model_ids(provider)
    # {% else %}
    first = [*labels].index(personas.first_provider(persona))
    name = st.selectbox("Provider", labels, first, format_func=lambda name: labels[name], key=f"provider-{key}")
    provider = settings.PROVIDERS[name]
    models = personas.models_of(persona, provider)
    # {% endif %}
    model = well_formed(st.selectbox("Model", models, accept_new_options=True, key=f"model-{name}-{key}"))
    # {% elif cookiecutter is remote %}
    provider = settings.PROVIDER
    models = model_ids(provider)  # {% if not cookiecutter is peopled %}
    models = personas.models_of(persona, provider)  # {% if cookiecutter is peopled %}
    model = well_formed(st.selectbox("Model", models, accept_new_options=True, key=f"model-{key}"))
    # {% elif cookiecutter is using("custom") %}
    provider = settings.PROVIDER
    model = provider.model
    if len(provider.models) > 1:
        model = st.selectbox("Model", provider.models, key=f"model-{key}")
    st.text(f"{provider.label} answers with {model}.")
    # {% else %}
    provider = settings.PROVIDER
    model = provider.model
    st.text(f"{provider.label} answers with {model}.")
    # {% endif %}
    with st.expander("Options"):
        # {% if not cookiecutter is peopled %}
        system_prompt = st.text_area("System prompt", settings.SYSTEM_PROMPT, key=f"system-prompt-{key}")
        # {% else %}
        system_prompt = st.text_area("System prompt", persona.system_prompt, key=f"system-prompt-{key}")
        # {% endif %}
        system_prompt = well_formed(system_prompt)
        most, max_key = provider.max_tokens, f"max-tokens-{provider.name}-{key}"
        max_tokens = st.number_input("Max tokens per reply", 1, None, most, key=max_key)
        # {% if cookiecutter.extra_providers and cookiecutter is tempered %}
        temperature = draw_temperature(key) if provider.takes_temperature else None
        # {% elif cookiecutter is tempered %}
        temperature = draw_temperature(key)
        # {% endif %}
        # {% if cookiecutter.extra_providers %}
        fallback = st.toggle("Fall back to another provider", key=f"fallback-{key}")
    others = [other for other in settings.PROVIDERS.values() if other != provider and not api.problem(other)]
    # {% endif %}
    draw_offered(provider, model)  # {% if cookiecutter is tooled %}
    # {% if cookiecutter.extra_providers %}
    return Request(
        provider,
        model,
        system_prompt,
        max_tokens,
        temperature=temperature,  # {% if cookiecutter is tempered %}
        fallbacks=tuple(others) if fallback else (),
    )
    # {% elif cookiecutter is tempered %}
    return Request(provider, model, system_prompt, max_tokens, temperature=temperature)
    # {% else %}
    return Request(provider, model, system_prompt, max_tokens)
    # {% endif %}
