"""A reply survives whatever a person does, in a real browser; judged by the page and by what the provider saw."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app import App
from conftest import Bake, output
from waiting import HANG, wait_until
from wire import Wire

WORDS = " ".join(f"word{n}" for n in range(120))


def begin(app: App, wire: Wire, question: str = "Tell me") -> None:
    """Ask for a reply of 120 words, and wait for a quarter of it; the rest comes when the request goes on."""
    wire.play("good", text=WORDS, chunks=120, rate=40, until=30)
    app.ask(question)
    expect(app.messages.last).to_contain_text("word25")


def assert_whole(app: App, wire: Wire, reply: int = 1) -> None:
    """The reply comes whole, in one request that nobody closes early."""
    wire.requests[0].go_on()
    expect(app.messages.nth(reply)).to_contain_text(WORDS)
    assert len(wire.requests) == 1
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "server"


def test_stop_in_mid_reply_and_going_on(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    begin(app, wire)
    app.press("Stop")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "client"
    text = app.messages.nth(1).inner_text()
    assert "word25" in text
    app.picture("stopped")
    wire.play("good", text=" and the rest.", chunks=10, until=5)
    app.press("Continue")
    expect(app.messages.nth(1)).to_contain_text("and")
    # Nothing of the reply as it was stands beside it as it goes on: neither its words nor what could be done with it.
    expect(app.messages.nth(1).get_by_role("button", name="Continue")).to_have_count(0)
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    expect(app.messages.nth(1).get_by_text("word25")).to_have_count(1)
    expect(app.page.get_by_role("button", name="Stop")).to_be_visible()
    wire.requests[1].go_on()
    expect(app.messages.nth(1)).to_contain_text("and the rest.")
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    expect(app.messages).to_have_count(2)
    assert "word25" in app.messages.nth(1).inner_text()


# The texts of a reply that is not drawn as it grows, and how many of them are in memory at once.
LONG = """
import sys
import weakref
from types import SimpleNamespace

sys.path.insert(0, ".")
import streamlit as st
from chat.conversation.messages import Message
from chat.ui import stream


class Text(str):
    pass


def texts(*_):
    global most
    for number in range(10):
        text = Text("x" * number)
        alive.add(text)
        most = max(most, len(alive))
        yield text


