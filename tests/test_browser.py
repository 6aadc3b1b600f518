"""The app in a real browser; screenshots are left in .dev/screenshots."""

import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import psutil
import pytest
from playwright.sync_api import expect
from test_answers import HOSTILE

from app import App
from conftest import CANARY
from waiting import wait_until
from wire import Wire
from wire.quirks import END, raw, refusal, said

LONG = "\n\n".join(f"Paragraph {n} of a *long* reply, with `code` and more words to read." for n in range(8))


@pytest.mark.parametrize(
    ("provider", "streaming", "avatars", "feedback"),
    [
        ("openai", "tokens", "emoji", "thumbs"),
        ("anthropic", "typewriter", "images", "stars"),
        ("openai", "off", "none", "faces"),
    ],
)
def test_a_conversation(
    start: Callable[..., App], wire: Wire, provider: str, streaming: str, avatars: str, feedback: str
) -> None:
    app = start(llm_provider=provider, streaming=streaming, avatars=avatars, feedback=feedback)
    page = app.page
    app.picture(f"{streaming}-1-first-page")
    wire.play("echo")
    app.ask("Hello *there*")
    expect(app.messages.nth(0)).to_contain_text("Hello *there*")
    expect(app.messages.nth(1)).to_contain_text("You said: Hello there")
    app.wait_for_the_end()

    wire.play("good", text=LONG, chunks=120, rate=40, until=40)
    app.ask("Write something long")
    expect(app.messages.nth(2)).to_contain_text("Write something long")
    wait_until(lambda: wire.requests[-1].chunks_sent == 40)
    app.picture(f"{streaming}-2-in-mid-reply")
    if streaming == "tokens":
        expect(app.messages.nth(3)).to_contain_text("Paragraph 2")
    # A rating of the earlier reply, and a comment on it: each is kept at once, and the reply goes on.
    app.messages.nth(1).get_by_role("radio").nth(1).click()
    wait_until(app.ratings)
    app.press("Add a comment")
    page.get_by_label("Comment", exact=True).fill("And *why*?")
    app.press("Send")
    expect(page.get_by_test_id("stToast")).to_contain_text("Your comment was sent.")
    expect(page.get_by_label("Comment", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Your comment")).to_be_visible()
    assert wire.requests[-1].closed is None
    wire.requests[-1].go_on(90)
    if streaming == "tokens":
        expect(app.messages.nth(3)).to_contain_text("Paragraph 5")
        assert app.messages.nth(3).inner_text().count("Paragraph 1") == 1
    wire.requests[-1].go_on()
    assert wire.requests[-1].wait_closed()
    app.wait_for_the_end()
    assert wire.requests[-1].closed_by == "server"
    assert len(wire.requests) == 2
    for n in range(8):
        expect(app.messages.nth(3)).to_contain_text(f"Paragraph {n}")
    expect(app.messages).to_have_count(4)
    app.picture(f"{streaming}-3-complete")
    _, line = app.ratings()
    assert line["question"] == "Hello *there*"
    assert line["reply"] == "You said: Hello *there*"
    assert line["comment"] == "And *why*?"
    assert line["rating"] == {"thumbs": "down", "stars": 2, "faces": 2}[feedback]

    page.get_by_role("button", name="New chat").click()
    expect(app.messages).to_have_count(0)
    wire.play("echo")
    app.ask("Once more")
    expect(app.messages.nth(1)).to_contain_text("You said: Once more")
    app.wait_for_the_end()
    expect(app.messages).to_have_count(2)
    assert app.messages.nth(1).inner_text().count("You said") == 1
    assert "Paragraph" not in page.inner_text("body")
    page.reload()
    expect(app.messages.nth(1)).to_contain_text("You said: Once more")
    expect(app.messages).to_have_count(2)
    loaded = {Path(part.path).name for part in psutil.Process(app.process.pid).memory_maps() if "pandas" in part.path}
    assert not loaded, "pandas was imported"


def test_a_question_in_mid_reply_waits_for_its_turn(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("good", text=LONG, chunks=60, until=20)
    app.ask("First?")
    expect(app.messages.nth(1)).to_contain_text("Paragraph 1")
    wire.play("echo")
    app.ask("Second?")
    expect(app.messages.nth(2)).to_contain_text("Second?")
    wire.requests[0].go_on()
    expect(app.messages).to_have_count(4)
    app.wait_for_the_end()
    expect(app.messages.nth(1)).to_contain_text("Paragraph 7")
    expect(app.messages.nth(2)).to_contain_text("Second?")
    expect(app.messages.nth(3)).to_contain_text("You said: Second?")
    assert len(wire.requests) == 2


def test_a_failure_in_mid_reply_and_another_try(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="anthropic")
    wire.play(["drop", "echo"], text=LONG)
    app.ask("Well?")
    expect(app.messages.nth(1)).to_contain_text("Paragraph 0")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("cut off")
    app.picture("failure")
    app.press("Regenerate")
    expect(app.messages.nth(1)).to_contain_text("You said: Well?")
    app.wait_for_the_end()
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    assert "Paragraph" not in app.messages.nth(1).inner_text()


def test_a_person_is_told_what_a_provider_does_beside_answering(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai_compatible")
    reply, dialog = app.messages.nth(1), app.page.get_by_role("dialog")
    # It wants to be left alone for a while.
    wire.play("rate_limit", retry_after=30)
    app.ask("Well?")
    expect(reply).to_contain_text("Your model server is busy: retrying in 30 s (2 of 3)")
    app.picture("asking-again")
    app.press("Stop")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
    expect(reply).not_to_contain_text("retrying")

    # What it said turns out to be thoughts, which the page has drawn by then.
    text = "It may be 1.\n\nOr may it?</think>It is 2, as everybody knows who counts."
    wire.play("good", text=text, chunks=len(text), until=text.index("</"))
    app.press("Regenerate")
    expect(reply).to_contain_text("Or may")
    wire.requests[-1].go_on(text.index("who"))
    expect(reply).to_contain_text("It is 2, as")
    expect(reply.get_by_text("It may be 1.")).not_to_be_visible()
    wire.requests[-1].go_on()
    expect(reply).to_contain_text("who counts.")
    app.wait_for_the_end()
    expect(reply.get_by_text("Thought")).to_be_visible()
    assert reply.inner_text().count("It is 2") == 1
    assert "may" not in reply.inner_text()
    assert "think>" not in reply.inner_text()

    # It ends a reply early, for a reason of its own.
    wire.answer(raw("chat", said("chat", "Half a") + END["chat"]("abort")))
    app.press("Regenerate")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("The provider ended the reply early.")
    app.choose("Details")
    expect(dialog).to_contain_text("Reason: abort")
    app.page.keyboard.press("Escape")
    wire.play("good", text=" sentence.")
    app.press("Continue")
    expect(reply).to_contain_text("Half a sentence.")
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)

    # It refuses, and quotes the key.
    wire.answer(refusal(403, f"{CANARY!r} may not ask for this.")["chat"])
    app.press("Regenerate")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("Your model server does not allow this.")
    app.choose("Details")
    expect(dialog).to_contain_text("'***' may not ask for this.")
    app.picture("details-of-a-failure")
    assert CANARY not in app.page.content()


def test_texts_stand_on_the_page_as_they_were_typed(start: Callable[..., App]) -> None:
    text = HOSTILE[0] + " *a* :smile: $x$ <b> # & &amp; [l](http://a) -- <- \n\n  second line ${HOME} שלום"
    names = ("project_name", "description", "author_name", "system_prompt", "model")
    app = start(llm_provider="openai", **dict.fromkeys(names, text))
    app.page.get_by_text("Options").click()
    assert app.page.title() == " ".join(text.split())  # as browsers show a title
    assert app.page.get_by_role("heading", level=1).inner_text() == text
    texts = app.page.get_by_test_id("stText").all_inner_texts()
    assert texts == [text]
    assert app.page.locator("small").inner_text() == f"Made by {text}"
    assert app.page.get_by_label("Model").input_value() == text.replace("\n", "")  # in one line
    assert app.page.get_by_label("System prompt").input_value() == text
    app.picture("awkward-texts")


def test_what_a_model_names_is_not_fetched(start: Callable[..., App], wire: Wire) -> None:
    class Listener(BaseHTTPRequestHandler):
        asked: ClassVar[list[str]] = []

        def do_GET(self) -> None:
            self.asked.append(self.path)
            self.send_error(404)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    elsewhere = f"http://127.0.0.1:{server.server_port}"
    app = start(llm_provider="openai")
    wire.play(
        "good",
        text=f"![a]({elsewhere}/1.png)\n\n<img src='{elsewhere}/2.png'>\n\n![b][c]\n\nthe end\n\n[c]: {elsewhere}/3",
    )
    app.ask("Show me a picture")
    expect(app.messages.nth(1)).to_contain_text("the end")
    app.wait_for_the_end()
    app.page.wait_for_timeout(500)
    assert Listener.asked == []
    app.page.evaluate("address => { window.open(address) }", f"{elsewhere}/proof")
    wait_until(lambda: "/proof" in Listener.asked)  # the listener would have heard
    server.shutdown()


def test_the_default_app_answers_with_its_own_model(start: Callable[..., App]) -> None:
    app = start()
    expect(app.page.get_by_text("a tiny local model")).to_be_visible()
    app.ask("What is the capital of France?")
    expect(app.messages.nth(1)).to_contain_text(re.compile(r"\w+ \w+"))
    app.wait_for_the_end()
    assert len(app.messages.nth(1).inner_text().split()) > 3
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)
    app.picture("default-app")
