"""Exporting and replaying ratings, as the README says, with the provider's real SDK."""

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


# Ten rated replies, in the database of the app in whose folder this runs.
RATE = """
import sys
from chat.conversation.messages import Conversation
from chat.conversation.parts import Text
from chat.history.ratings import save
from chat.history.conversations import changing

for day in range(1, 11):
    conversation = Conversation()
    with changing(conversation):
        for question, answer in (("Hi", "Hello."), (f"Question <{day}>?", "Well.")):
            reply = conversation.ask(question)
            reply.grow(Text, answer)
            reply.status, reply.provider, reply.model = "complete", "openai", "some"
    reply.rating = 0 if day % 2 else int(sys.argv[1])
    save(conversation, reply)
"""


def rated(bake: Bake, folder: Path, best: int = 1, **answers: str) -> Path:
    """An app of which ten replies are rated, every other one badly; `best` is the place of the best rating."""
    project = folder / "app"
    copied(bake(llm_provider="openai", history="database", **answers), project)
    output(sys.executable, "-B", "-c", RATE, str(best), cwd=project)
    return project


@pytest.fixture
def project(bake: Bake, tmp_path: Path) -> Path:
    """An app with ten ratings, every other one bad."""
    return rated(bake, tmp_path, extra_providers="anthropic")


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
    assert "conversation" not in {name for line in lines for name in line}


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_what_was_rated_badly_is_asked_again(project: Path, wire: Wire, env: dict[str, str], provider: str) -> None:
    wire.play(["auth", "echo"])
    words = ("replay", "--rating", "down", "--provider", provider, "--model", "another")
    assert "report.html" in output(*COMMAND, *words, cwd=project, env=env)
    assert {request.body["model"] for request in wire.requests} == {"another"}
    report = (project / "data" / "report.html").read_text("utf-8")
    assert report.count("You said: Question &lt;") == 4
    assert report.count("rejected the key") == 1
    assert "4 of 5 questions have a new reply" in report


@pytest.mark.parametrize(("scale", "best"), [("thumbs", 1), ("stars", 4)])
def test_the_commands_of_the_readme(
    bake: Bake, tmp_path: Path, wire: Wire, env: dict[str, str], scale: str, best: int
) -> None:
    app = rated(bake, tmp_path, best, feedback=scale)
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
    assert report.count("The question was not asked, or the reply was cut off.") == 4
