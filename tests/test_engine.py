"""The engine of replies by itself, without a page: random sequences of what people do."""

import os
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Bake, output


@pytest.mark.parametrize("history", ["session", "database"])
def test_whatever_people_do_no_message_is_lost_or_torn(bake: Bake, tmp_path: Path, history: str) -> None:
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    database = f"sqlite:///{(tmp_path / 'chat.db').as_posix()}"
    environment = {**os.environ, "PYTHONPATH": ".", "DATABASE_URL": database}
    project = bake(llm_provider="openai", history=history)
    assert "1 passed" in output(*command, ROOT / "tests" / "machine.py", cwd=project, env=environment)
