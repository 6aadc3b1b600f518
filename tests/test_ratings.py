"""What becomes of ratings, typed as the README says, with the provider's real SDK."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Bake, copied, output
from waiting import HANG, wait_until
from wire import Wire

COMMAND = (sys.executable, "-B", "-m", "chat.feedback")


@pytest.fixture
def project(bake: Bake, tmp_path: Path) -> Path:
    """An app with ten ratings, every other one bad."""
    project = copied(bake(llm_provider="openai", extra_providers="anthropic"), tmp_path / "app")
    lines = [
        {
            "time": f"2026-01-{day:02}T12:00:00+00:00",
            "conversation": "secret",
            "message": str(day),
            "question": f"Question <{day}>?",
            "context": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}],
            "reply": "Well.",
            "provider": "openai",
            "model": "some",
            "rating": "down" if day % 2 else "up",
            "comment": "",
        }
        for day in range(1, 11)
    ]
    (project / "data").mkdir()
    (project / "data" / "feedback.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return project


@pytest.fixture
def env(wire: Wire) -> dict[str, str]:
    """The environment, in which the local server stands in for the providers."""
    env = {**os.environ}
    for provider in ("openai", "anthropic"):
        env |= {f"{provider.upper()}_API_KEY": "any", f"{provider.upper()}_BASE_URL": wire.base_url(provider)}
    return env


def test_ratings_are_exported(project: Path) -> None:
    lines = [json.loads(line) for line in output(*COMMAND, "export", "--rating", "down", cwd=project).splitlines()]
    assert [line["question"] for line in lines] == [f"Question <{day}>?" for day in (1, 3, 5, 7, 9)]
    assert "secret" not in str(lines)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_what_was_rated_badly_is_asked_again(project: Path, wire: Wire, env: dict[str, str], provider: str) -> None:
    wire.play(["auth", "echo"])
    words = ("replay", "--rating", "down", "--provider", provider, "--model", "another")
    assert "report.html" in output(*COMMAND, *words, cwd=project, env=env)
    assert {request.body["model"] for request in wire.requests} == {"another"}
    report = (project / "data" / "report.html").read_text("utf-8")
    assert report.count("You said: Question &lt;") == 4
    assert report.count("did not accept the key") == 1
    assert "4 of 5 questions have a new reply" in report


@pytest.mark.parametrize(
    ("scale", "rating"), [("thumbs", {"up": "up", "down": "down"}), ("stars", {"up": 5, "down": 1})]
)
def test_the_commands_of_the_readme(
    bake: Bake, project: Path, wire: Wire, env: dict[str, str], scale: str, rating: dict[str, str | int]
) -> None:
    app = copied(bake(llm_provider="openai", feedback=scale), project.with_name("of-the-readme"))
    lines = [json.loads(line) for line in (project / "data" / "feedback.jsonl").read_text("utf-8").splitlines()]
    (app / "data").mkdir()
    lines = [line | {"rating": rating[line["rating"]]} for line in lines]
    (app / "data" / "feedback.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    wire.play("echo")
    readme = (app / "README.md").read_text("utf-8")
    commands = re.findall(r"^uv run python -m chat\.feedback (.*)$", readme, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        output(*COMMAND, *command.split(), cwd=app, env=env)
    counted = {path.name: path.read_text("utf-8").count("\n") for path in (app / "data").glob("*.jsonl")}
    assert (counted["ratings.jsonl"], counted["training.jsonl"]) == (10, 5)
    assert "5 of 5 questions have a new reply" in (app / "data" / "report.html").read_text("utf-8")


def test_what_had_come_is_reported_where_a_replay_is_ended(project: Path, wire: Wire, env: dict[str, str]) -> None:
    wire.play(["echo", "silent"])
    process = subprocess.Popen([*COMMAND, "replay"], cwd=project, env=env)
    wait_until(lambda: len(wire.requests) >= 5)
    process.send_signal(signal.SIGINT)
    assert process.wait(HANG) == 0
    report = (project / "data" / "report.html").read_text("utf-8")
    assert "1 of 5 questions have a new reply" in report
    assert report.count("The question was not asked, or not to its end.") == 4
