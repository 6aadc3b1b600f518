"""Conversations in the database: kept whole, and by several processes at once."""

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from chat.conversation.export import as_dict  # {% if cookiecutter.rich_replies == "yes" %}
from chat.conversation.messages import Conversation, Message, Usage
from chat.conversation.parts import Reasoning, Text
from chat.history import conversations, tables
from chat.history.conversations import ReplyElsewhere, changing, find, reply_to_follow, save, stop
from chat.history.engine import engine
from chat.replies.reply import Reply, running
from tests.conftest import HANG_SECONDS, ROOT
from tests.test_messages import answer, texts
from tests.test_replies import Pen, wait_until


def talk(*lines: str) -> Conversation:
    """A conversation of these questions and replies in turn, saved."""
    conversation = Conversation(owner="somebody")
    for question, reply in zip(lines[::2], lines[1::2], strict=True):
        with changing(conversation):
            conversation.ask(question)
            answer(conversation, reply)
    return conversation


def found(conversation: Conversation) -> Conversation:
    """A conversation as a process that has not held it finds it."""
    conversations._held.clear()
    again = find(conversation.id)
    assert again is not None
    assert again is not conversation
    return again


def ask(conversation: Conversation) -> Message:
    """Ask; return the reply, which this process fills."""
    with changing(conversation):
        conversation.ask("and now?")
        reply = conversation.take_waiting()
    assert reply
    return reply


def begin(conversation: Conversation, pen: Pen) -> Message:
    """Ask, and have the pen write the reply."""
    reply = ask(conversation)
    Reply(reply, pen.chunks(), save)
    return reply


def of_another_process(reply: Message, saved: float) -> None:
    """Make the database say that another process fills a reply."""
    with engine().begin() as connection:
        this = tables.messages.c.id == reply.id
        connection.execute(update(tables.messages).where(this).values(writer="another", saved=saved))


def saved_text(reply: Message) -> str | None:
    """The text of a reply in the database."""
    with engine().connect() as connection:
        return connection.scalar(select(tables.messages.c.text).where(tables.messages.c.id == reply.id))


def test_everything_is_kept() -> None:
    conversation = talk("one?", "one “1” 💬.", "two?", "two.")
    with changing(conversation):
        conversation.ask_again(conversation.messages[1])
        reply = answer(conversation, "once more.", "stopped")
        reply.usage, reply.model, reply.seconds = Usage(1, 2), "some model", 2.5
        reply.parts.insert(0, Reasoning("Hm.", 1.5))
    again = found(conversation)
    assert texts(again) == ["one?", "once more."]
    assert again.owner == "somebody"
    kept = again.messages[1]
    assert (kept.usage, kept.model, kept.parts, kept.seconds) == (Usage(1, 2), "some model", reply.parts, 2.5)
    assert (kept.time, kept.status) == (reply.time, "stopped")
    with changing(again):
        again.messages[0].shown = 0
    assert texts(found(again)) == ["one?", "one “1” 💬.", "two?", "two."]
    with changing(again):
        again.delete(again.messages[0])
    assert texts(found(again)) == ["two?", "two."]


# {% if cookiecutter.rich_replies == "yes" %}
def test_a_part_that_was_allowed_once_does_not_keep_a_conversation_from_opening() -> None:
    conversation, parts = talk("one?", "one."), [{"kind": "image", "data": "AAAA", "type": "image/bmp"}]
    reply = conversation.messages[1]
    with engine().begin() as connection:
        values = {"rest": as_dict(reply) | {"reasoning": "", "parts": parts}}  # as it was kept then
        connection.execute(update(tables.messages).where(tables.messages.c.id == reply.id).values(values))
    again = found(conversation)
    assert texts(again) == ["one?", "one."]
    assert as_dict(again.messages[1])["parts"][1:] == parts


# {% endif %}
def test_a_conversation_that_is_not_there_is_not_found() -> None:
    assert find(None) is None
    assert find("") is None
    assert find("nobody's") is None


def test_a_version_that_is_not_there_does_not_keep_a_conversation_from_opening() -> None:
    conversation = talk("one?", "one.")
    with engine().begin() as connection:
        connection.execute(update(tables.conversations).values(shown=3))
        connection.execute(update(tables.messages).values(shown=1))
    assert texts(found(conversation)) == ["one?", "one."]


def test_two_processes_change_one_conversation() -> None:
    mine = talk("one?", "one.")
    theirs = found(mine)
    with changing(theirs):
        theirs.ask("two?")
        answer(theirs, "two.")
    with changing(mine):
        mine.ask("three?")
        answer(mine, "three.")
    assert texts(mine) == texts(found(theirs)) == ["one?", "one.", "two?", "two.", "three?", "three."]


