"""The model's tools: those it may use, its calls, and the question whether to allow them."""

import json
from typing import Literal

import streamlit as st

from chat.conversation.calls import ToolCall
from chat.conversation.messages import Conversation
from chat.history.conversations import find
from chat.providers import Provider
from chat.replies.calls import (
    can_call,
    from_outside,  # {% if cookiecutter is reading %}
)
from chat.tools.offered import offered
from chat.tools.servers import connections  # {% if cookiecutter.tools == "mcp" %}
from chat.ui.actions import change
from chat.ui.markdown.safe import inert

SAID = {
    "running": "Calling {}",
    "waiting": "Asked for {}",
    "done": "Called {}",
    "failed": "{} failed",
    "declined": "{} was declined",
}
STATES: dict[str, Literal["running", "error"]] = {"running": "running", "failed": "error"}
ANSWERS = {"Allow once": "once", "Always in this conversation": "always", "Decline": ""}
LOOK_SECONDS = 1.0  # between looks whether another page has decided


def draw_offered(provider: Provider, model: str) -> None:
    """Draw the tools that a model may use, or that it cannot use any."""
    if not can_call(provider, model):
        st.text(f"{model} cannot call tools.")
        return
    with st.expander("Tools"):
        for name, each in offered().items():
            st.text(f"{name} (asks first)" if each.needs_approval else name, help=inert(each.tool.description))
        # {% if cookiecutter.tools == "mcp" %}
        for name, connection in connections.items():
            if connection.problem:
                st.text(f"{name}: {connection.problem}")
        # {% endif %}


def draw_call(call: ToolCall) -> None:
    """Draw a call: one line, which opens to show the arguments and the result."""
    label = SAID[call.status].format(inert(call.name))
    label += f" ({inert(call.server)})" if call.server else ""  # {% if cookiecutter.tools == "mcp" %}
    with st.status(label, state=STATES.get(call.status, "complete"), type="compact"):
        draw_arguments(call)
        if call.result:
            st.code(call.result, None, wrap_lines=True)


def draw_arguments(call: ToolCall) -> None:
    """Draw all arguments of a call; invisible characters and those that reverse others are escaped."""
    try:
        text = json.dumps(json.loads(call.arguments or "{}"), ensure_ascii=False, indent=2)
    except ValueError:
        text = call.arguments
    seen = (sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode() for sign in text)
    st.code("".join(seen), "json", wrap_lines=True)


@st.fragment(run_every=LOOK_SECONDS)
def draw_approval(reply_id: str) -> None:
    """Ask whether to allow a reply's pending calls, until this or another page has decided."""
    conversation = find(st.session_state.conversation.id)
    reply = conversation.on_page(reply_id) if conversation else None
    if not conversation or not reply or reply.status != "asking":
        st.rerun()
    answers = ANSWERS  # {% if not cookiecutter is reading %}
    # {% if cookiecutter is reading %}
    always = not from_outside(conversation.before(reply))
    answers = {label: allowed for label, allowed in ANSWERS.items() if always or allowed != "always"}
    # {% endif %}
    for call in reply.undecided:
        with st.container(border=True):
            st.markdown(f"May **{inert(call.name)}** be called with these arguments?")
            draw_arguments(call)
            with st.container(horizontal=True):
                for label, allowed in answers.items():
                    st.button(label, key=f"{label}-{call.id}", on_click=decide, args=(reply_id, call.id, allowed))
    key = f"stop-asking-{reply_id}"
    st.button("Stop", key=key, icon=":material/stop:", shortcut="Esc", on_click=stop_asking, args=(reply_id,))


def decide(reply_id: str, call_id: str, allowed: str) -> None:
    """Record whether a call is allowed."""
    change(st.session_state.conversation, Conversation.decide, reply_id, call_id, allowed)


def stop_asking(reply_id: str) -> None:
    """End a reply that waits for a decision."""
    change(st.session_state.conversation, Conversation.stop_asking, reply_id)
