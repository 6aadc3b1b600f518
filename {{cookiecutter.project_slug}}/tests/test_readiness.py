"""Readiness: what a health check is told."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from chat import settings
from chat.server import health as readiness
from chat.server.draining import draining


def told() -> tuple[int, bytes]:
    """What a health check is told."""
    response = asyncio.run(readiness.readiness(Request({"type": "http"})))
    return response.status_code, bytes(response.body)


def refuse() -> None:
    """Fail like an unreachable database."""
    raise ConnectionError("connection refused")


@pytest.mark.parametrize(("ready", "status", "text"), [(lambda: None, 200, b"ready"), (refuse, 503, b"database")])
def test_a_health_check_is_told(
    monkeypatch: pytest.MonkeyPatch, ready: Callable[[], None], status: int, text: bytes
) -> None:
    monkeypatch.setattr(readiness, "ask_database", ready)
    assert told() == (status, text)


def test_nobody_is_sent_to_a_server_that_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "is_set", lambda: True)
    assert told() == (503, b"draining")


def test_it_is_said_whether_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    readiness.ask_database()
    with monkeypatch.context() as away:
        away.setattr("chat.history.engine._engine", None)
        away.setattr(settings, "DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
        with pytest.raises(OperationalError):
            readiness.ask_database()
