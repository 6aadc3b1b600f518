"""Tests of readiness: what a health check is told of the database."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from chat import settings
from chat.server import health as readiness


def refuse() -> None:
    """Fail as a database does that cannot be reached."""
    raise ConnectionError("connection refused")


@pytest.mark.parametrize(("ready", "status", "text"), [(lambda: None, 200, b"ready"), (refuse, 503, b"database")])
def test_a_health_check_is_told(
    monkeypatch: pytest.MonkeyPatch, ready: Callable[[], None], status: int, text: bytes
) -> None:
    monkeypatch.setattr(readiness, "ask_database", ready)
    response = asyncio.run(readiness.readiness(Request({"type": "http"})))
    assert (response.status_code, response.body) == (status, text)


def test_it_is_said_whether_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    readiness.ask_database()
    with monkeypatch.context() as away:
        away.setattr("chat.history.engine._engine", None)
        away.setattr(settings, "DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
        with pytest.raises(OperationalError):
            readiness.ask_database()
