"""Ratings of replies."""

# {% if cookiecutter is stored or cookiecutter is overseen %}
from dataclasses import dataclass, field
from datetime import UTC, datetime

# {% endif %}
RATINGS = ("down", "up")  # {% if cookiecutter.feedback == "thumbs" %}
RATINGS = (1, 2, 3, 4, 5)  # {% if cookiecutter.feedback != "thumbs" %}
# {% if cookiecutter is stored %}
BAD = ("down",)  # the ratings of a reply that should have been another  # {% if cookiecutter.feedback == "thumbs" %}
BAD = (1, 2)  # the ratings of a reply that should have been another  # {% if cookiecutter.feedback != "thumbs" %}
# {% endif %}
# {% if cookiecutter is stored or cookiecutter is overseen %}

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


# {% endif %}
MOST_CHARACTERS = 2000  # of a comment
