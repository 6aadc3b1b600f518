"""Ratings of replies: drawn on the page, kept, and made use of.

Where they are kept is a module of this package with these functions:

- `save(conversation: Conversation, reply: Message) -> None`: keeps the rating and the comment of a reply.
- `rated() -> Iterator[Rated]`: every reply that has a rating, in any order.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

RATINGS = ("down", "up")  # {% if cookiecutter.feedback == "thumbs" %}
RATINGS = (1, 2, 3, 4, 5)  # {% if cookiecutter.feedback != "thumbs" %}
BAD = ("down",)  # the ratings of a reply that should have been another  # {% if cookiecutter.feedback == "thumbs" %}
BAD = (1, 2)  # the ratings of a reply that should have been another  # {% if cookiecutter.feedback != "thumbs" %}
MOST_CHARACTERS = 2000  # of a comment

Rating = str  # one of RATINGS  # {% if cookiecutter.feedback == "thumbs" %}
Rating = int  # one of RATINGS  # {% if cookiecutter.feedback != "thumbs" %}


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A reply that was rated, and what led to it."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))  # of the rating, or of its last change
    conversation: str  # its id; `message` is the reply's
    message: str
    question: str
    context: list[dict[str, str]] = field(default_factory=list)  # what was said before: {"role": …, "content": …}
    reply: str
    provider: str
    model: str
    rating: Rating | None  # None: taken back
    comment: str = ""
