"""A person's conversations: listed, found, renamed, deleted."""

import pytest
from sqlalchemy import update

from chat.conversation.messages import Conversation
from chat.conversation.parts import Text
from chat.history import tables
from chat.history.conversations import TITLE_LENGTH, changing, find
from chat.history.engine import engine
from chat.history.listing import entries, remove, rename
from tests.test_messages import answer


def talk(question: str, reply: str, owner: str = "me") -> Conversation:
    """A conversation of one turn, saved."""
    conversation = Conversation(owner=owner)
    with changing(conversation):
        conversation.ask(question)
        answer(conversation, reply)
    return conversation


def titles(words: str = "", most: int = 10) -> list[str]:
    return [entry.title for entry in entries("me", words, most)]


def test_the_newest_are_first_and_each_sees_only_their_own() -> None:
    first = talk("One?", "Yes.")
    talk("Two?", "Yes.")
    talk("Theirs?", "Yes.", owner="somebody else")
    assert titles() == ["Two?", "One?"]
    with changing(first):
        first.ask("Three?")
    assert titles() == ["One?", "Two?"]
    assert titles(most=1) == ["One?"]


def test_a_title_is_made_from_the_first_question() -> None:
    talk("  What\n is the   capital of France?", "Paris.")
    talk("word " * 40, "Yes.")
    long, short = titles()
    assert short == "What is the capital of France?"
    assert long.endswith("word…")
    assert len(long) <= TITLE_LENGTH


@pytest.mark.parametrize(
    "words",
    ["paris", "PARIS", "par", "capital paris", "“Paris”", "fra", "of france", "é", "l'été", "100%", "it's", "fr nce\\"],
)
def test_words_are_found(words: str) -> None:
    talk("Capital of France in the été?", "It's “Paris”, 100%, d'accord pour l'été; fr nce\\.")
    talk("Capital of Spain?", "Madrid.")
    assert titles(f" {words}\0") == ["Capital of France in the été?"]


@pytest.mark.parametrize("words", ["rome", "paris madrid", '"', "'", "*", "a AND", "(", ":", "\\", "% _", "NEAR(a b)"])
def test_other_words_are_not_found_and_break_nothing(words: str) -> None:
    talk("Capital of France?", "Paris.")
    talk("Capital of Spain?", "Madrid.")
    assert titles(words) == []


def test_a_reply_is_found_as_it_is_now() -> None:
    conversation = talk("Capital?", "Paris.")
    with changing(conversation):
        conversation.messages[1].parts = [Text("Madrid.")]
    assert titles("paris") == []
    assert titles("madrid") == ["Capital?"]
    with changing(conversation):
        conversation.ask("And now?")
        reply = conversation.take_waiting()
        assert reply
        reply.parts = [Text("Lisbon")]
    assert titles("lisbon") == []  # not before it has ended
    with engine().begin() as connection:
        this = tables.messages.c.id == reply.id
        connection.execute(update(tables.messages).where(this).values(status="complete", text="Lisbon."))
    assert titles("lisbon") == ["Capital?"]


def test_a_conversation_is_renamed_and_deleted() -> None:
    conversation = talk("Capital?", "Paris.")
    rename(conversation.id, " The\n*capital* ")
    assert titles() == titles("*capital*") == ["The *capital*"]
    rename(conversation.id, "  ")
    assert titles() == ["The *capital*"]
    remove(conversation.id)
    assert titles() == titles("paris") == []
    assert find(conversation.id) is None
