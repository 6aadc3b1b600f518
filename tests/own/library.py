"""The library.py of an app under test: a search for passages."""

from typing import NamedTuple


class Passage(NamedTuple):
    """A passage and where it was found."""

    title: str
    address: str
    words: str
    page: int | None = None


def search(question: str) -> list[Passage]:
    """The same two passages, whatever is asked."""
    return [
        Passage("Atlas", "https://atlas.example/france", "Paris is the capital of France.", 12),
        Passage("Almanac", "https://almanac.example/paris", "2,100,000 people live in Paris."),
    ]
