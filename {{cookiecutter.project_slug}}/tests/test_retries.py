"""Which failures are retried."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from chat import settings
from chat.conversation.messages import Message
from chat.providers import Chunk, ProviderError, Request
from chat.providers.errors import failure
from chat.replies.reply import Reply
from chat.replies.retries import retried
from chat.ui.follow import with_notices
from tests.conftest import END

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
REQUEST = Request(PROVIDER, "any", "", 100, messages=[Message.saying("user", "Hello")])


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds between attempts, without waiting for real."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("chat.replies.retries.asyncio", SimpleNamespace(sleep=sleep))
    return waits


def chunks_of(attempts: list[list[Chunk | Exception]]) -> list[Chunk]:
    """The chunks of a reply; each attempt is taken from the list."""

    async def stream(request: Request) -> AsyncGenerator[Chunk]:
        for chunk in attempts.pop(0):
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def read() -> list[Chunk]:
        return [chunk async for chunk in retried(stream, REQUEST)]

    return asyncio.run(read())


def read(*attempts: list[Chunk | Exception]) -> tuple[str, int]:
    """The text of a reply, or the kind of its failure, and the number of attempts."""
    left = [*attempts]
    try:
        said = "".join(chunk.text for chunk in chunks_of(left))
    except ProviderError as error:
        said = error.kind
    return said, len(attempts) - len(left)


@pytest.mark.parametrize("kind", ["rate_limit", "overloaded", "nothing", "connection"])
def test_a_failure_that_may_pass_is_tried_again(waits: list[float], kind: str) -> None:
    passing = failure(kind, PROVIDER, "")
    assert read([passing], [passing], [Chunk("Hello"), END]) == ("Hello", 3)
    assert 1 <= waits[0] < waits[1] <= 3
    assert read([passing], [passing], [passing]) == (kind, 3)


@pytest.mark.parametrize(
    "kind", ["auth", "quota", "too_large", "bad_request", "not_found", "timeout", "blocked", "cut_off"]
)
def test_a_failure_that_stays_is_not(kind: str) -> None:
    assert read([failure(kind, PROVIDER, "")]) == (kind, 1)


def test_nothing_is_asked_for_again_once_a_token_has_come() -> None:
    assert read([Chunk("Hel"), failure("overloaded", PROVIDER, "")]) == ("overloaded", 1)
    for kind in ("timeout", "connection", "nothing", "unknown"):
        assert read([Chunk("Hel"), failure(kind, PROVIDER, "")]) == ("cut_off", 1)
        assert read([Chunk(reasoning="Hm"), failure(kind, PROVIDER, "")]) == ("cut_off", 1)


def test_a_reply_that_has_ended_is_whole_whatever_follows() -> None:
    assert read([Chunk("Hello"), END, failure("connection", PROVIDER, "")]) == ("Hello", 1)


def test_an_end_before_the_first_word_is_said() -> None:
    assert read([], [], []) == ("nothing", 3)


def test_what_is_waited_for_is_said() -> None:
    busy = failure("overloaded", PROVIDER, "", wait=4)
    notices = [chunk.notice for chunk in chunks_of([[busy], [Chunk("Hello"), END]])]
    assert notices == [f"{PROVIDER.label} is busy: retrying in 4 s (2 of 3)", "", "", ""]


def test_the_provider_says_how_long_to_wait(waits: list[float]) -> None:
    assert read([failure("rate_limit", PROVIDER, "", wait=7)], [Chunk("Hello"), END]) == ("Hello", 2)
    assert waits == [7]


def test_a_notice_is_drawn_once_and_taken_away() -> None:
    message, drawn = Message("assistant", status="streaming"), []

    def texts() -> Iterator[str]:
        for message.error in ("", "busy", "busy", "", ""):
            yield ""

    assert len([*with_notices(cast(Reply, SimpleNamespace(message=message)), texts(), drawn.append)]) == 5
    assert drawn == ["busy", ""]


def test_nobody_waits_for_an_hour(waits: list[float]) -> None:
    error = failure("rate_limit", PROVIDER, "", wait=3600)
    assert read([error]) == ("rate_limit", 1)
    assert waits == []
    assert "60 minutes" in error.sentence
