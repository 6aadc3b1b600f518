"""When a provider is asked again, and when not."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace

import pytest

from chat import settings
from chat.conversation.messages import Message
from chat.providers import Chunk, Request
from chat.providers.errors import failure
from chat.replies.retries import patiently

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
REQUEST = Request(PROVIDER, "any", "", 100, messages=[Message("user", "Hello")])


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds waited between attempts; nobody really waits."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("chat.replies.retries.asyncio", SimpleNamespace(sleep=sleep))
    return waits


def read(*attempts: list[Chunk | Exception]) -> tuple[str, int]:
    """The text of a reply, or the kind of its failure, and the number of attempts."""
    asked = 0

    async def stream(request: Request) -> AsyncGenerator[Chunk]:
        nonlocal asked
        asked += 1
        for chunk in attempts[asked - 1]:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def read() -> str:
        return "".join([chunk.text async for chunk in patiently(stream, REQUEST)])

    try:
        return asyncio.run(read()), asked
    except Exception as error:
        return getattr(error, "kind", repr(error)), asked


@pytest.mark.parametrize("kind", ["rate_limit", "overloaded", "timeout", "connection"])
def test_a_failure_that_may_pass_is_tried_again(waits: list[float], kind: str) -> None:
    passing = failure(kind, PROVIDER, "")
    assert read([passing], [passing], [Chunk("Hello")]) == ("Hello", 3)
    assert 1 <= waits[0] < waits[1] <= 3
    assert read([passing], [passing], [passing]) == (kind, 3)


@pytest.mark.parametrize("kind", ["auth", "quota", "bad_request", "not_found", "context", "blocked", "cut_off"])
def test_a_failure_that_stays_is_not(kind: str) -> None:
    assert read([failure(kind, PROVIDER, "")]) == (kind, 1)


def test_nothing_is_asked_for_again_once_a_token_has_come() -> None:
    assert read([Chunk("Hel"), failure("timeout", PROVIDER, "")]) == ("timeout", 1)
    assert read([Chunk(reasoning="Hm"), failure("timeout", PROVIDER, "")]) == ("timeout", 1)
    assert read([Chunk("Hel"), failure("connection", PROVIDER, "")]) == ("cut_off", 1)


def test_the_provider_says_how_long_to_wait(waits: list[float]) -> None:
    assert read([failure("rate_limit", PROVIDER, "", wait=7)], [Chunk("Hello")]) == ("Hello", 2)
    assert waits == [7]


def test_nobody_waits_for_an_hour(waits: list[float]) -> None:
    error = failure("rate_limit", PROVIDER, "", wait=3600)
    assert read([error]) == ("rate_limit", 1)
    assert waits == []
    assert "60 minutes" in error.sentence
