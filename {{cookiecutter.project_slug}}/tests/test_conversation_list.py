"""The conversations in the sidebar."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from chat.history.listing import Entry
from chat.ui.conversation_list import LISTED, as_typed, period_of
from tests.conftest import ScriptedProvider


def titles(page: AppTest) -> list[str]:
    """The titles in the list."""
    return [button.label for button in page.button if str(button.key).startswith("listed-")]


def click(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def ask(page: AppTest, scripted: ScriptedProvider, question: str, reply: str) -> None:
    scripted.will_say(reply)
    page.chat_input[0].set_value(question).run()


@pytest.fixture
def two(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """A page with two conversations, showing the second."""
    ask(page, scripted, "Capital of France", "Paris.")
    click(page, "New chat")
    ask(page, scripted, "Capital of Spain", "Madrid.")
    return page.run()


def test_conversations_are_listed_and_opened(two: AppTest) -> None:
    assert titles(two) == ["Capital of Spain", "Capital of France"]
    assert "Today" in [caption.value for caption in two.caption]
    click(two, "Capital of France")
    assert two.chat_message[1].markdown[0].value == "Paris."
    click(two, "New chat")
    assert not two.chat_message


def test_they_are_found_by_their_words(two: AppTest) -> None:
    search = next(field for field in two.text_input if field.label == "Search")
    search.set_value("paris").run()
    assert titles(two) == ["Capital of France"]
    search = next(field for field in two.text_input if field.label == "Search")
    search.set_value("rome").run()
    assert titles(two) == []
    assert "No matches." in [text.value for text in two.text]


def test_one_is_renamed(two: AppTest) -> None:
    click(two, "Rename")
    next(field for field in two.text_input if field.label == "Title").set_value("Spain")
    click(two, "Save")
    assert titles(two) == ["Spain", "Capital of France"]
    click(two, "Rename")
    click(two, "Cancel")
    assert titles(two) == ["Spain", "Capital of France"]


def test_one_is_deleted_after_a_question(two: AppTest) -> None:
    click(two, "Delete")
    click(two, "Cancel")
    assert len(titles(two)) == 2
    click(two, "Delete")
    click(two, "Delete")
    assert titles(two) == ["Capital of France"]
    assert not two.chat_message


def test_a_long_list_shows_its_beginning(page: AppTest, scripted: ScriptedProvider) -> None:
    for number in range(LISTED + 2):
        ask(page, scripted, f"Number {number}", "Yes.")
        click(page, "New chat")
    assert len(titles(page)) == LISTED
    click(page, "Show more")
    assert len(titles(page)) == LISTED + 2


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Previous 7 days"),
        (7, "Previous 7 days"),
        (8, "Previous 30 days"),
    ],
)
def test_the_last_days_have_names(days: int, name: str) -> None:
    assert period_of(Entry("", "", time.time() - days * 86_400)) == name


def test_what_is_older_has_the_name_of_its_month() -> None:
    assert period_of(Entry("", "", 1_700_000_000)) == "November 2023"


def test_a_title_is_shown_as_it_was_typed() -> None:
    assert as_typed("**a** [b](c)").replace("\u2060", "") == r"\*\*a\*\* \[b\]\(c\)"
    assert ":smile:" not in as_typed(":smile:")
