"""Tests that never end, with an app, a browser and a database: tests/test_dev.py interrupts them."""

import os
from collections.abc import Callable
from pathlib import Path

from app import App
from waiting import wait_until

FOLDER = Path(os.environ["UNENDING"])


def test_with_a_browser(start: Callable[..., App]) -> None:
    start(llm_provider="openai")
    (FOLDER / "browser").touch()
    wait_until(lambda: False)


def test_with_a_database(postgresql: str) -> None:
    (FOLDER / "database").write_text(postgresql)
    wait_until(lambda: False)
