"""What the tests share: a provider that says what a test tells it to, and the page in front of it."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chat.answering import api
from chat.feedback import lines  # {% if cookiecutter.feedback != "none" and cookiecutter.history == "session" %}
from chat.messages import Usage
from chat.providers import Chunk, Request

PAGE = Path(__file__).parent.parent / "page.py"
END = Chunk(usage=Usage(5, 7), stop_reason="complete")


class ScriptedProvider:
    """Gives `replies` one after the other: each a list of chunks, or of an exception where it fails."""

    def __init__(self) -> None:
        self.replies: list[list[Chunk | Exception]] = []
        self.requests: list[Request] = []
        self.problem: str | None = None

    def will_say(self, *texts: str) -> None:
        """Give one more reply, made of these texts."""
        self.replies.append([*map(Chunk, texts), END])

    # {% if cookiecutter is remote %}
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
    monkeypatch.setattr(api, "models", scripted.models)  # {% if cookiecutter is remote %}
    return scripted


# {% if cookiecutter.feedback != "none" and cookiecutter.history == "session" %}
@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of ratings, apart from the real one."""
    file = tmp_path / "data" / "feedback.jsonl"
    monkeypatch.setattr(lines, "FILE", file)
    return file


# {% endif %}
@pytest.fixture
def page(scripted: ScriptedProvider) -> Iterator[AppTest]:
    """The page, opened."""
    yield AppTest.from_file(str(PAGE), default_timeout=10).run()
    st.cache_resource.clear()
