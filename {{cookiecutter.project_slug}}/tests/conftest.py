"""Shared by the tests: a scripted provider, and the page in front of it."""

import os  # {% if cookiecutter is stored %}
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from uuid import uuid4  # {% if cookiecutter is stored %}

import pytest
import streamlit as st
from sqlalchemy import make_url, text  # {% if cookiecutter is stored %}
from streamlit.testing.v1 import AppTest

from chat import settings  # {% if cookiecutter is stored %}
from chat.conversation.messages import Usage
from chat.history import conversations  # {% if cookiecutter is stored %}
from chat.history.engine import engine, make_engine  # {% if cookiecutter is stored %}
from chat.history.tables import metadata  # {% if cookiecutter is stored %}
from chat.providers import Chunk, Request
from chat.replies.answering import api

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "page.py"
HANG_SECONDS = 120  # longer than anything but a hang takes, on any machine
END = Chunk(usage=Usage(5, 7), stop_reason="complete")


# {% if cookiecutter is stored %}
def make_database(folder: Path) -> str:
    """The address of an empty database: on the server at TEST_DATABASE_URL, else an SQLite file."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        return f"sqlite:///{(folder / 'chat.db').as_posix()}"
    name = f"chat_{uuid4().hex}"
    with make_engine(server).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def empty_database(tmp_path: Path) -> str:
    """The address of a database without tables."""
    return make_database(tmp_path)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the database that the tests share."""
    return make_database(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A separate database, emptied after each test."""
    monkeypatch.setattr(settings, "DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)  # for processes started by a test
    monkeypatch.setattr(conversations, "SILENT_SECONDS", HANG_SECONDS)
    yield
    with engine().begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


# {% endif %}
class ScriptedProvider:
    """Gives `replies` one after another: each a list of chunks, or of an exception if it fails."""

    def __init__(self) -> None:
        self.replies: list[list[Chunk | Exception]] = []
        self.requests: list[Request] = []
        self.problem: str | None = None

    def will_say(self, *texts: str) -> None:
        """Add a reply made of these texts."""
        self.replies.append([*map(Chunk, texts), END])

    # {% if cookiecutter is listing %}
    async def models(self, provider: object) -> list[str]:
        """Two models."""
        return ["model-1", "model-2"]

    # {% endif %}
    async def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """The next reply."""
        self.requests.append(request)
        for chunk in self.replies.pop(0):
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """The provider of the page, scripted."""
    scripted = ScriptedProvider()
    monkeypatch.setattr(api, "stream", scripted.stream)
    monkeypatch.setattr(api, "problem", lambda provider: scripted.problem)
    monkeypatch.setattr(api, "prepare", lambda provider: None)
    monkeypatch.setattr(api, "models", scripted.models)  # {% if cookiecutter is listing %}
    monkeypatch.setattr(type(st.context), "cookies", {"visitor": "ann"})  # {% if cookiecutter is visited %}
    return scripted


def new_page() -> AppTest:
    """The page, before it is opened."""
    # {% if cookiecutter.sign_in == "oidc" %}
    page = AppTest.from_file(str(PAGE), default_timeout=HANG_SECONDS)
    page.user = {"is_logged_in": True, "sub": "ann"}
    return page
    # {% else %}
    return AppTest.from_file(str(PAGE), default_timeout=HANG_SECONDS)
    # {% endif %}


# {% if cookiecutter.feedback != "none" and not cookiecutter is stored %}
@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate file of ratings."""
    file = tmp_path / "data" / "feedback.jsonl"
    monkeypatch.setattr("chat.history.ratings.FILE", file)
    return file


# {% endif %}
@pytest.fixture
def page(scripted: ScriptedProvider) -> Iterator[AppTest]:
    """The page, opened."""
    yield new_page().run()
    st.cache_resource.clear()
