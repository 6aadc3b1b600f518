"""The order of messages, their versions, and what a model is sent of them."""

from chat.conversation.messages import Conversation, Message, Status
from chat.conversation.parts import Text


def answer(conversation: Conversation, text: str, status: Status = "complete") -> Message:
    reply = conversation.take_waiting()
    assert reply
    reply.grow(Text, text)
    reply.status = status
    return reply


def talk(*texts: str) -> Conversation:
    """A conversation of these questions and replies in turn."""
    conversation = Conversation()
    for question, reply in zip(texts[::2], texts[1::2], strict=True):
        conversation.ask(question)
        answer(conversation, reply)
    return conversation


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def test_questions_wait_for_their_turn() -> None:
    conversation = Conversation()
    conversation.ask("one?")
    reply = conversation.take_waiting()
    assert reply
    conversation.ask("two?")
    conversation.ask("three?")
    assert conversation.take_waiting() is None
    reply.grow(Text, "one.")
    reply.status = "complete"
    answer(conversation, "two.")
    answer(conversation, "three.")
    assert texts(conversation) == ["one?", "one.", "two?", "two.", "three?", "three."]
    assert conversation.take_waiting() is None


def test_a_model_is_sent_the_turns_that_were_answered_and_the_question() -> None:
    conversation = talk("one?", "one.")
    conversation.ask("two?")
    answer(conversation, "", "failed")
    conversation.ask("three?")
    reply = answer(conversation, "")
    assert [message.text for message in conversation.before(reply)] == ["one?", "one.", "three?"]


def test_a_question_is_well_formed() -> None:
    conversation = Conversation()
    conversation.ask("\ud83d\ude00 \ud83d?")
    assert texts(conversation) == ["\U0001f600 \ufffd?", ""]


def test_another_reply_takes_the_place_of_one_without_a_word() -> None:
    conversation = Conversation()
    conversation.ask("one?")
    conversation.ask_again(answer(conversation, "", "failed"))
    answer(conversation, "one.")
    assert texts(conversation) == ["one?", "one."]
    assert len(conversation.messages[0].versions) == 1


def test_a_reply_that_has_not_ended_is_neither_continued_nor_asked_again() -> None:
    conversation = talk("one?", "on")
    reply = conversation.messages[1]
    conversation.go_on(reply)
    assert conversation.take_waiting() is reply
    conversation.go_on(reply)
    conversation.ask_again(reply)
    assert conversation.take_waiting() is None
    assert texts(conversation) == ["one?", "on"]
    assert len(conversation.messages[0].versions) == 1


def test_what_follows_a_deleted_turn_stays() -> None:
    conversation = talk("one?", "one.", "two?", "two.", "three?", "three.")
    conversation.edit(conversation.messages[4], "free?")
    answer(conversation, "free.")
    conversation.delete(conversation.messages[2])
    assert texts(conversation) == ["one?", "one.", "free?", "free."]
    conversation.messages[1].shown = 0
    assert texts(conversation) == ["one?", "one.", "three?", "three."]
    reply = conversation.messages[-1]
    reply.parts = []
    assert [message.text for message in conversation.before(reply)] == ["one?", "one.", "three?"]
    for _ in range(3):
        conversation.delete(conversation.messages[0])
    assert texts(conversation) == []


# {% if cookiecutter.feedback != "none" %}
def test_a_message_is_found_by_its_id_in_every_version_until_it_is_deleted() -> None:
    conversation = talk("one?", "one.")
    question, reply = conversation.messages
    conversation.edit(question, "won?")
    assert conversation.message(reply.id) is reply
    conversation.delete(question)
    assert conversation.message(reply.id) is None


# {% endif %}
def test_deleting_a_version_shows_another() -> None:
    conversation = talk("one?", "one.")
    conversation.edit(conversation.messages[0], "won?")
    answer(conversation, "won.")
    conversation.delete(conversation.messages[0])
    assert texts(conversation) == ["one?", "one."]
