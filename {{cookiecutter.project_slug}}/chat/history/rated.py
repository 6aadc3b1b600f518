"""Rated replies."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

Rating = str  # one of settings.RATINGS  # {% if cookiecutter.feedback == "thumbs" %}
Rating = int  # one of settings.RATINGS  # {% if cookiecutter.feedback != "thumbs" %}


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A rated reply, with its question and what led to it."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))  # of the rating, or of its last change
    conversation: str  # its id; `message` is the reply's
    message: str
    question: str
    context: list[dict[str, str]] = field(default_factory=list)  # the messages before it: {"role": …, "content": …}
    reply: str
    provider: str
    model: str
    trace_id: str = ""  # of the reply  # {% if cookiecutter.telemetry != "none" %}
    persona: str = ""  # its name  # {% if cookiecutter is peopled %}
    rating: Rating | None  # None: taken back
    comment: str = ""
