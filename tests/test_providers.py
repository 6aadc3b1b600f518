"""Every provider through the real SDK, against a local server that speaks its wire format and plays its failures."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import CANARY, PROVIDERS, ROOT, Bake
from cookiecutter_streamlit_chat.conditions import LOCAL
from waiting import HANG, wait_until
from wire import DIALECTS, ERRORS, FORMATS, INPUT_TOKENS, REASONING, REFUSAL, TEXT, Wire, first_half
from wire.quirks import QUIRKS

REMOTE = [name for name, facts in PROVIDERS.items() if facts["module"] not in LOCAL]
# One for each module. The others share that of Chat Completions: of them, what they say in words of their own is tried.
MODULES = ["openai", "anthropic", "gemini", "bedrock", "openai_compatible"]
one_of_each_module = pytest.mark.parametrize("provider", MODULES, indirect=True, scope="module")
of_the_others = pytest.mark.parametrize(
    "provider", [name for name in REMOTE if name not in MODULES], indirect=True, scope="module"
)
QUESTION = ["What is the capital of France?"]
HALF = first_half()


# None of the app's limits of time strikes before the tests' own.
PATIENCE = dict.fromkeys(("CONNECT_SECONDS", "SILENCE_SECONDS", "DOCUMENT_SECONDS"), 10 * HANG)


class Driver:
    """A bake of one provider, in a process of its own that answers one question after another, with patience."""

    def __init__(self, project: Path, script: str = "drive.py", **environment: str) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-B", ROOT / "tests" / script],
            cwd=project,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self.changed: dict[str, float | str | None] = {}
        self._write(PATIENCE)

    def _write(self, line: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def _read(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert CANARY not in line
        return json.loads(line)

    def told(self, line: object) -> Any:
        """What the script says to a line."""
        self._write(line)
        return self._read()

    def set(self, **settings: float | str | None) -> None:
        """Change settings of the app, or of its environment."""
        self.changed |= settings
        self._write(settings)

    def ask(self, texts: list[Any], until: Callable[[], object] | None = None) -> Any:
        """The outcome of a reply to the last of these texts; see drive.py. Where told so, it is stopped then."""
        self._write(texts)
        if until:
            wait_until(until)
            self._write(None)
        outcome = self._read()
        assert not texts or QUESTION[0] not in str(outcome["log"])
        return outcome

    def close(self) -> None:
        """End it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(HANG)


def wire_format(provider: str) -> str:
    """The wire format that a provider speaks."""
    return provider if provider in FORMATS else "chat"


def environment(provider: str, address: str, key: str = CANARY) -> dict[str, str]:
    """The settings of a provider: its key and its address."""
    facts = PROVIDERS[provider]
    settings = {facts["key"]: key, facts["base_url_setting"]: address}
    if provider == "bedrock":  # its SDK sends a key over HTTPS alone, but signs requests for any address
        settings[facts["key"]] = ""
        settings |= {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key, "AWS_EC2_METADATA_DISABLED": "true"}
    return settings


@pytest.fixture(scope="module")
def module_wire() -> Iterator[Wire]:
    """One server for all tests here, so that the SDK is imported once a provider."""
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="module", params=REMOTE)
def provider(request: pytest.FixtureRequest) -> str:
    """The provider under test."""
    return request.param


@pytest.fixture(scope="module")
def process(bake: Bake, provider: str, module_wire: Wire) -> Iterator[Driver]:
    """A bake of the provider that talks to the local server."""
    driver = Driver(bake(llm_provider=provider), **environment(provider, module_wire.base_url(wire_format(provider))))
    yield driver
    driver.close()


@pytest.fixture
def driver(process: Driver, provider: str, module_wire: Wire) -> Driver:
    """The same, with the settings of no other test; it does not wait long between attempts."""
    own = {"BACKOFF_SECONDS": 0.05} | PATIENCE | environment(provider, module_wire.base_url(wire_format(provider)))
    if {**own, **process.changed} != own or "BACKOFF_SECONDS" not in process.changed:
        process.set(**own)
    return process


class Play:
    """The server, with nothing asked of it yet, in the provider's dialect."""

    def __init__(self, wire: Wire, provider: str) -> None:
        """Forget what was asked."""
        self.wire, self.dialect = wire, provider if provider in DIALECTS else None
        wire.requests.clear()

    def __call__(self, scenario: str, **options: Any) -> None:
        """Play a scenario."""
        self.wire.play(scenario, dialect=self.dialect, **options)


