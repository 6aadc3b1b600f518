"""Ratings as lines of data/feedback.jsonl."""

import json
import logging  # {% if cookiecutter is overseen %}
import threading
from collections.abc import Iterator  # {% if cookiecutter is overseen %}
from datetime import UTC, datetime

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.rated import Rated  # {% if cookiecutter is overseen %}

log = logging.getLogger(__name__)  # {% if cookiecutter is overseen %}

FILE = settings.ROOT / "data" / "feedback.jsonl"

_lock = threading.Lock()


# {% if cookiecutter is overseen %}
def rated() -> Iterator[Rated]:
    """Every reply with a rating; invalid lines are left out."""
    last: dict[str, Rated] = {}
    if FILE.exists():
        with FILE.open(encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, 1):
                try:
                    line = json.loads(text)
                    line["time"] = datetime.fromisoformat(line["time"])
                    entry = Rated(**line)
                except (ValueError, TypeError, KeyError):
                    log.warning("Line %s of %s is not a rating and is left out.", number, FILE)
                    continue
                last[entry.message] = entry
    return (entry for entry in last.values() if entry.rating is not None)


# {% endif %}
def save(conversation: Conversation, reply: Message) -> None:
    """Add a line with a reply's rating and comment; a reply's last line counts.

    Raises:
        OSError: if the file cannot be written.
    """
    question, sent = conversation.question_of(reply), conversation.before(reply)
    earlier = sent[: sent.index(question)]
    rated = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "conversation": conversation.id,
        "message": reply.id,
        "question": question.text,
        "context": [{"role": message.role, "content": message.text} for message in earlier],
        "reply": reply.text,
        "provider": reply.provider,
        "model": reply.model,
        "trace_id": reply.trace_id,  # {% if cookiecutter.telemetry != "none" %}
        "persona": persona_named(conversation.persona).name,  # {% if cookiecutter is peopled %}
        "rating": None if reply.rating is None else settings.RATINGS[reply.rating],
        "comment": reply.comment,
    }
    with _lock:
        FILE.parent.mkdir(exist_ok=True)
        FILE.touch(mode=0o600)  # readable only by its owner
        with FILE.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(rated, ensure_ascii=False) + "\n")
