"""The replies to ask for."""

from dataclasses import dataclass, field
from itertools import count

CHARACTERS = 5  # a chunk
PARAGRAPH = (
    "A reply is **read while it is written**: by the time that its last word arrives, somebody has followed the first "
    "ones, weighed them, and perhaps thought of the next question. What a page does meanwhile should not be felt. It "
    "may show some `names`, a [link](https://example.org) or a number such as 1,024; it may be *slow* because a model "
    "is slow, but never because of the page itself, and **never more so** the longer the text has become. Whoever "
    "scrolls up to read again is left in peace, and so is everybody else."
)

PARAGRAPH_CHUNKS = len(PARAGRAPH) // CHARACTERS
QUESTION = "What is there to say?"

_numbers = count(100)  # three digits: the first word fits into a chunk, whose arrival is measured


@dataclass(frozen=True)
class Reply:
    """A reply of Markdown paragraphs, 5 characters a chunk, between two words unique to it.

    Attributes:
        chunks: their number.
        rate: chunks per second; None for all at once.
    """

    chunks: int
    rate: float | None = None
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def first_word(self) -> str:
        """Its unique first word, which comes in its first chunk."""
        return f"w{self.number}"

    @property
    def last_word(self) -> str:
        """Its unique last word."""
        return f"last{self.number}."

    @property
    def text(self) -> str:
        """The whole reply."""
        paragraphs = "\n\n".join([PARAGRAPH] * round(self.chunks * CHARACTERS / len(PARAGRAPH)))
        return f"{self.first_word}: {paragraphs} {self.last_word}"
