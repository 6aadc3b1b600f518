"""How much of a conversation is sent if all of it is too long for the model."""

import asyncio
from dataclasses import replace

import pytest

from chat import settings
from chat.conversation.messages import CONTINUE, Message
from chat.providers import Chunk, ProviderError, Request
from chat.replies.answering import answer
from chat.replies.context import fitting, total
from tests.conftest import ScriptedProvider

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


def conversation(turns: int, text: str = "word ") -> list[Message]:
    earlier = [Message.saying(role, text) for _ in range(turns) for role in ("user", "assistant")]
    return [*earlier, Message.saying("user", "and now?")]


def request(messages: list[Message], context_tokens: int) -> Request:
    provider = replace(PROVIDER, context_tokens=context_tokens)
    return Request(provider, "any", "Be brief.", max_tokens=100, messages=messages)


def read(request: Request) -> list[Chunk]:
    async def read() -> list[Chunk]:
        return [chunk async for chunk in answer(request)]

    return asyncio.run(read())


def test_the_oldest_turns_of_a_long_one_are_left_out() -> None:
    messages = conversation(50, "word " * 10)
    kept = fitting(messages, 900)
    assert 10 < len(kept) < len(messages)
    assert kept == messages[-len(kept) :]
    assert kept[0].role == "user"


def test_the_question_is_always_sent() -> None:
    messages = [*conversation(5), Message.saying("assistant", "yes"), Message.saying("user", "word " * 5000)]
    assert fitting(messages, 900) == messages[-1:]


def test_turns_are_not_torn() -> None:
    messages = conversation(2)
    assert fitting(messages, total(messages[1:])) == messages[2:]
    assert fitting(messages, total(messages[3:])) == messages[-1:]


def test_to_go_on_with_a_long_reply_a_model_is_sent_its_question_and_its_end(scripted: ScriptedProvider) -> None:
    question, reply = Message.saying("user", "Count."), Message.saying("assistant", " ".join(map(str, range(5000))))
    messages = [*conversation(2)[:-1], question, reply, Message.saying("user", CONTINUE)]
    scripted.replies.append([ProviderError("context")])
    scripted.will_say("5000")
    read(request(messages, context_tokens=1000))
    for sent in (asked.messages for asked in scripted.requests):
        assert [sent[0].text, sent[2].text] == ["Count.", CONTINUE]
        assert sent[1].text
        assert reply.text.endswith(sent[1].text)
    assert total(scripted.requests[1].messages) < total(scripted.requests[0].messages) < 1000


def test_what_is_too_long_in_every_way_fails(scripted: ScriptedProvider) -> None:
    messages = [
        Message.saying("user", "word " * 5000),
        Message.saying("assistant", "word " * 5000),
        Message.saying("user", CONTINUE),
    ]
    for _ in range(10):
        scripted.replies.append([ProviderError("context")])
    with pytest.raises(ProviderError):
        read(request(messages, context_tokens=1000))


def test_where_the_count_was_too_low_less_is_sent(scripted: ScriptedProvider) -> None:
    scripted.replies.append([ProviderError("context")])
    scripted.replies.append([ProviderError("context")])
    scripted.will_say("Here.")
    chunks = read(request(conversation(10), context_tokens=100_000))
    assert [len(asked.messages) for asked in scripted.requests] == [21, 9, 3]
    assert [chunk.left_out for chunk in chunks if chunk.left_out] == [12, 18]
    assert "".join(chunk.text for chunk in chunks) == "Here."