@pytest.fixture
def play(module_wire: Wire, provider: str) -> Play:
    """Plays a scenario to the provider under test."""
    return Play(module_wire, provider)


@pytest.mark.parametrize("scenario", ["good", "byte_by_byte", "split_emoji", "reasoning"])
def test_a_reply_comes_whole(driver: Driver, play: Play, provider: str, scenario: str) -> None:
    play(scenario)
    outcome = driver.ask(QUESTION)
    assert (outcome["status"], outcome["text"], outcome["error"]) == ("complete", TEXT, "")
    assert outcome["reasoning"] == (REASONING if scenario == "reasoning" else "")
    assert outcome["stop_reason"] == "complete"
    if provider == "cohere":  # it counts none
        assert outcome["tokens"] is None
    else:
        assert outcome["tokens"][0] == INPUT_TOKENS
        assert outcome["tokens"][1] > 0
    assert len(play.wire.requests) == 1


def test_what_is_sent(driver: Driver, play: Play, provider: str) -> None:
    play("good")
    driver.ask(["one?", "one.", "two?"])
    (request,) = play.wire.requests
    system, most = "You are a helpful assistant.", PROVIDERS[provider]["max_tokens"]
    turns = [("user", "one?"), ("assistant", "one."), ("user", "two?")]
    messages = [{"role": role, "content": text} for role, text in turns]
    expected: dict[str, Any] = {
        "openai": {"instructions": system, "input": messages, "store": False, "max_output_tokens": most},
        "anthropic": {"system": system, "messages": messages, "max_tokens": most},
        "gemini": {
            "contents": [
                {"role": "model" if role == "assistant" else role, "parts": [{"text": text}]} for role, text in turns
            ],
        },
        "bedrock": {
            "system": [{"text": system}],
            "messages": [{"role": role, "content": [{"text": text}]} for role, text in turns],
            "inferenceConfig": {"maxTokens": most},
        },
    }.get(provider) or {
        "model": PROVIDERS[provider]["model"],
        "messages": [{"role": "system", "content": system}, *messages],
        PROVIDERS[provider]["max_tokens_field"]: most,
    }
    assert expected.items() <= request.body.items()
    assert CANARY in str(request.headers)


# How a reply ends: kind of failure, the text that is kept, how many requests it took.
FAILURES: dict[str, tuple[str, str, int]] = {
    "auth": ("auth", "", 1),
    "not_found": ("not_found", "", 1),
    "context": ("context", "", 1),
    "rate_limit": ("rate_limit", "", 3),
    "quota": ("quota", "", 1),
    "overloaded": ("overloaded", "", 3),
    "silent": ("timeout", "", 1),
    "stall": ("cut_off", HALF, 1),
    "drop": ("cut_off", HALF, 1),
    "error_event": ("overloaded", HALF, 1),
    "cut_off": ("cut_off", HALF, 1),
    "empty": ("empty", "", 1),
    "content_filter": ("blocked", HALF, 1),
    "garbage": ("cut_off", HALF, 1),
}


# Where nothing comes any more, the app is to give up: at once, or with time for the first half to have come.
IMPATIENT = {"silent": 0.3, "stall": 2}


@one_of_each_module
@pytest.mark.parametrize("scenario", FAILURES)
def test_a_failure_keeps_what_came_and_is_said_in_a_sentence(driver: Driver, play: Play, scenario: str) -> None:
    assert_failed(driver, play, scenario)


@of_the_others
@pytest.mark.parametrize("scenario", sorted(ERRORS))
def test_an_error_is_understood_in_the_words_of_each(driver: Driver, play: Play, scenario: str) -> None:
    assert_failed(driver, play, scenario)


def assert_failed(driver: Driver, play: Play, scenario: str) -> None:
    """A reply fails as the table has it."""
    kind, text, requests = FAILURES[scenario]
    if scenario in IMPATIENT:
        driver.set(SILENCE_SECONDS=IMPATIENT[scenario])
    play(scenario, retry_after=0.5 if scenario == "rate_limit" else None)
    outcome = driver.ask(QUESTION)
    assert (outcome["status"], outcome["kind"], outcome["text"]) == ("failed", kind, text)
    assert outcome["error"].endswith(".")
    assert "canary" not in outcome["error"]
    assert len(play.wire.requests) == requests
    assert play.wire.requests[-1].wait_closed()


