"""Tests of readiness: what a health check is told of the database."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.requests import Request

from chat import readiness


def refuse() -> None:
    """Fail as a database does that cannot be reached."""
    raise ConnectionError("connection refused")


@pytest.mark.parametrize(("ready", "status", "text"), [(lambda: None, 200, b"ready"), (refuse, 503, b"database")])
def test_a_health_check_is_told(
    monkeypatch: pytest.MonkeyPatch, ready: Callable[[], None], status: int, text: bytes
) -> None:
    monkeypatch.setattr(readiness.engine, "ready", ready)
    response = asyncio.run(readiness.readiness(Request({"type": "http"})))
    assert (response.status_code, response.body) == (status, text)
