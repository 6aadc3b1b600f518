"""Stored conversations in a real browser: listed, found, and back after the server was killed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect
from test_replies import WORDS, begin

from app import App, new_context
from waiting import wait_until
from wire import Wire

# Whether an element shows the beginning of its text.
BEGINS = "text => text.firstElementChild.getBoundingClientRect().top >= text.getBoundingClientRect().top - 1"


def saved_texts(project: Path) -> str:
    """The texts in the database of an app, one after the other."""
    with closing(sqlite3.connect(project / "data" / "chat.db")) as database:
        return "\n".join(text for (text,) in database.execute("SELECT text FROM messages"))


def test_conversations_are_listed_found_renamed_and_deleted(
    start: Callable[..., App], wire: Wire, browser: Browser
) -> None:
    app = start(llm_provider="openai", history="database")
    sidebar = app.page.get_by_test_id("stSidebar")
    wire.play("echo")
    app.ask("Capital of France: *where*?")
    expect(app.messages.nth(1)).to_contain_text("You said: Capital of France")
    expect(sidebar.get_by_text("Today")).to_be_visible()
    address = app.page.url
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    app.ask("Tell me of Spain")
    expect(app.messages.nth(1)).to_contain_text("You said: Tell me of Spain")
    france, spain = sidebar.get_by_text("Capital of France"), sidebar.get_by_text("Tell me of Spain")
    expect(france).to_be_visible()
    assert france.inner_text().replace("\u2060", "") == "Capital of France: *where*?"
    app.picture("conversations")

    search = sidebar.get_by_placeholder("Search")
    search.press_sequentially("fran")  # it is found while one types
    expect(spain).to_have_count(0)
    france.click()
    expect(app.messages.nth(1)).to_contain_text("You said: Capital of France")
    search.fill("")
    expect(spain).to_be_visible()
    app.press("Rename")
    expect(sidebar.get_by_label("Title")).to_be_focused()
    expect(sidebar.get_by_test_id("InputInstructions")).to_be_attached()
    expect(sidebar.get_by_test_id("InputInstructions")).to_be_hidden()  # it would lie over the title
    app.page.keyboard.press("Escape")
    expect(sidebar.get_by_label("Title")).to_have_count(0)
    app.press("Rename")
    expect(sidebar.get_by_label("Title")).to_be_focused()
    expect(sidebar.get_by_label("Title")).not_to_have_value("")  # which Streamlit writes into it after it was drawn
    app.page.keyboard.press("Control+A")
    app.page.keyboard.type("Paris")
    app.page.keyboard.press("Enter")
    expect(sidebar.get_by_role("button", name="Paris")).to_be_visible()
    app.press("Delete")
    expect(sidebar.get_by_text("Delete this conversation?")).to_be_visible()
    app.picture("delete-a-conversation")
    app.press("Cancel")

    app.page.reload()
    expect(app.messages.nth(1)).to_contain_text("You said: Capital of France")
    elsewhere = new_context(browser)  # another device: it has the address, and a list of its own
    page = elsewhere.new_page()
    page.goto(address)
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("You said: Capital of France")
    expect(page.get_by_role("button", name="Paris")).to_have_count(0)
    elsewhere.close()

    app.press("Delete")
    expect(sidebar.get_by_text("Delete this conversation?")).to_be_visible()
    app.press("Delete")
    expect(app.messages).to_have_count(0)
    expect(sidebar.get_by_role("button", name="Paris")).to_have_count(0)
    expect(spain).to_be_visible()


def test_a_long_question_takes_little_room_and_the_sidebar_makes_room_on_a_phone(
    start: Callable[..., App], wire: Wire
) -> None:
    app = start(llm_provider="openai", history="database")
    wire.play("echo")
    app.ask("First")
    expect(app.messages.nth(1)).to_contain_text("You said: First")
    app.wait_for_the_end()
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    wire.play("good", text="Well.")
    app.ask("\n".join(f"Line {number} of what somebody pasted" for number in range(120)))
    expect(app.messages.nth(1)).to_contain_text("Well.")
    app.wait_for_the_end()
    question = app.messages.nth(0)
    height = "element => element.getBoundingClientRect().height"
    assert question.evaluate(height) < 450
    assert question.get_by_test_id("stText").evaluate(BEGINS)
    question.get_by_text("Show more").click()
    expect(question.get_by_text("Show less")).to_be_visible()
    assert question.evaluate(height) > 2_000
    app.ask("And now?")  # what is drawn anew stays as it was
    expect(app.messages.nth(3)).to_contain_text("Well.")
    assert question.evaluate(height) > 2_000
    assert app.messages.nth(2).evaluate(height) < 100

    sidebar = app.page.get_by_test_id("stSidebar")
    sidebar.get_by_text("First").click()
    expect(app.messages.nth(1)).to_contain_text("You said: First")
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    app.page.set_viewport_size({"width": 390, "height": 844})
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    for way in (sidebar.get_by_text("Line 0"), sidebar.get_by_role("button", name="New chat")):
        app.page.get_by_test_id("stExpandSidebarButton").click()
        way.click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
    expect(app.messages).to_have_count(0)


def test_a_reply_goes_on_while_another_conversation_is_open(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai", history="database")
    begin(app, wire)
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    app.page.get_by_test_id("stSidebar").get_by_text("Tell me").click()
    expect(app.messages.nth(1)).to_contain_text("word25")
    wire.requests[0].go_on()
    expect(app.messages.nth(1)).to_contain_text(WORDS)
    assert wire.requests[0].closed_by == "server"


def test_what_had_come_is_there_after_the_server_was_killed(
    start: Callable[..., App], wire: Wire, browser: Browser
) -> None:
    app = start(llm_provider="openai", history="database")
    begin(app, wire)
    wait_until(lambda: "word28" in saved_texts(app.project))
    address = app.page.url
    app.process.kill()
    app.process.wait()
    again = App(app.project, browser, **app.environment)
    page = again.open(again.url + address[address.index("?") :])
    expect(page.page.get_by_test_id("stAlert")).to_contain_text("interrupted")
    text = page.messages.nth(1).inner_text()
    assert "word28" in text
    page.picture("interrupted")
    wire.play("good", text=" and the rest.")
    page.press("Continue")
    expect(page.messages.nth(1)).to_contain_text("and the rest.")
    again.close()