alive, most = weakref.WeakSet(), 0
stream.follow = texts
stream.draw_reply(SimpleNamespace(message=Message.saying("assistant", "Hi.")), st.empty(), lambda: None)
print(most)
"""


@pytest.mark.parametrize("streaming", ["typewriter", "off"])
def test_of_a_text_that_is_not_drawn_as_it_grows_the_last_alone_is_kept(bake: Bake, streaming: str) -> None:
    assert int(output(sys.executable, "-B", "-c", LONG, cwd=bake(streaming=streaming))) <= 2


@pytest.mark.parametrize("streaming", ["typewriter", "off"])
def test_going_on_where_nothing_is_drawn_before_the_end(start: Callable[..., App], wire: Wire, streaming: str) -> None:
    app = start(llm_provider="openai", streaming=streaming)
    wire.play("good", text=WORDS, chunks=120, until=30)
    app.ask("Tell me")
    wait_until(lambda: wire.requests and wire.requests[0].chunks_sent >= 30)
    app.press("Stop")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
    wire.play("good", text=" and the rest.", chunks=10, until=5)
    app.press("Continue")
    expect(app.messages.nth(1)).to_contain_text("Writing")
    expect(app.messages.nth(1).get_by_role("button", name="Continue")).to_have_count(0)
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    wire.requests[1].go_on()
    expect(app.messages.nth(1)).to_contain_text("and the rest.")
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)


def test_stop_while_the_provider_is_silent(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("silent")
    app.ask("Well?")
    wait_until(lambda: wire.requests)
    app.press("Stop")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "client"
    wire.play("echo")
    app.press("Regenerate")
    expect(app.messages.nth(1)).to_contain_text("You said: Well?")


def test_a_refresh_goes_on_where_the_reply_is(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    begin(app, wire)
    app.page.reload()
    expect(app.messages.nth(1)).to_contain_text("word25")
    assert_whole(app, wire)


def test_two_tabs_follow_one_reply_and_it_outlives_both(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    begin(app, wire)
    url = app.page.url
    second = app.open(url)
    expect(second.messages.nth(1)).to_contain_text("word20")
    app.page.close()
    wire.requests[0].go_on(80)
    expect(second.messages.nth(1)).to_contain_text("word60")
    second.page.close()
    wire.requests[0].go_on()
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "server"
    app.page = app.open(url).page
    assert_whole(app, wire)


def test_clicks_and_settings_do_not_end_a_reply(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    app.ask("First")
    expect(app.messages.nth(1)).to_contain_text("You said: First")
    wire.requests.clear()
    begin(app, wire, "Second")
    app.messages.nth(1).get_by_role("radio").nth(0).click()
    wait_until(app.ratings)
    app.page.get_by_text("Options").click()
    prompt = app.page.get_by_label("System prompt")
    prompt.fill("Be brief.")
    prompt.blur()
    app.choose("Details")
    expect(app.page.get_by_role("dialog")).to_contain_text("tokens in")
    app.page.keyboard.press("Escape")
    assert_whole(app, wire, reply=3)


def test_the_network_is_gone_for_a_while(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    begin(app, wire)
    app.context.set_offline(True)  # which Chromium keeps open websockets out of
    app.page.evaluate("sockets.forEach(socket => socket.close())")
    app.page.wait_for_selector("[data-test-connection-state=CONNECTED]", state="detached")
    wire.requests[0].go_on(80)
    wait_until(lambda: wire.requests[0].chunks_sent == 80)
    app.context.set_offline(False)
    expect(app.messages.nth(1)).to_contain_text("word60")
    assert_whole(app, wire)


def test_the_end_of_the_server_interrupts_a_reply(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    begin(app, wire)
    app.process.send_signal(signal.SIGTERM)
    app.process.wait(HANG)
    assert wire.requests[0].wait_closed()
    assert wire.requests[0].closed_by == "client"


def test_versions_and_editing(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("You said: One?")
    app.ask("Two?")
    expect(app.messages.nth(3)).to_contain_text("You said: Two?")
    app.press("Edit", 0)
    app.page.get_by_label("Question", exact=True).fill("Won?")
    app.press("Ask")
    expect(app.messages.nth(1)).to_contain_text("You said: Won?")
    expect(app.messages).to_have_count(2)
    expect(app.messages.nth(0)).to_contain_text("2/2")
    app.picture("versions")
    app.messages.nth(0).get_by_role("button", name="Previous page").click()
    expect(app.messages.nth(3)).to_contain_text("You said: Two?")
    app.choose("Delete the turn")
    expect(app.page.get_by_text("Delete this question and its replies?")).to_be_visible()
    expect(app.messages.nth(1).get_by_role("radio")).to_have_count(0)  # what is about to go is not rated
    app.picture("delete-a-turn")
    delete = app.page.get_by_role("button", name="Delete", exact=True)
    assert delete.evaluate("button => button.getBoundingClientRect().width") > 40  # its name can be read
    app.press("Delete")
    expect(app.messages).to_have_count(2)
    expect(app.messages.nth(0)).to_contain_text("Two?")


def test_nothing_of_other_messages_stays_while_a_reply_comes(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    for question in ("One?", "Two?"):
        app.ask(question)
        expect(app.messages.last).to_contain_text(f"You said: {question}")
    wire.play("silent")
    app.press("Regenerate", 0)
    expect(app.messages).to_have_count(2)
    expect(app.messages.nth(1)).to_contain_text("Thinking")
    assert "You said" not in app.messages.nth(1).inner_text()
    app.press("Stop")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
    app.press("Regenerate")
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    expect(app.page.get_by_role("button", name="Stop")).to_be_visible()


def test_a_conversation_is_saved_and_opened(start: Callable[..., App], wire: Wire, tmp_path: Path) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("You said: One?")
    app.wait_for_the_end()  # when Streamlit throws away what was made for a click before
    app.page.get_by_text("Save and open").click()
    with app.page.expect_download() as saved:
        app.press("Save as JSON")
    saved.value.save_as(tmp_path / "saved.json")
    with app.page.expect_download() as saved:
        app.press("Save as Markdown")
    assert Path(saved.value.path()).read_text("utf-8") == "## Question\n\nOne?\n\n## Reply\n\nYou said: One?\n"
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    app.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "saved.json")
    expect(app.messages.nth(1)).to_contain_text("You said: One?")
