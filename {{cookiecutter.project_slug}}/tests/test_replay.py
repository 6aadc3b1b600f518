"""Evaluating ratings: exported lines, and a report on new replies."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.feedback.__main__ import BAD, main
from chat.providers import ProviderError
from tests.conftest import ScriptedProvider

GOOD = settings.RATINGS[-1]


@pytest.fixture
def talk(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """Two turns: the first is rated well, the second badly, with a comment."""
    for question, reply in (("Capital of France?", "Paris."), ("How many live <b>there</b>?", "“Two” & a half.")):
        scripted.will_say(reply)
        page.chat_input[0].set_value(question).run()
    page.feedback[0].set_value(len(settings.RATINGS) - 1).run()
    page.feedback[1].set_value(0).run()
    next(area for area in reversed(page.text_area) if area.label == "Comment").set_value("<script>No!</script>")
    next(button for button in reversed(page.button) if button.label == "Send").click().run()
    scripted.requests.clear()
    return page


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and what it would fetch."""
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in {"src", "href", "action", "data"}]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def exported(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """The lines that an export writes."""
    main(["export", *words])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def replayed(file: Path, *words: str) -> Page:
    """The report of a replay."""
    main(["replay", "--out", str(file), *words])
    return Page(file.read_text("utf-8"))


def test_every_rated_reply_is_exported(talk: AppTest, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = exported(capsys)
    names = {"question", "context", "reply", "provider", "model", "rating", "comment", "time"}
    names.add("trace_id")  # {% if cookiecutter.telemetry != "none" %}
    names.add("persona")  # {% if cookiecutter is peopled %}
    assert first.keys() == names
    assert (first["question"], first["reply"], first["rating"]) == ("Capital of France?", "Paris.", GOOD)
    assert second["comment"] == "<script>No!</script>"
    assert second["context"] == [
        {"role": "user", "content": "Capital of France?"},
        {"role": "assistant", "content": "Paris."},
    ]


def test_only_some_ratings_are_exported(talk: AppTest, tmp_path: Path) -> None:
    file = tmp_path / "new" / "bad.jsonl"
    main(["export", "--rating", ",".join(map(str, BAD)), "--out", str(file)])
    (line,) = file.read_text("utf-8").splitlines()
    assert json.loads(line)["reply"] == "“Two” & a half."


def test_an_export_as_a_chat_is_what_the_model_would_have_been_sent(
    talk: AppTest, capsys: pytest.CaptureFixture[str]
) -> None:
    line = exported(capsys, "--chat")[1]
    assert list(line) == ["messages"]
    *system, first, answer, question, reply = line["messages"]
    assert system == ([{"role": "system", "content": settings.SYSTEM_PROMPT}] if settings.SYSTEM_PROMPT else [])
    assert [turn["role"] for turn in (first, answer, question, reply)] == ["user", "assistant", "user", "assistant"]
    assert reply["content"] == "“Two” & a half."


def test_what_was_rated_badly_is_asked_again(talk: AppTest, scripted: ScriptedProvider, tmp_path: Path) -> None:
    scripted.will_say("<img src=x> Two million.")
    page = replayed(tmp_path / "report.html", "--model", "a <new> model")
    (asked,) = scripted.requests
    assert [message.text for message in asked.messages] == [
        "Capital of France?",
        "Paris.",
        "How many live <b>there</b>?",
    ]
    assert (asked.model, asked.system_prompt) == ("a <new> model", settings.SYSTEM_PROMPT)
    for text in (
        "How many live <b>there</b>?",
        "“Two” & a half.",
        "<img src=x> Two million.",
        "<script>No!</script>",
        "a <new> model",
        "1 of 1 questions have a new reply",
    ):
        assert text in page.text
    assert not {"script", "img", "b", "new", "link"} & page.tags
    assert not page.links


def test_a_reply_that_fails_is_reported_and_the_others_stay(
    talk: AppTest, scripted: ScriptedProvider, tmp_path: Path
) -> None:
    failure = ProviderError("cut_off")
    scripted.replies.append([failure])
    scripted.will_say("Well.")
    page = replayed(tmp_path / "report.html", "--rating", ",".join(map(str, settings.RATINGS)))
    assert failure.sentence in page.text
    assert "Well." in page.text
    assert "1 of 2 questions have a new reply" in page.text


@pytest.mark.parametrize("words", [["export", "--rating", "great"], ["replay", "--rating", "0"], ["replay", "5"], []])
def test_what_is_not_understood_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "replay"])
def test_without_ratings_that_is_said(command: str) -> None:
    with pytest.raises(SystemExit, match="No reply is rated"):
        main([command])


def test_a_provider_that_cannot_answer_says_why(talk: AppTest, scripted: ScriptedProvider, tmp_path: Path) -> None:
    scripted.problem = "It cannot answer now."
    with pytest.raises(SystemExit, match="It cannot answer now"):
        replayed(tmp_path / "report.html")


def test_a_report_that_cannot_be_written_is_said_before_anything_is_asked(
    talk: AppTest, scripted: ScriptedProvider, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match="Reading or writing failed"):
        replayed(tmp_path / "file" / "report.html")
    assert not scripted.requests
