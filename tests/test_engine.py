"""The engine of replies: random sequences of what people do, and runs of the page that end wherever they can."""

import os
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Bake, output


def run(project: Path, folder: Path, *arguments: str | Path) -> None:
    """Run tests in the folder of a bake, with an empty database."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    database = f"sqlite:///{(folder / 'chat.db').as_posix()}"
    output(*command, *arguments, cwd=project, env={**os.environ, "PYTHONPATH": ".", "DATABASE_URL": database})


@pytest.mark.parametrize("answers", [{"history": "session"}, {"history": "database", "sign_in": "oidc"}], ids=str)
def test_whatever_people_do_no_message_is_lost_or_torn(bake: Bake, tmp_path: Path, answers: dict[str, str]) -> None:
    run(bake(llm_provider="openai", **answers), tmp_path, ROOT / "tests" / "machine.py")


@pytest.mark.parametrize("history", ["session", "database"])
@pytest.mark.parametrize(
    "turn",
    ["ask", *(pytest.param(turn, marks=pytest.mark.thorough) for turn in ("regenerate", "edit", "delete", "continue"))],
)
def test_wherever_a_run_ends_the_conversation_goes_on(bake: Bake, tmp_path: Path, history: str, turn: str) -> None:
    run(bake(llm_provider="openai", history=history), tmp_path, ROOT / "tests" / "ended.py", "-k", f"[{turn}]")
