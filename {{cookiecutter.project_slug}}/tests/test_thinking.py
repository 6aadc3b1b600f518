"""Thoughts in a text, separated from it."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import cast

import pytest

from chat.providers import Chunk, ProviderError
from chat.providers.thinking import thoughts_apart
from chat.replies.reply import Reply
from chat.ui.follow import follow


def read(*chunks: Chunk | Exception) -> tuple[str, str]:
    """The thoughts and the answer."""
    text = thoughts = ""

    async def stream() -> AsyncGenerator[Chunk]:
        for chunk in chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def read() -> None:
        nonlocal text, thoughts
        async for chunk in thoughts_apart(stream()):
            text = text[: len(text) - chunk.take_back] + chunk.text
            thoughts += chunk.reasoning

    try:
        asyncio.run(read())
    except ProviderError:
        text += "|"
    return thoughts, text


@pytest.mark.parametrize(
    ("text", "thoughts", "answer"),
    [
        ("Paris.", "", "Paris."),
        ("<think>Hm.</think>Paris.", "Hm.", "Paris."),
        ("\n<think>\nIs 1 < 2?\n</think>\n\nYes.", "\nIs 1 < 2?\n", "Yes."),
        ("Hm.\n</think>\n\nParis.", "Hm.\n", "Paris."),
        ("<think>Hm", "Hm", ""),
        ("<thin", "", "<thin"),
        ("A tag is `</think>`.", "", "A tag is `</think>`."),
        ("Write <think>, then </think>.", "", "Write <think>, then </think>."),
        ("<think>Hm.</think>It ends with </think>.", "Hm.", "It ends with </think>."),
        ("", "", ""),
    ],
)
def test_thoughts_are_apart_wherever_the_text_is_split(text: str, thoughts: str, answer: str) -> None:
    assert read(*map(Chunk, text), Chunk(stop_reason="complete")) == (thoughts, answer)
    for place in range(len(text)):
        assert read(Chunk(text[:place]), Chunk(text[place:])) == (thoughts, answer)


def test_what_a_server_has_told_apart_stays_so() -> None:
    assert read(Chunk(reasoning="Hm."), Chunk("It ends with"), Chunk(" </think>.")) == ("Hm.", "It ends with </think>.")


def test_no_text_is_lost_where_a_reply_fails() -> None:
    assert read(Chunk("1 <"), ProviderError("cut_off")) == ("", "1 <|")


@pytest.mark.parametrize(
    ("before", "after", "times"), [("Hm", "Hm.", 0), ("Hm.", "", 1), ("Hm.", "Paris.", 1), ("Hm.", "Hm. Paris.", 0)]
)
def test_the_page_is_drawn_anew_where_an_answer_was_thoughts(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str, times: int
) -> None:
    anew: list[bool] = []
    monkeypatch.setattr("chat.ui.follow.st.rerun", lambda: anew.append(True))
    reply = cast("Reply", SimpleNamespace(follow=lambda: iter([before, after])))
    assert [*follow(reply, lambda: None)] == [before, after]
    assert len(anew) == times
