"""The library.py of an app under test: passages that were found."""

from typing import NamedTuple


class Passage(NamedTuple):
    """What was found, and where."""

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