@pytest.mark.parametrize("name", ["too_large", "html_404", "ended_early_0", "half"])
def test_a_few_quirks(driver: Driver, play: Play, provider: str, name: str) -> None:
    quirk = next(quirk for quirk in QUIRKS if quirk.name == name)
    if wire_format(provider) not in quirk.raw:
        return
    play.wire.answer(quirk.raw[wire_format(provider)])
    outcome = driver.ask(QUESTION)
    assert (outcome["kind"], outcome["text"], len(play.wire.requests)) == (quirk.kind, quirk.text, quirk.requests)


@one_of_each_module
def test_an_overloaded_provider_with_its_own_status(driver: Driver, play: Play) -> None:
    play("overloaded", status=529)
    assert driver.ask(QUESTION)["kind"] == "overloaded"
    assert len(play.wire.requests) == 3


@one_of_each_module
def test_nobody_waits_for_an_hour(driver: Driver, play: Play) -> None:
    play("rate_limit", retry_after=3600)
    outcome = driver.ask(QUESTION)
    assert outcome["kind"] == "rate_limit"
    assert "60 minutes" in outcome["error"]
    assert len(play.wire.requests) == 1


@one_of_each_module
def test_a_second_attempt_succeeds(driver: Driver, play: Play) -> None:
    play.wire.play(["overloaded", "good"], dialect=play.dialect)
    assert driver.ask(QUESTION)["text"] == TEXT
    assert len(play.wire.requests) == 2


@pytest.mark.parametrize("provider", [*MODULES, "azure_openai"], indirect=True, scope="module")
def test_a_refusal_is_said(driver: Driver, play: Play, provider: str) -> None:
    play("refusal")
    outcome = driver.ask(QUESTION)
    assert (outcome["status"], outcome["kind"]) == ("failed", "blocked")
    assert outcome["text"] in ("", REFUSAL)
    assert "declined" in outcome["error"]


@one_of_each_module
def test_a_reply_that_reached_the_most_tokens(driver: Driver, play: Play) -> None:
    play("max_tokens")
    outcome = driver.ask(QUESTION)
    assert (outcome["status"], outcome["stop_reason"], outcome["text"]) == ("complete", "max_tokens", HALF)


@one_of_each_module
def test_a_stopped_reply_closes_the_connection(driver: Driver, play: Play, provider: str) -> None:
    play("stall")
    assert driver.ask([*QUESTION, None])["status"] == "stopped"
    assert play.wire.requests[0].wait_closed()
    assert play.wire.requests[0].closed_by == "client"


@one_of_each_module
def test_a_stopped_reply_that_was_still_silent(driver: Driver, play: Play, provider: str) -> None:
    play("silent")
    if provider == "bedrock":  # boto3 cannot be interrupted before the first byte: it leaves when it has waited enough
        driver.set(SILENCE_SECONDS=3)
    assert driver.ask([*QUESTION, False], until=lambda: play.wire.requests)["status"] == "stopped"
    assert play.wire.requests[0].wait_closed()
    assert play.wire.requests[0].closed_by == "client"
    assert len(play.wire.requests) == 1


def test_the_models_that_it_lists(driver: Driver, play: Play, provider: str) -> None:
    play("good")
    play.wire.models = ["gpt-wire-2", "gpt-wire-1"]
    expected = PROVIDERS["bedrock"]["models"] if provider == "bedrock" else play.wire.models
    assert sorted(driver.ask([])) == sorted(expected)


@one_of_each_module
def test_nobody_at_the_address(driver: Driver, play: Play, provider: str) -> None:
    driver.set(**environment(provider, play.wire.refused_url()))
    assert driver.ask([*QUESTION])["kind"] == "connection"


def test_no_key(driver: Driver, play: Play, provider: str) -> None:
    play("good")
    driver.set(**environment(provider, play.wire.base_url(wire_format(provider)), key=""))
    outcome = driver.ask(QUESTION)
    if PROVIDERS[provider]["key_page"]:
        assert outcome["kind"] == "auth"
        assert PROVIDERS[provider]["key"] in outcome["problem"]
    else:
        assert outcome["status"] == "complete"
