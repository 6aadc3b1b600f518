"""A reply that has ended: what there is to say of it, and what can be done with it."""

import streamlit as st

from chat.conversation.messages import Message
from chat.replies.attachments import unsent  # {% if cookiecutter.attachments != "none" %}
from chat.ui.actions import act, draw_menu, draw_versions
from chat.ui.calls import draw_approval  # {% if cookiecutter is tooled %}
from chat.ui.markdown.safe import inert
from chat.ui.parts import draw_parts
from chat.ui.rating import draw_rating  # {% if cookiecutter.feedback != "none" %}
from chat.ui.steps import sources_of  # {% if cookiecutter is stepped %}

# What is said of a reply that the provider ended, without a failure, before its end.
CUT_SHORT = {
    "max_tokens": "The reply hit its length limit.",
    "ended_early": "The provider ended the reply early. Details has its reason.",
}


def has_more(reply: Message) -> bool:
    """Whether there is more to draw of a reply that has ended than a text."""
    more = [
        len(reply.parts) > 1,
        reply.status != "complete",
        reply.stop_reason in CUT_SHORT,
        reply.left_out,
        reply.note,  # {% if cookiecutter.extra_providers %}
        unsent(reply),  # {% if cookiecutter.attachments != "none" %}
    ]
    return any(more)


def draw_answer(reply: Message) -> None:
    """Draw a reply that has ended; mostly in one element, since each takes a browser time in each run."""
    if not has_more(reply):
        draw_parts(reply)
        return
    with st.container():
        draw_parts(reply)
        with st.empty().container():
            draw_note(reply)


def draw_note(reply: Message) -> None:
    """Draw what there is to say of a reply that has ended, and what can be done about it."""
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
    # {% if cookiecutter is tooled %}
    if reply.status == "asking":
        draw_approval(reply.id)
        return
    # {% endif %}
    begins = reply.status == "streaming"  # in another page, just now
    if begins or (reply.status == "complete" and reply.stop_reason not in CUT_SHORT):
        return
    if reply.status == "failed":
        st.error(inert(reply.error), icon=":material/error:")
    elif reply.status == "stopped":
        st.info("The reply was stopped.", icon=":material/stop_circle:")
    elif reply.status == "interrupted":
        st.info("The reply was interrupted.", icon=":material/power_off:")
    elif reply.stop_reason in CUT_SHORT:
        st.info(CUT_SHORT[reply.stop_reason], icon=":material/content_cut:")
    with st.container(horizontal=True):
        st.button("Try again", key=f"again-{reply.id}", on_click=act, args=("Try again", reply.id))
        # {% if cookiecutter is tooled %}
        if reply.text or reply.calls:
            st.button("Continue", key=f"continue-{reply.id}", on_click=act, args=("Continue", reply.id))
        # {% else %}
        if reply.text:
            st.button("Continue", key=f"continue-{reply.id}", on_click=act, args=("Continue", reply.id))
        # {% endif %}


def draw_tools(reply: Message) -> None:
    """Draw what can be done with a reply that has ended."""
    with st.container(horizontal=True, vertical_alignment="center"):
        # {% if cookiecutter.feedback != "none" %}
        if st.session_state.conversation.coming():
            # A click in a fragment draws little, but it waits for the run to end: not while a reply comes.
            draw_rating(reply)
        else:
            with st.container(width="content"):
                st.fragment(draw_rating)(reply)
        # {% endif %}
        draw_menu(reply)
        draw_versions(reply)


def draw_foot(reply: Message) -> None:
    """Draw below a reply that came just now what there is besides its text."""
    # {% if cookiecutter is stepped %}
    if sources_of(reply):
        st.rerun()  # their numbers in the text lead to them now
    # {% endif %}
    if has_more(reply):
        draw_note(reply)
    # {% if cookiecutter is tooled %}
    if not reply.ended:
        return
    # {% endif %}
    draw_tools(reply)
