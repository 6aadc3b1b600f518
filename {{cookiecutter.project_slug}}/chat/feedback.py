"""Ratings of replies: drawn under a reply, kept as lines of data/feedback.jsonl."""

import json
import logging
import threading
from datetime import UTC, datetime

import streamlit as st

from chat import settings
from chat.log import about
from chat.messages import Conversation, Message

log = logging.getLogger(__name__)

FILE = settings.ROOT / "data" / "feedback.jsonl"
RATINGS = ("down", "up")  # {% if cookiecutter.feedback == "thumbs" %}
RATINGS = (1, 2, 3, 4, 5)  # {% if cookiecutter.feedback != "thumbs" %}

_lock = threading.Lock()


def draw_rating(reply: Message) -> None:
    """Draw the rating of a reply; a click keeps it at once."""
    st.feedback(
        "{{ cookiecutter.feedback }}",
        key=f"rating-{reply.id}",
        default=reply.rating,
        on_change=rate,
        args=(reply.id,),
    )


def rate(reply_id: str) -> None:
    """Keep the rating that was chosen for a reply of the page's conversation."""
    conversation: Conversation = st.session_state.conversation
    chosen, reply = st.session_state[f"rating-{reply_id}"], conversation.message(reply_id)
    if reply is None:  # another page has deleted it
        return
    try:
        save(conversation, reply, None if chosen is None else RATINGS[chosen])
    except OSError:
        log.exception("rating not saved", extra=about(reply))
        st.toast("Your rating could not be saved. The log has the reason.", icon=":material/error:")
    else:
        reply.rating = chosen
        log.info("rating saved", extra=about(reply, rating=None if chosen is None else RATINGS[chosen]))


def save(conversation: Conversation, reply: Message, rating: str | int | None) -> None:
    """Add a line to the file; for a reply that was rated more than once, the last line counts.

    Args:
        conversation: where the reply and its question are.
        reply: what is rated.
        rating: one of RATINGS, or None for a rating taken back.

    Raises:
        OSError: if the file cannot be written.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "conversation": conversation.id,
        "message": reply.id,
        "question": conversation.question_of(reply).text,
        "reply": reply.text,
        "provider": reply.provider,
        "model": reply.model,
        "rating": rating,
    }
    with _lock:
        FILE.parent.mkdir(exist_ok=True)
        with FILE.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
