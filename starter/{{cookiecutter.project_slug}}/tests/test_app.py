"""The page, with a scripted reply instead of the provider's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import provider

sent: list[list[dict[str, str]]] = []
failures: list[Exception] = []


def reply(messages: list[dict[str, str]]) -> Iterator[str]:
    """Two words, or one before a failure."""
    sent.append(messages)
    yield "Hello"
    if failures:
        raise failures.pop()
    yield " there"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page, opened."""
    monkeypatch.setattr(provider, "reply", reply)
    return AppTest.from_file(Path(__file__).parent.parent / "streamlit_app.py", default_timeout=300).run()


def messages(page: AppTest) -> list[str]:
    """The text of each message."""
    return [bubble.markdown[0].value for bubble in page.chat_message]


def test_a_question_is_sent_with_what_was_said_before(page: AppTest) -> None:
    page.chat_input[0].set_value("One?").run()
    page.chat_input[0].set_value("Two?").run()
    assert messages(page) == ["One?", "Hello there", "Two?", "Hello there"]
    assert [message["content"] for message in sent[-1]] == ["One?", "Hello there", "Two?"]
    page.sidebar.button[0].click().run()
    assert messages(page) == []


# {% if cookiecutter.feedback != "none" %}
def test_a_rating_is_kept(page: AppTest) -> None:
    page.chat_input[0].set_value("One?").run()
    page.feedback[0].set_value(1).run()
    page.chat_input[0].set_value("Two?").run()
    assert [rating.value for rating in page.feedback] == [1, None]


# {% endif %}
@pytest.mark.parametrize("failure", [provider.ReplyError("It failed."), ValueError("A secret")])
def test_a_failure_keeps_what_came_and_the_question_can_be_sent_again(page: AppTest, failure: Exception) -> None:
    failures.append(failure)
    page.chat_input[0].set_value("One?").run()
    assert messages(page) == ["One?", "Hello"]
    assert "failed" in page.error[0].value
    page.main.button[0].click().run()
    assert messages(page) == ["One?", "Hello there"]
    assert not page.error
