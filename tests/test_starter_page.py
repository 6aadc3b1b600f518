"""The starter's page in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from test_starter import starter as starter

from app import App
from conftest import Bake
from wire import TEXT, Wire

Open = Callable[..., App]


@pytest.fixture
def opened(browser: Browser, starter: Bake, wire: Wire) -> Iterator[Open]:
    """Bake the starter with these answers and open it; the local server stands in for OpenAI."""
    apps: list[App] = []

    def opened(**answers: str) -> App:
        address = wire.base_url("openai")
        apps.append(App(starter(**answers), browser, OPENAI_API_KEY="any", OPENAI_BASE_URL=address))
        return apps[-1]

    yield opened
    for app in apps:
        app.close()


def test_the_default_answers_is_rated_and_cleared(opened: Open) -> None:
    """With the real model."""
    app = opened()
    expect(app.page.get_by_role("heading", name="My Chat")).to_be_visible()
    app.ask("What is the capital of France?")
    thumb = app.messages.nth(1).get_by_role("radio").first
    thumb.click()
    app.picture("starter")
    expect(app.messages.nth(1)).to_contain_text(re.compile(r"\w+ \w+"))
    app.ask("Say hello.")
    expect(app.messages.nth(3).get_by_test_id("stFeedback")).to_be_visible()
    expect(thumb).to_be_checked()
    expect(app.messages.nth(3).get_by_role("radio").first).not_to_be_checked()
    app.press("Clear chat")
    expect(app.messages).to_have_count(0)
    app.ask("Say hello.")
    expect(thumb).to_be_visible()
    expect(thumb).not_to_be_checked()


def test_somebody_s_own_function_says_what_it_was_asked(opened: Open) -> None:
    app = opened(llm_provider="custom")
    app.ask("What is *this*?")
    expect(app.messages.nth(1)).to_contain_text("as message 1 of the conversation")
    expect(app.messages.nth(1)).to_contain_text("edit that function")
    app.ask("And this?")
    expect(app.messages.nth(3)).to_contain_text("as message 3 of the conversation")


def test_a_click_ends_a_reply_and_what_had_come_stays(opened: Open, wire: Wire) -> None:
    wire.play("good", text="word " * 400, chunks=400, rate=20)
    app = opened(llm_provider="openai")
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("word word")
    app.ask("Two?")
    expect(app.messages.nth(3)).to_contain_text("word word")
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "client"
    expect(app.messages.nth(1)).to_contain_text("word word")
    assert len(wire.requests) == 2
    assert wire.requests[1].body["input"][1]["content"].startswith("word word")


@pytest.mark.parametrize("streaming", ["tokens", "off"])
def test_a_failure_is_gone_while_the_question_is_asked_again(opened: Open, wire: Wire, streaming: str) -> None:
    wire.play("cut_off")
    app = opened(llm_provider="openai", streaming=streaming)
    app.ask("One?")
    error = app.page.get_by_test_id("stAlert")
    expect(error).to_contain_text("did not finish")
    expect(app.messages.nth(1)).to_contain_text("Hello")
    wire.play("stall")
    app.press("Try again")
    expect(error).to_have_count(0)
    expect(app.page.get_by_role("button", name="Try again")).to_have_count(0)
    wire.play("good")


def test_a_question_waits_until_a_reply_that_comes_at_once_is_there(opened: Open, wire: Wire) -> None:
    wire.play("good", chunks=8, rate=4)
    app = opened(llm_provider="openai", streaming="off")
    app.ask("One?")
    expect(app.page.get_by_test_id("stSpinner")).to_be_visible()
    app.ask("Two?")
    for message in (1, 3):
        expect(app.messages.nth(message)).to_contain_text("That is it.")
    assert len(wire.requests) == 2
    assert wire.requests[1].body["input"][1]["content"] == TEXT


def test_what_is_too_long_for_the_model_is_said(opened: Open) -> None:
    """By the real engine."""
    app = opened()
    app.ask("word " * 9000)
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("cannot answer this")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("context size")
