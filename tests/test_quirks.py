"""Undocumented answers of providers, through the real SDK of each module."""

from collections.abc import Iterator
from typing import Any

import pytest
from test_providers import QUESTION, Driver, environment

from conftest import Bake
from wire import Wire
from wire.quirks import QUIRKS, Quirk, refusal

# A provider for each module that asks over the network.
PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "bedrock": "bedrock",
    "chat": "openai_compatible",
}
NAMED = {quirk.name: quirk for quirk in QUIRKS}


class Asked:
    """A bake of one module, and the server that it asks."""

    def __init__(self, wire_format: str, driver: Driver, wire: Wire) -> None:
        """The bake does not wait long between attempts."""
        self.wire_format, self.driver, self.wire = wire_format, driver, wire
        driver.set(BACKOFF_SECONDS=0.01)

    def meets(self, quirk: Quirk) -> Any:
        """The outcome of a reply in which a quirk occurs."""
        self.wire.requests.clear()
        self.wire.answer(quirk.raw[self.wire_format])
        return self.driver.ask(QUESTION)


@pytest.fixture(scope="module", params=PROVIDERS)
def asked(request: pytest.FixtureRequest, bake: Bake) -> Iterator[Asked]:
    """Each module in turn."""
    provider = PROVIDERS[request.param]
    with Wire() as wire:
        driver = Driver(bake(llm_provider=provider), **environment(provider, wire.base_url(request.param)))
        yield Asked(request.param, driver, wire)
        driver.close()


def wrong_in(outcome: Any, quirk: Quirk, requests: int) -> list[str]:
    """What is not as the table has it."""
    expected = {"kind": quirk.kind, "text": quirk.text, "reasoning": quirk.reasoning}
    if quirk.kind:
        expected["status"] = "failed"
    else:
        expected |= {"status": "complete", "error": "", "stop_reason": quirk.stop_reason}
    wrong = [f"{name}: {outcome[name]!r}, not {value!r}" for name, value in expected.items() if outcome[name] != value]
    wrong += [f"{requests} requests, not {quirk.requests}"] if requests != quirk.requests else []
    wrong += [f"Details: {outcome['detail']}"] if quirk.detail.lower() not in outcome["detail"].lower() else []
    wrong += [f"{outcome['tokens']} tokens"] if not all(isinstance(one, int) for one in outcome["tokens"] or ()) else []
    if quirk.kind and not readable(outcome["error"]):
        wrong.append(outcome["error"])
    return [f"{quirk.name} ({quirk.happens}): {what}" for what in wrong]


def readable(sentence: str) -> bool:
    """Whether a sentence is whole, and nothing in it was left to be filled in."""
    unfilled = any(sign in sentence for sign in ("{", "}", "None", "  ", "\n", "Something went wrong in the app"))
    return sentence.endswith(".") and not unfilled


def test_quirks(asked: Asked) -> None:
    met = [quirk for quirk in QUIRKS if asked.wire_format in quirk.raw]
    wrong = [what for quirk in met for what in wrong_in(asked.meets(quirk), quirk, len(asked.wire.requests))]
    assert len(met) > 20
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("retry_after", "wait", "requests"),
    [
        ("nan", "a minute", 3),
        ("inf", "a minute", 3),
        ("-5", "a minute", 3),
        ("1e30", "a minute", 3),
        ("soon", "a minute", 3),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "a minute", 3),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "a minute", 3),
        ("7200", "2 hours", 1),
    ],
)
def test_when_to_come_back(asked: Asked, retry_after: str, wait: str, requests: int) -> None:
    raw = refusal(429, "Slow down", "ThrottlingException", **{"retry-after": retry_after})
    outcome = asked.meets(Quirk("busy", "", raw))
    assert f"Try again in {wait}." in outcome["error"]
    assert len(asked.wire.requests) == requests


# What a person is told of each, where an address is asked that speaks no TLS. Not every SDK reads each setting.
NETWORK = {
    "no package for it": ("HTTPS_PROXY", "socks5://127.0.0.1:9", "Check HTTPS_PROXY."),
    "a bad port": ("HTTPS_PROXY", "http://127.0.0.1:99999", "Check HTTPS_PROXY."),
    "no address": ("HTTPS_PROXY", "http://[::1", "Check HTTPS_PROXY."),
    "nobody there": ("HTTPS_PROXY", "http://127.0.0.1:9", "HTTPS_PROXY"),
    "cannot be read": ("NO_PROXY", "[::1", {"anthropic": "Check NO_PROXY."}),
    "no file": (
        "SSL_CERT_FILE",
        "nowhere.pem",
        dict.fromkeys(("openai", "anthropic", "gemini", "chat"), "SSL_CERT_FILE."),
    ),
    "no file of AWS": ("AWS_CA_BUNDLE", "nowhere.pem", {"bedrock": "Check AWS_CA_BUNDLE."}),
}


@pytest.mark.parametrize("case", NETWORK)
def test_a_setting_of_the_network(asked: Asked, case: str) -> None:
    name, value, said = NETWORK[case]
    provider, address = PROVIDERS[asked.wire_format], asked.wire.base_url(asked.wire_format)
    asked.driver.set(**environment(provider, address.replace("http:", "https:")), **{name: value})
    outcome = asked.driver.ask(QUESTION)
    asked.driver.set(**environment(provider, address), **{name: None})
    expected = said if isinstance(said, str) else said.get(asked.wire_format, "does not use TLS")
    assert expected in outcome["error"], outcome["detail"]
    assert readable(outcome["error"])
    assert not outcome["text"]


@pytest.mark.parametrize(
    "words", ["System role not supported", "This model doesn't support system messages. Try again without."]
)
def test_a_template_that_takes_no_system_prompt(asked: Asked, words: str) -> None:
    if asked.wire_format not in {"chat", "bedrock"}:
        return  # the others have models of their own alone, which take one
    refused = refusal(400, words)[asked.wire_format]
    asked.wire.requests.clear()
    asked.wire.answer(refused, NAMED["good"].raw[asked.wire_format])
    assert asked.driver.ask(QUESTION)["status"] == "complete"
    first, second = [request.body for request in asked.wire.requests]
    assert "helpful assistant" in str(first.get("system") or first["messages"][0])
    assert [turn["role"] for turn in second["messages"]] == ["user"]
    assert "helpful assistant" in str(second["messages"])
    assert not second.get("system")
    asked.wire.answer(refused)
    assert asked.driver.ask(QUESTION)["kind"] == "system_prompt"
    assert len(asked.wire.requests) == 4
