"""The starter's page with each provider's real SDK, against a local server that plays failures."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from test_providers import CANARY, HALF, REMOTE, Play, environment, wire_format
from test_starter import starter as starter

from conftest import PROVIDERS, Bake
from waiting import HANG
from wire import TEXT, Wire

ONE_OF_EACH_FORMAT = ["openai", "anthropic", "gemini", "bedrock", "azure_openai", "ollama"]
# Where the SDK looks for an address itself.
ADDRESSES = {"gemini": "GOOGLE_GEMINI_BASE_URL"}
PATIENCE = {"timeout=60,": "timeout=0.5,", "timeout=60_000": "timeout=500"}


@pytest.fixture(scope="module")
def module_wire() -> Iterator[Wire]:
    """One server for all tests here."""
    with Wire() as wire:
        yield wire


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> str:
    """The provider under test."""
    return request.param


@pytest.fixture
def play(module_wire: Wire, provider: str) -> Play:
    """Plays a scenario to the provider under test."""
    return Play(module_wire, provider)


@pytest.fixture
def project(
    starter: Bake, module_wire: Wire, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A bake that talks to the local server, with little patience; `provider` can be imported from it."""
    project = tmp_path / "app"
    shutil.copytree(starter(llm_provider=provider), project)
    address = module_wire.base_url(wire_format(provider))
    source = project / "provider.py"
    text = source.read_text("utf-8").replace(f'"{PROVIDERS[provider]["base_url"] or None}"', f'"{address}"')
    for long, short in PATIENCE.items():
        text = text.replace(long, short)
    source.write_text(text, "utf-8")
    for name, value in (environment(provider, address) | {ADDRESSES.get(provider, "ADDRESS"): address}).items():
        if value:
            monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(project)
    sys.modules.pop("provider", None)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # else it keeps the credentials of the test before
    yield project
    sys.modules.pop("provider", None)
    st.cache_resource.clear()


@pytest.fixture
def page(project: Path) -> AppTest:
    """Its page, opened."""
    return AppTest.from_file(project / "streamlit_app.py", default_timeout=HANG).run()


def ask(page: AppTest, question: str = "What now?") -> tuple[str, str]:
    """Ask a question: the text of its reply, and what is said of a failure."""
    page.chat_input[0].set_value(question).run()
    return outcome(page)


def outcome(page: AppTest) -> tuple[str, str]:
    """The text of the last reply, and what is said of its failure."""
    assert not page.exception
    return page.chat_message[-1].markdown[0].value, " ".join(error.value for error in page.error)


@pytest.mark.parametrize("provider", REMOTE, indirect=True)
def test_a_reply_comes_whole(page: AppTest, play: Play, provider: str) -> None:
    play("good")
    assert ask(page) == (TEXT.strip(), "")
    assert ask(page, "And then?") == (TEXT.strip(), "")
    first, second = play.wire.requests
    assert CANARY in str(first.headers)
    assert re.findall(r"What now\?|Hello|And then\?", str(second.body)) == ["What now?", "Hello", "And then?"]
    assert "You are a helpful assistant." in str(second.body)
    assert PROVIDERS[provider]["model"] in f"{second.path} {second.body}".replace("%3A", ":")


# How a reply ends: the text that is kept, and words of the sentence.
FAILURES = {
    "auth": ("", "rejected the key|refused"),
    "rate_limit": ("", "too many requests|ThrottlingException"),
    "overloaded": ("", "The reply failed: .*(Server|Overloaded|ServiceUnavailable)"),
    "silent": ("", "no answer in time"),
    "empty": ("", "empty"),
    "stall": (HALF, "no answer in time"),
    "cut_off": (HALF, "did not finish this reply"),
    "max_tokens": (HALF, "did not finish this reply"),
    "content_filter": (HALF, "did not finish this reply"),
    "drop": (HALF, "The reply failed: "),
    "error_event": (HALF, "The reply failed: |did not finish this reply"),
}


