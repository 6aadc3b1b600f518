"""Asking: a question joins the conversation, and the reply that is next begins.

Streamlit may end a run of the page at any of its calls. So there is none of them between what belongs together.
"""

from dataclasses import replace

import streamlit as st

from chat import settings  # {% if cookiecutter.rich_replies == "yes" and cookiecutter is remote %}
from chat.conversation.messages import Conversation
from chat.history.conversations import changing, start_reply
from chat.history.uses import add_use, uses  # {% if cookiecutter is counted %}
from chat.providers import Request
from chat.replies import limits  # {% if cookiecutter is counted %}
from chat.replies.answering import (
    answer,  # {% if not cookiecutter is tooled %}
    answer_with_tools,  # {% if cookiecutter is tooled %}
)
from chat.server.draining import NOTICE, draining  # {% if cookiecutter is deployed %}
from chat.ui.person import person  # {% if cookiecutter is identifying %}


def ask(key: str) -> None:
    """Ask what was typed or chosen in the element of the page with this key."""
    if text := st.session_state[key]:
        ask_question(text)


def ask_question(text: str) -> None:
    """Ask a question in the conversation on the page, which then begins its reply."""
    conversation: Conversation = st.session_state.conversation
    with changing(conversation):
        conversation.ask(text)


def begin_next(conversation: Conversation, options: Request) -> None:
    """Start the next reply that waits.

    Args:
        conversation: what the page shows.
        options: whom to ask, and how; its messages are not used.
    """
    if not conversation.next_waiting():
        return
    # {% if cookiecutter is deployed %}
    if draining.is_set():
        st.toast(NOTICE, icon=":material/sync:")
        return  # another server takes it up
    # {% endif %}
    who = person()  # {% if cookiecutter is identifying %}
    limit = limits.reached(uses(who)) if limits.ON else None  # {% if cookiecutter is counted %}
    with changing(conversation):
        message = conversation.take_waiting()
        # {% if cookiecutter is counted %}
        while message and limit:
            message.provider, message.model = options.provider.name, options.model
            message.status, message.error = "failed", limit
            message = conversation.take_waiting()
        # {% endif %}
        if not message:
            return
        message.provider, message.model = options.provider.name, options.model
    # {% if cookiecutter.rich_replies == "yes" and cookiecutter is remote %}
    told = f"{options.system_prompt}\n\n{settings.DRAWING}".strip()
    request = replace(options, messages=conversation.before(message), system_prompt=told)
    # {% else %}
    request = replace(options, messages=conversation.before(message))
    # {% endif %}
    # {% if cookiecutter is using("custom") and cookiecutter is owned %}
    request = replace(request, conversation=conversation.id, person=who)
    # {% elif cookiecutter is using("custom") %}
    request = replace(request, conversation=conversation.id)
    # {% endif %}
    # {% if cookiecutter is peopled and cookiecutter is using("custom") %}
    request = replace(request, persona=conversation.persona)
    # {% endif %}
    # {% if cookiecutter is tooled %}
    start_reply(message, answer_with_tools(request, message, conversation.always))
    # {% else %}
    start_reply(message, answer(request))
    # {% endif %}
    # {% if cookiecutter is counted %}
    if limits.ON:
        add_use(message, who)
    # {% endif %}
