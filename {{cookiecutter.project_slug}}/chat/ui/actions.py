"""What a person can do with a turn: copy, regenerate, edit, delete, and look at its other versions."""

from collections.abc import Callable

import streamlit as st

from chat.conversation.messages import Conversation, Message
from chat.history.conversations import changing, stop
from chat.ui.attachments import draw_attachments  # {% if cookiecutter.attachments != "none" %}
from chat.ui.typed import draw_typed
from chat.ui.usage import details

RARE = ("Details", "Delete the turn")  # behind a button of their own
# A text in an attribute, as page.js reads it: without what HTML or Streamlit could take for its own.
QUOTED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '%"&<>\n'})


def change(conversation: Conversation, how: Callable[..., object], message_id: str, *values: object) -> None:
    """Change a conversation, if the message still stands on its page then.

    Args:
        conversation: the conversation.
        how: a method of Conversation.
        message_id: of the message that is its first argument.
        values: the others.
    """
    with changing(conversation):
        if message := conversation.on_page(message_id):
            how(conversation, message, *values)


def act(action: str, message_id: str) -> None:
    """Do something with a message of the page's conversation; what is only shown, the page shows.

    Streamlit keeps the arguments of a callback for as long as a session lasts: so an id, not a message, which would
    keep the whole conversation. It may end a run wherever the session's state is used: not after the change has begun.

    Args:
        action: what a button is called, or "Show" for the version that was chosen.
        message_id: of the message; where it stands on the page no more, nothing happens.
    """
    conversation: Conversation = st.session_state.conversation
    message = conversation.on_page(message_id)
    if message is None:
        return
    is_open = st.session_state.get("form") == message_id
    match action:
        case "Regenerate":
            change(conversation, Conversation.ask_again, message_id)
        case "Continue":
            change(conversation, Conversation.go_on, message_id)
        case "Edit" | "Delete the turn":
            st.session_state.form = message_id
        case "Cancel":
            st.session_state.form = None
        case "Ask" if is_open:  # no second time, when it is clicked twice
            text = st.session_state[f"edit-{message_id}"].strip()
            st.session_state.form = None
            if text:
                change(conversation, Conversation.edit, message_id, text)
        case "Delete" if is_open:
            st.session_state.form = None
            before = {each.id for each in conversation.everything()}
            change(conversation, Conversation.delete, conversation.question_of(message).id)
            for gone in before - {each.id for each in conversation.everything()}:
                stop(gone)
        case "Show":
            change(conversation, Conversation.show, message_id, st.session_state[f"version-{message_id}"] - 1)


def draw_action(action: str, message: Message, icon: str) -> None:
    """Draw a button for what is done with a message."""
    key = f"{action.lower()}-{message.id}"
    st.button(action, key=key, icon=icon, type="tertiary", on_click=act, args=(action, message.id))


def draw_actions(reply: Message, can_go_on: bool) -> None:
    """Draw what can be done with a reply and its question, or what confirms that they are to be deleted."""
    if reply.id == st.session_state.get("form"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text("Delete this question and its replies?", width="content")
            key = f"delete-{reply.id}"
            st.button("Delete", key=key, type="primary", on_click=act, args=("Delete", reply.id))
            st.button("Cancel", key=f"keep-{reply.id}", on_click=act, args=("Cancel", reply.id))
        return
    if reply.text:
        copied = reply.text.translate(QUOTED)
        st.html(f'<button class="copy" aria-label="Copy" data-text="{copied}"></button>', width="content")
    draw_action("Regenerate", reply, ":material/refresh:")
    if can_go_on:
        draw_action("Continue", reply, ":material/resume:")
    key, icon = f"menu-{reply.id}", ":material/more_horiz:"
    chosen = st.menu_button("More", RARE, key=key, icon=icon, type="tertiary", on_click=choose, args=(reply.id,))
    if chosen == "Details":
        show_details(reply)


def choose(reply_id: str) -> None:
    """Do what was chosen in the menu of a turn."""
    act(st.session_state[f"menu-{reply_id}"], reply_id)


@st.dialog("Details")
def show_details(reply: Message) -> None:
    """Show what a reply took."""
    st.text("\n".join(details(reply)))


def draw_question(question: Message) -> None:
    """Draw a question, or the form to edit it."""
    draw_attachments(question.attachments)  # {% if cookiecutter.attachments != "none" %}
    if question.id == st.session_state.get("form"):
        draw_form(question)
    else:
        draw_typed(question.text)
        draw_action("Edit", question, ":material/edit:")
    draw_versions(question)


def draw_form(question: Message) -> None:
    """Draw the form to edit a question."""
    with st.form(f"form-{question.id}", border=False):
        st.text_area("Question", question.text, key=f"edit-{question.id}", label_visibility="collapsed")
        with st.container(horizontal=True):
            st.form_submit_button("Ask", type="primary", on_click=act, args=("Ask", question.id))
            st.form_submit_button("Cancel", on_click=act, args=("Cancel", question.id))


def draw_versions(message: Message) -> None:
    """Draw the way to the other versions of a message, where there are some."""
    place, versions = st.empty(), [*message.before.versions]
    if len(versions) == 1 or message not in versions:  # another page may just have changed them
        return
    number = versions.index(message) + 1
    with place.container(horizontal=True, vertical_alignment="center"):
        st.pagination(
            len(versions),
            default=number,
            max_visible_pages=0,
            key=f"version-{message.id}",
            on_change=act,
            args=("Show", message.id),
        )
        st.text(f"{number}/{len(versions)}", width="content")
