"""Stored conversations, on SQLite and PostgreSQL: through an upgrade, a kill and two processes at once."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Bake, output, own_tests

OLD_FILE = ROOT / "tests" / "data" / "first.db"  # made by the first version that had a database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'chat.db').as_posix()}"
    return request.getfixturevalue("postgresql")


@pytest.mark.thorough
def test_the_apps_own_tests_pass_on_postgresql_too(bake: Bake, postgresql_server: str, tmp_path: Path) -> None:
    """With one connection: what waits for a second one while it holds the first would wait for ever."""
    project = tmp_path / "app"
    shutil.copytree(bake(llm_provider="openai", history="database", sign_in="oidc"), project)
    settings = project / "chat" / "settings.py"
    one = re.sub(r"(?<=\nDATABASE_CONNECTIONS = )\d+", "1", settings.read_text("utf-8"))
    settings.write_text(one.replace("\nMESSAGES_AN_HOUR: int | None = None", "\nMESSAGES_AN_HOUR = 1000"), "utf-8")
    tests = [f"tests/test_{name}.py" for name in ("database", "listing", "conversation_list", "page")]
    own_tests(project, *tests, TEST_DATABASE_URL=postgresql_server)


@pytest.mark.thorough
def test_a_killed_process_loses_at_most_a_second(bake: Bake, database_url: str) -> None:
    project = bake(llm_provider="openai", history="database")
    environment = {**os.environ, "DATABASE_URL": database_url}
    said = output(sys.executable, "-B", ROOT / "tests" / "killed.py", cwd=project, env=environment)
    killed = [json.loads(line) for line in said.splitlines()]
    assert len(killed) == 20
    for reply in killed:
        assert reply["status"] == "interrupted"
        assert reply["kept"] >= reply["saved"] > 0
        assert "".join(f"word{n} " for n in range(1_000)).startswith(reply["text"])
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


UPGRADE = """
import json
from chat.history.conversations import find
from chat.history.listing import entries

for entry in entries("somebody", "purr", 100):
    conversation = find(entry.id)
    print(json.dumps([entry.title, [message.text for message in conversation.everything()], conversation.persona]))
"""


def test_the_database_of_an_older_app_is_upgraded_with_every_row_kept(bake: Bake, tmp_path: Path) -> None:
    file = tmp_path / "chat.db"
    shutil.copy(OLD_FILE, file)
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT * FROM messages ORDER BY number").fetchall()
        titles = [title for (title,) in connection.execute("SELECT title FROM conversations ORDER BY time DESC")]
    assert len(rows) == 35
    # Which needs a table and a column more.
    project = bake(llm_provider="openai", history="database", sign_in="oidc", personas="several")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file.as_posix()}"}
    said = output(sys.executable, "-B", "-c", UPGRADE, cwd=project, env=environment)
    found = [json.loads(line) for line in said.splitlines()]
    assert [title for title, _, _ in found] == titles
    assert sum(len(texts) for _, texts, _ in found) == len(rows)
    assert {persona for _, _, persona in found} == {""}  # that of the first
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT * FROM messages ORDER BY number").fetchall() == rows
        assert connection.execute("SELECT count(*) FROM uses").fetchall() == [(0,)]


def test_the_database_of_a_later_app_is_left_alone(bake: Bake, tmp_path: Path) -> None:
    file = tmp_path / "chat.db"
    project = bake(llm_provider="openai", history="database")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file.as_posix()}"}
    command = [sys.executable, "-B", "-m", "chat.history"]
    output(*command, cwd=project, env=environment)
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE alembic_version SET version_num = 'conversations_9999' WHERE version_num LIKE 'conversations%'"
        )
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "this version of the app does not know the database" in done.stderr