@pytest.mark.parametrize("provider", ONE_OF_EACH_FORMAT, indirect=True)
def test_a_failure_keeps_what_came_and_the_question_can_be_sent_again(
    page: AppTest, play: Play, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    play("good")
    ask(page)
    for scenario, (kept, words) in FAILURES.items():
        caplog.clear()
        play(scenario)
        text, sentence = ask(page)
        assert (scenario, text) == (scenario, kept.strip())
        assert re.search(words, sentence), (scenario, sentence)
        assert sentence.endswith(".")
        assert CANARY not in sentence + caplog.text
        (record,) = [record for record in caplog.records if record.name == "chat"]
        assert record.exc_info
        play.wire.requests.clear()
        play("good")
        page.main.button[0].click().run()
        assert outcome(page) == (TEXT.strip(), "")
        assert len(play.wire.requests) == 1
        page.sidebar.button[0].click().run()
        assert not page.chat_message


@pytest.mark.parametrize("provider", ONE_OF_EACH_FORMAT, indirect=True)
def test_the_next_question_goes_on_after_a_failure(page: AppTest, play: Play, provider: str) -> None:
    play("overloaded")
    ask(page)
    play("good")
    assert ask(page, "And then?")[0] == TEXT.strip()
    body = play.wire.requests[-1].body
    turns = body.get("contents") or body.get("input") or body["messages"]
    roles = [turn["role"].replace("model", "assistant") for turn in turns if turn["role"] != "system"]
    assert roles == ["user", "assistant", "user"]
    assert len(page.error) == 1  # of the first one


@pytest.mark.parametrize("provider", ONE_OF_EACH_FORMAT, indirect=True)
def test_a_reply_that_nobody_follows_closes_the_connection(project: Path, play: Play, provider: str) -> None:
    play("stall")
    from provider import reply  # type: ignore[import-not-found]

    chunks = reply([{"role": "user", "content": "What now?"}])
    next(text for text in chunks if text)
    chunks.close()
    assert play.wire.requests[0].wait_closed()
    assert play.wire.requests[0].closed_by == "client"


@pytest.mark.parametrize("provider", REMOTE, indirect=True)
def test_what_is_missing_is_said_and_can_be_added(
    page: AppTest, play: Play, provider: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = PROVIDERS[provider]
    needed = {facts["key"]: facts["key_page"]}
    if provider == "bedrock":
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
    if not facts["base_url"] and facts["base_url_example"]:
        needed[facts["base_url_setting"]] = facts["base_url_example"]
    play("good")
    settings = {name: os.environ.get(name, CANARY) for name in needed}
    for name in needed:
        monkeypatch.delenv(name, raising=False)
    ask(page)
    for name, where in needed.items():
        if where:
            assert name in page.error[0].value
            assert where in page.error[0].value
            assert ".streamlit/secrets.toml" in page.error[0].value
        monkeypatch.setenv(name, f" {settings[name]}\n")  # as it is copied
        if page.main.button:
            page.main.button[0].click().run()
    if provider != "bedrock":  # its SDK sends a key over HTTPS alone
        assert outcome(page) == (TEXT.strip(), "")
        assert not page.error


class Engine:
    """Stands in for the embedded one: hands over these events, then fails where it is told to."""

    def __init__(self, *events: dict[str, Any], fails: bool = False) -> None:
        self.events, self.fails = events, fails

    def handle_chat_completions(self, request: object, hand_over: Callable[[dict[str, Any]], bool]) -> None:
        for event in self.events:
            if hand_over(event):
                return
        if self.fails:
            raise RuntimeError("It failed.")


def said(text: str, reason: str | None = None) -> dict[str, Any]:
    """An event with a piece of a reply."""
    return {"choices": [{"delta": {"content": text}, "finish_reason": reason}]}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("engine", "text", "sentence"),
    [
        (Engine(said("Hello "), said("there", "stop")), "Hello there", ""),
        (Engine(said("Hello", "length")), "Hello", "did not finish this reply: length"),
        (Engine(said("Hello"), fails=True), "Hello", "did not finish this reply: the engine failed"),
        (Engine({"error": {"message": "it is too long"}}), "", "cannot answer this: it is too long."),
    ],
    ids=["good", "length", "fails", "context"],
)
def test_how_the_embedded_model_ends(
    starter: Bake, monkeypatch: pytest.MonkeyPatch, engine: Engine, text: str, sentence: str
) -> None:
    project = starter()
    monkeypatch.syspath_prepend(project)
    sys.modules.pop("provider", None)
    import provider  # type: ignore[import-not-found]

    monkeypatch.setattr(provider, "engine", lambda: engine)
    page = AppTest.from_file(project / "streamlit_app.py", default_timeout=HANG).run()
    shown, failure = ask(page)
    assert shown == text
    assert sentence in failure
    sys.modules.pop("provider", None)
