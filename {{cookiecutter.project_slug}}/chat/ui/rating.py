"""Rating a reply, and commenting on it."""

import logging

import streamlit as st

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.conversation.text import well_formed
from chat.history.ratings import save
from chat.log import about

log = logging.getLogger(__name__)


def draw_rating(reply: Message) -> None:
    """Draw the rating of a reply, saved on a click, and the form for a comment on a rated one."""
    st.feedback(
        "{{ cookiecutter.feedback }}",
        key=f"rating-{reply.id}",
        default=reply.rating,
        on_change=rate,
        args=(reply.id,),
    )
    if reply.rating is not None:
        label = "Your comment" if reply.comment else "Add a comment"
        with (
            st.popover(label, type="tertiary", key=f"commenting-{reply.id}", on_change="rerun"),
            st.form(f"comment-on-{reply.id}", border=False),
        ):
            most = settings.COMMENT_CHARACTERS
            st.text_area("Comment", reply.comment, max_chars=most, key=f"comment-{reply.id}")
            st.form_submit_button("Send", on_click=comment, args=(reply.id,))


def rate(reply_id: str) -> None:
    """Save the rating chosen for a reply of the page's conversation."""
    keep(reply_id, "rating", st.session_state[f"rating-{reply_id}"])


def comment(reply_id: str) -> None:
    """Save the comment sent on a reply of the page's conversation, and close its form."""
    st.session_state[f"commenting-{reply_id}"] = False
    keep(reply_id, "comment", well_formed(st.session_state[f"comment-{reply_id}"]).strip())


def keep(reply_id: str, field: str, value: int | str | None) -> None:
    """Change this field of a reply, and save its rating and comment; the page says if that fails."""
    conversation: Conversation = st.session_state.conversation
    reply = conversation.message(reply_id)
    if reply is None:  # another page has deleted it
        return
    setattr(reply, field, value)
    try:
        save(conversation, reply)
    except Exception:
        log.exception("rating not saved", extra=about(reply))
        st.toast("Your rating could not be saved. The log has the reason.", icon=":material/error:")
    else:
        log.info("rating saved", extra=about(reply, rating=reply.rating))
        if field == "comment":
            st.toast("Your comment was sent.", icon=":material/check:")
