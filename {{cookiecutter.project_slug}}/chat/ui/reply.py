"""A reply that has ended: what there is to say of it, and what can be done with it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.messages import Message
from chat.replies.attachments import unsent  # {% if cookiecutter.attachments != "none" %}
from chat.ui.actions import draw_actions, draw_versions
from chat.ui.calls import draw_approval  # {% if cookiecutter is tooled %}
from chat.ui.markdown.safe import inert
from chat.ui.parts import draw_parts
from chat.ui.rating import draw_rating  # {% if cookiecutter.feedback != "none" %}

# What is said of a reply that the provider ended, without a failure, before its end.
CUT_SHORT = {
    "max_tokens": "The reply hit its length limit.",
    "ended_early": "The provider ended the reply early. See Details.",
}


def is_whole(reply: Message) -> bool:
    """Whether a reply came to its end."""
    return reply.status == "complete" and reply.stop_reason not in CUT_SHORT


def draw_answer(reply: Message) -> None:
    """Draw what a reply holds; mostly in one element, since each takes a browser time in each run."""
    if len(reply.parts) == 1:
        draw_parts(reply)
        return
    with st.container():
        draw_parts(reply)


def draw_note(reply: Message) -> None:
    """Draw what there is to say of a reply that has ended."""
    if reply.left_out:
        st.text(f"The oldest {reply.left_out} messages were left out to fit the model's context.")
    # {% if cookiecutter.attachments != "none" %}
    for limit in unsent(reply):
        st.text(limit)
    # {% endif %}
    # {% if cookiecutter.extra_providers %}
    if reply.note:
        st.text(reply.note)
    # {% endif %}
    if reply.status == "failed":
        st.error(inert(reply.error), icon=":material/error:")
    elif reply.status == "stopped":
        st.info("The reply was stopped.", icon=":material/stop_circle:")
    elif reply.status == "interrupted":
        st.info("The reply was interrupted.", icon=":material/power_off:")
    elif reply.stop_reason in CUT_SHORT:
        st.info(CUT_SHORT[reply.stop_reason], icon=":material/content_cut:")


def draw_tools(reply: Message, place: DeltaGenerator | None) -> None:
    """Draw what can be done with a reply that has ended; of one that is whole the icons say it."""
    key = f"{'icons' if is_whole(reply) else 'tools'}-{reply.id}"
    with (place or st).container(key=key, horizontal=True, vertical_alignment="center", gap=None):
        # {% if cookiecutter.feedback != "none" %}
        if reply.parts and reply.id != st.session_state.get("form"):  # not one about to be deleted
            draw_rating(reply)
        # {% endif %}
        begun = bool(reply.text)  # {% if not cookiecutter is tooled %}
        begun = bool(reply.text or reply.calls)  # {% if cookiecutter is tooled %}
        draw_actions(reply, can_go_on=begun and not is_whole(reply))
        draw_versions(reply)


def draw_foot(reply: Message, place: DeltaGenerator | None = None) -> None:
    """Draw below a reply what there is besides its words, once it has ended.

    Just after it has come, that must have the same shape as in every later run: what is drawn in the place of
    another shape lets some of that shine through.

    Args:
        reply: the reply.
        place: an `st.empty()` to draw it in; without one it is drawn in the current container.
    """
    # {% if cookiecutter is tooled %}
    if reply.status == "asking":
        with (place or st).container():
            draw_approval(reply.id)
    # {% endif %}
    if not reply.ended:
        return
    more = [
        not is_whole(reply),
        reply.left_out,
        reply.note,  # {% if cookiecutter.extra_providers %}
        unsent(reply),  # {% if cookiecutter.attachments != "none" %}
    ]
    if not any(more):
        draw_tools(reply, place)
        return
    with (place or st).container():
        draw_note(reply)
        draw_tools(reply, None)
