"""How much one person may ask."""

import time
from types import ModuleType

import pytest

from chat import settings
from chat.replies import limits
from chat.replies.limits import DAY, HOUR, reached


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Settings of two replies an hour and 100 tokens a day."""
    monkeypatch.setattr(settings, "MESSAGES_AN_HOUR", 2)
    monkeypatch.setattr(settings, "TOKENS_A_DAY", 100)
    return settings


def test_without_limits_none_is_reached() -> None:
    assert reached([(time.time(), 10_000_000)] * 10_000) is None
    assert not limits.ON


@pytest.mark.usefixtures("few")
def test_so_many_replies_an_hour() -> None:
    now = time.time()
    assert reached([(now, 1), (now - HOUR - 1, 1)]) is None
    sentence = reached([(now - HOUR + 90, 1), (now, 1)])
    assert sentence
    assert "2 replies within an hour" in sentence
    assert "in 2 min" in sentence


@pytest.mark.usefixtures("few")
def test_so_many_tokens_a_day() -> None:
    now = time.time()
    assert reached([(now - 2 * HOUR, 99), (now - DAY - 1, 50)]) is None
    assert "100 tokens within a day" in (reached([(now - 2 * HOUR, 100)]) or "")


def test_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MESSAGES_AN_HOUR", 0)
    assert reached([])
