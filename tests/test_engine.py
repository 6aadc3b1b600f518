"""The engine of replies: random sequences of actions, with runs of the page that end anywhere."""

from pathlib import Path

import pytest

from conftest import ROOT, Bake, own_tests


def run(project: Path, folder: Path, test: str) -> None:
    """Run tests of this folder in that of a bake, with an empty database."""
    database = f"sqlite:///{(folder / 'chat.db').as_posix()}"
    own_tests(project, "-o", "addopts=", "--noconftest", test, DATABASE_URL=database)


@pytest.mark.parametrize("answers", [{"history": "session"}, {"history": "database", "sign_in": "oidc"}], ids=str)
def test_whatever_people_do_no_message_is_lost_or_torn(bake: Bake, tmp_path: Path, answers: dict[str, str]) -> None:
    run(bake(llm_provider="openai", **answers), tmp_path, f"{ROOT}/tests/machine.py")


@pytest.mark.parametrize("history", ["session", "database"])
@pytest.mark.parametrize(
    "turn",
    ["ask", *(pytest.param(turn, marks=pytest.mark.thorough) for turn in ("regenerate", "edit", "delete", "continue"))],
)
def test_wherever_a_run_ends_the_conversation_goes_on(bake: Bake, tmp_path: Path, history: str, turn: str) -> None:
    test = f"{ROOT}/tests/ended.py::test_whatever_call_a_run_ends_at_the_conversation_goes_on[{turn}]"
    run(bake(llm_provider="openai", history=history), tmp_path, test)
