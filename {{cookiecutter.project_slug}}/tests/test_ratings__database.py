"""Ratings as rows: they survive the app, and go with their message."""

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.history.ratings import rated
from tests.conftest import ScriptedProvider, new_page


@pytest.fixture
def rated_page(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """The page with two turns; the second is rated, with a comment."""
    for question, reply in (("one?", "one."), ("two?", "“two”.")):
        scripted.will_say(reply)
        page.chat_input[0].set_value(question).run()
    page.feedback[1].set_value(1).run()
    next(area for area in page.text_area if area.label == "Comment").set_value("Why?")
    next(button for button in page.button if button.label == "Send").click().run()
    return page


def test_another_page_shows_them(rated_page: AppTest) -> None:
    other = new_page()
    other.query_params["c"] = rated_page.query_params["c"]
    assert [rating.value for rating in other.run().feedback] == [None, 1]
    assert [area.value for area in other.text_area if area.label == "Comment"] == ["Why?"]


def test_what_was_said_before_comes_with_them(rated_page: AppTest) -> None:
    (entry,) = rated()
    assert (entry.question, entry.reply, entry.rating, entry.comment) == ("two?", "“two”.", settings.RATINGS[1], "Why?")
    assert entry.context == [{"role": "user", "content": "one?"}, {"role": "assistant", "content": "one."}]


def test_they_go_with_their_message(rated_page: AppTest) -> None:
    rated_page.menu_button[1].click("Delete the turn").run()
    next(button for button in rated_page.button if button.label == "Delete" and button.key).click().run()
    assert list(rated()) == []
