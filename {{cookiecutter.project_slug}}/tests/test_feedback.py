"""Ratings and comments: drawn under a reply, saved on a click, changeable."""

import json  # {% if not cookiecutter is stored %}
from collections.abc import Callable, Iterable
from pathlib import Path  # {% if not cookiecutter is stored %}
from types import SimpleNamespace  # {% if not cookiecutter is stored %}
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.export import from_json, to_json
from chat.history.ratings import rated as rated_rows  # {% if cookiecutter is stored %}
from chat.ui import rating
from tests.conftest import ScriptedProvider

Ratings = Callable[[], Iterable[Any]]
PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


# {% if cookiecutter is stored %}
@pytest.fixture
def rated() -> Ratings:
    """The rated replies in the database."""
    return rated_rows


# {% else %}
@pytest.fixture
def rated(file: Path) -> Ratings:
    """The rated replies in the file."""

    def rated() -> list[SimpleNamespace]:
        lines = map(json.loads, file.read_text("utf-8").splitlines())
        last = {line["message"]: SimpleNamespace(**line) for line in lines}
        return [line for line in last.values() if line.rating is not None]

    return rated


# {% endif %}
@pytest.fixture
def answered(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """The page with a reply on it."""
    scripted.will_say("Paris, “naturally”.")
    return page.chat_input[0].set_value("Capital of\nFrance?").run()


def comment(page: AppTest, text: str) -> None:
    """Send a comment on the first rated reply."""
    next(area for area in page.text_area if area.label == "Comment").set_value(text)
    next(button for button in page.button if button.label == "Send").click().run()
    assert not page.exception


def test_a_rating_is_kept_at_once_and_can_be_changed_and_taken_back(answered: AppTest, rated: Ratings) -> None:
    answered.feedback[0].set_value(0).run()
    (kept,) = rated()
    assert kept.rating == settings.RATINGS[0]
    answered.feedback[0].set_value(1).run()
    assert answered.feedback[0].value == 1
    (kept,) = rated()
    assert kept.rating == settings.RATINGS[1]
    assert (kept.question, kept.reply) == ("Capital of\nFrance?", "Paris, “naturally”.")
    assert (kept.provider, kept.model) == (PROVIDER.name, PROVIDER.model)
    assert (kept.context, kept.comment) == ([], "")
    answered.feedback[0].set_value(None).run()
    assert list(rated()) == []


def test_what_was_said_before_is_kept_with_a_rating(
    answered: AppTest, scripted: ScriptedProvider, rated: Ratings
) -> None:
    scripted.will_say("Two million.")
    answered.chat_input[0].set_value("How many live there?").run()
    answered.feedback[1].set_value(1).run()
    assert [rating.value for rating in answered.feedback] == [None, 1]
    (kept,) = rated()
    assert kept.context == [
        {"role": "user", "content": "Capital of\nFrance?"},
        {"role": "assistant", "content": "Paris, “naturally”."},
    ]


def test_a_rating_may_get_a_comment(answered: AppTest, scripted: ScriptedProvider, rated: Ratings) -> None:
    assert "Comment" not in [area.label for area in answered.text_area]
    answered.feedback[0].set_value(0).run()
    comment(answered, " Since *when*?\n")
    comment(answered, "Since *when*, and why?")
    assert [toast.value for toast in answered.toast] == ["Your comment was sent."]
    scripted.will_say("Two million.")
    answered.chat_input[0].set_value("How many live there?").run()
    assert [area.value for area in answered.text_area if area.label == "Comment"] == ["Since *when*, and why?"]
    answered.feedback[0].set_value(1).run()
    (kept,) = rated()
    assert (kept.rating, kept.comment) == (settings.RATINGS[1], "Since *when*, and why?")


def test_a_rating_and_its_comment_are_those_of_a_version(answered: AppTest, scripted: ScriptedProvider) -> None:
    answered.feedback[0].set_value(0).run()
    comment(answered, "Too short.")
    scripted.will_say("It is Paris.")
    next(button for button in answered.button if button.label == "Regenerate").click().run()
    assert answered.feedback[0].value is None
    assert "Comment" not in [area.label for area in answered.text_area]
    answered.pagination[0].set_value(1).run()
    assert answered.feedback[0].value == 0
    assert [area.value for area in answered.text_area if area.label == "Comment"] == ["Too short."]


def test_a_comment_is_cut_also_where_the_browser_does_not(answered: AppTest, rated: Ratings) -> None:
    answered.feedback[0].set_value(0).run()
    comment(answered, "x" * (settings.COMMENT_CHARACTERS + 1))
    (kept,) = rated()
    assert kept.comment == "x" * settings.COMMENT_CHARACTERS


def test_a_rating_that_none_can_give_is_not_opened(answered: AppTest) -> None:
    conversation = answered.session_state["conversation"]
    conversation.messages[1].rating = len(settings.RATINGS)
    with pytest.raises(ValueError, match="rating cannot be"):
        from_json(to_json(conversation))


def test_a_rating_that_cannot_be_saved_is_said(answered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(rating, "save", fail)
    answered.feedback[0].set_value(1).run()
    assert not answered.exception
    assert "could not be saved" in answered.toast[0].value
