"""Ratings as lines of a file."""

import json
import sys
from pathlib import Path

import pytest  # {% if cookiecutter is overseen %}

from chat import settings
from chat.history import ratings
from tests.test_messages import talk


# {% if cookiecutter is overseen %}
def test_a_line_that_is_no_rating_is_left_out_and_said(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    conversation = talk("one?", "“one”\u2028.")
    reply = conversation.messages[1]
    reply.rating = 1
    ratings.save(conversation, reply)
    with file.open("ab") as lines:
        lines.write(b'\n[]\n{"time": "today"}\n\xff\n{"time": "2026-01-01T0')
    assert [entry.reply for entry in ratings.rated()] == ["“one”\u2028."]
    said = [record.getMessage() for record in caplog.records]
    assert [text.partition(" of ")[0] for text in said if "not a rating" in text] == [f"Line {n}" for n in range(2, 7)]


def test_a_line_of_a_time_without_comments_is_read(file: Path) -> None:
    conversation = talk("one?", "one.")
    reply = conversation.messages[1]
    reply.rating = 1
    ratings.save(conversation, reply)
    line = json.loads(file.read_text("utf-8"))
    del line["comment"], line["context"]
    file.write_text(json.dumps(line) + "\n", "utf-8")
    (entry,) = ratings.rated()
    assert (entry.comment, entry.context) == ("", [])


# {% endif %}
def test_each_rating_is_a_line(file: Path) -> None:
    conversation = talk("one?", "one.", "two?", "two.")
    one, two = conversation.messages[1::2]
    for reply, rating in ((one, 0), (two, 1), (one, 1)):
        reply.rating = rating
        ratings.save(conversation, reply)
    assert sys.platform == "win32" or not file.stat().st_mode & 0o077  # nobody else may read it
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["rating"] for line in lines] == [settings.RATINGS[0], settings.RATINGS[1], settings.RATINGS[1]]
    assert lines[1]["context"] == [{"role": "user", "content": "one?"}, {"role": "assistant", "content": "one."}]
    # {% if cookiecutter is overseen %}
    # The last one of a reply counts.
    assert {entry.reply: entry.rating for entry in ratings.rated()} == {
        "one.": settings.RATINGS[1],
        "two.": settings.RATINGS[1],
    }
    # {% endif %}