def test_what_could_not_be_saved_did_not_happen() -> None:
    conversation = talk("one?", "one.")

    def fail() -> None:
        with changing(conversation):
            conversation.ask("two?")
            raise OperationalError("", None, Exception("the connection is gone"))

    with pytest.raises(OperationalError):
        fail()
    again = find(conversation.id)
    assert again is conversation
    assert texts(again) == ["one?", "one."]


def test_what_was_ended_in_its_middle_did_not_happen() -> None:
    for conversation in (talk("one?", "one."), Conversation(owner="somebody")):
        before = texts(conversation)
        with pytest.raises(KeyboardInterrupt), changing(conversation):  # noqa: PT012
            conversation.ask("two?")
            conversation.take_waiting()
            raise KeyboardInterrupt
        find(conversation.id)
        assert texts(conversation) == before


def test_replies_are_saved_after_an_unexpected_error(monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, pen = talk("one?", "one."), Pen()
    reply = begin(conversation, pen)
    with monkeypatch.context() as broken:
        broken.setattr(conversations, "save_growing", lambda reply: 1 / 0)
        pen.words.append("two ")
        time.sleep(2 * conversations.SAVE_SECONDS)
    wait_until(lambda: saved_text(reply) == "two ")
    pen.end()
    wait_until(lambda: reply.id not in running)


def test_a_conversation_deleted_elsewhere_comes_back_with_the_next_question() -> None:
    conversation = talk("one?", "one.")
    with engine().begin() as connection:
        connection.execute(tables.conversations.delete())
    with changing(conversation):
        conversation.ask("two?")
        answer(conversation, "two.")
    assert texts(found(conversation)) == ["one?", "one.", "two?", "two."]


def test_a_reply_is_saved_as_it_grows_and_when_it_ends() -> None:
    conversation, pen = talk("one?", "one."), Pen()
    reply = begin(conversation, pen)
    pen.words.append("two ")
    wait_until(lambda: saved_text(reply) == "two ")
    pen.words.append("three")
    pen.end()
    wait_until(lambda: reply.id not in running)
    again = found(conversation)
    assert texts(again)[-1] == "two three"
    assert again.messages[-1].status == "complete"


def test_a_page_follows_a_reply_of_another_process() -> None:
    conversation = talk("one?", "one.")
    reply = ask(conversation)
    of_another_process(reply, time.time())
    elsewhere = reply_to_follow(found(conversation).messages[-1])
    assert isinstance(elsewhere, ReplyElsewhere)
    follower = elsewhere.follow()
    assert next(follower) == ""
    this = tables.messages.c.id == reply.id
    for text, status in (("tw", "streaming"), ("two.", "complete")):
        rest = conversations.content_of(Message("assistant", [Text(text)], error="busy"))["rest"]
        with engine().begin() as connection:
            connection.execute(update(tables.messages).where(this).values(status=status, rest=rest))
        assert next(follower) == text
        assert elsewhere.message.error == "busy"
    assert list(follower) == []
    assert elsewhere.message.status == "complete"


def test_a_reply_whose_process_is_gone_was_interrupted() -> None:
    conversation = talk("one?", "one.")
    reply = ask(conversation)
    of_another_process(reply, time.time())
    assert found(conversation).messages[-1].status == "streaming"
    of_another_process(reply, time.time() - conversations.SILENT_SECONDS - 1)
    assert found(conversation).messages[-1].status == "interrupted"


def test_another_process_stops_a_reply() -> None:
    conversation, pen = talk("one?", "one."), Pen()
    reply = begin(conversation, pen)
    pen.words.append("two ")
    wait_until(lambda: saved_text(reply) == "two ")
    here = running.pop(reply.id)  # as if this were the other process
    stop(reply.id)
    running[reply.id] = here
    wait_until(lambda: reply.id not in running)
    assert pen.closed.wait(HANG_SECONDS)
    assert reply.status == "stopped"
    assert texts(found(conversation))[-1] == "two "


def test_a_reply_that_could_not_be_saved_is_saved_later(monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, pen = talk("one?", "one."), Pen()
    reply = begin(conversation, pen)

    def gone() -> None:
        raise OperationalError("", None, Exception("the database is away"))

    with monkeypatch.context() as away:
        away.setattr(conversations, "engine", gone)
        pen.words.append("two.")
        pen.end()
        wait_until(lambda: reply.id not in running)
    assert reply.status == "complete"
    wait_until(lambda: saved_text(reply) == "two.")


def test_processes_that_start_at_once_make_the_tables_once(empty_database: str) -> None:
    command = [sys.executable, "-m", "chat.history"]
    environment = {**os.environ, "DATABASE_URL": empty_database}
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]  # noqa: S603
    assert [process.wait(HANG_SECONDS) for process in processes] == [0, 0]
