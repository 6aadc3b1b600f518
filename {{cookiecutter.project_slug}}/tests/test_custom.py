"""Your own function as a provider: of any kind, with any end."""

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import replace  # {% if cookiecutter.attachments != "none" or not cookiecutter.extra_providers %}
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from chat import settings
from chat.conversation.attachments.reading import read as read_file  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Message
from chat.conversation.parts import Text  # {% if cookiecutter.attachments != "none" %}
from chat.providers import Chunk, ProviderError, Request
from chat.providers.custom import BROKEN, FAILED, Question, ReplyError, stream
from chat.replies.answering import (
    answer,  # {% if cookiecutter.attachments != "none" %}
    api,
)
from chat.replies.reply import background_loop
from tests.conftest import HANG_SECONDS, new_page
from tests.test_attachments import file  # {% if cookiecutter.attachments != "none" %}
from tests.test_page import choose, click, shown

PROVIDER = settings.PROVIDERS["custom"]  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
T = TypeVar("T")
Own = Callable[[Callable[[Question], object]], None]


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Own:
    """Puts a function in place of the one in my_reply.py."""
    return lambda reply: monkeypatch.setitem(sys.modules, "my_reply", SimpleNamespace(reply=reply))


def request() -> Request:
    return Request(PROVIDER, "any", "Be brief.", 100, messages=[Message.saying("user", "Hello")])


def read() -> list[Chunk]:
    async def read() -> list[Chunk]:
        return [chunk async for chunk in stream(request())]

    return on_the_loop(read())


def on_the_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine on the loop of all replies."""
    return asyncio.run_coroutine_threadsafe(coroutine, background_loop).result(HANG_SECONDS)


def generator(question: Question) -> Iterator[str | Chunk]:
    yield from ["Hello ", Chunk("there")]


async def asynchronous(question: Question) -> AsyncGenerator[str | Chunk]:
    yield "Hello "
    await asyncio.sleep(0)
    yield Chunk("there")


async def coroutine(question: Question) -> str:
    await asyncio.sleep(0)
    return "Hello there"


@pytest.mark.parametrize(
    "reply",
    [
        generator,
        asynchronous,
        coroutine,
        lambda question: "Hello there",
        lambda question: Chunk("Hello there"),
        lambda question: map(str, ["Hello ", "there"]),
        lambda question: asynchronous(question),
    ],
)
def test_any_kind_of_function_answers(own: Own, reply: Callable[[Question], object]) -> None:
    own(reply)
    *chunks, end = read()
    assert "".join(chunk.text for chunk in chunks) == "Hello there"
    assert end == Chunk(stop_reason="complete")


def test_it_may_say_itself_why_it_ends(own: Own) -> None:
    own(lambda question: iter(["Hel", Chunk(stop_reason="max_tokens")]))
    assert [chunk.stop_reason for chunk in read()] == [None, "max_tokens"]


def test_a_sentence_of_its_own_is_told(own: Own) -> None:
    def reply(question: Question) -> Iterator[str]:
        yield "Hel"
        raise ReplyError("The library is closed on Sundays.")

    own(reply)
    with pytest.raises(ProviderError) as raised:
        read()
    assert raised.value.sentence == "The library is closed on Sundays."


@pytest.mark.parametrize(
    "reply", [lambda question: 1 / 0, lambda question: sys.exit(question.text), lambda _: [1], print]
)
def test_any_other_end_is_one_sentence_and_a_line_of_the_log_without_words(
    own: Own, reply: Callable[[Question], object], caplog: pytest.LogCaptureFixture
) -> None:
    own(reply)
    with pytest.raises(ProviderError) as raised:
        read()
    assert raised.value.sentence == FAILED
    (record,) = caplog.records
    assert record.message == "my_reply.py failed"
    assert "Hello" not in str(vars(record)["facts"])


@pytest.mark.parametrize("error", [SystemExit, asyncio.CancelledError, ValueError])
def test_asynchronous_code_takes_no_other_reply_along(own: Own, error: type[BaseException]) -> None:
    async def reply(question: Question) -> str:
        raise error

    own(reply)
    with pytest.raises(ProviderError):
        read()


def test_what_cannot_be_imported_is_named_in_the_log(own: Own, caplog: pytest.LogCaptureFixture) -> None:
    def reply(question: Question) -> str:
        return import_module("a_package_that_is_not_there").__name__

    own(reply)
    with pytest.raises(ProviderError) as raised:
        read()
    assert raised.value.sentence == BROKEN
    assert "a_package_that_is_not_there" in str(vars(caplog.records[0])["facts"])


def test_stop_waits_for_nothing_and_is_heard_at_the_next_yield(own: Own) -> None:
    begun, go_on, cleaned = threading.Event(), threading.Event(), threading.Event()
    stopped = []

    def reply(question: Question) -> Iterator[str]:
        try:
            yield "one "
            begun.set()
            go_on.wait(HANG_SECONDS)
            stopped.append(question.stopped)
            yield "two"
        finally:
            cleaned.set()

    async def stop() -> str:
        async with aclosing(stream(request())) as chunks:
            chunk = await anext(chunks)
            await asyncio.to_thread(begun.wait, HANG_SECONDS)
        assert not cleaned.is_set()
        return chunk.text

    own(reply)
    assert on_the_loop(stop()) == "one "
    go_on.set()
    assert cleaned.wait(HANG_SECONDS)
    assert stopped == [True]


def test_stop_ends_asynchronous_code_where_it_waits(own: Own) -> None:
    cleaned = threading.Event()

    async def reply(question: Question) -> AsyncGenerator[str]:
        try:
            yield "one "
            await asyncio.sleep(HANG_SECONDS)
        finally:
            cleaned.set()

    async def stop() -> None:
        waiting = asyncio.create_task(read_all())
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async def read_all() -> list[Chunk]:
        return [chunk async for chunk in stream(request())]

    own(reply)
    on_the_loop(stop())
    assert cleaned.is_set()


# {% if not cookiecutter.extra_providers %}
@pytest.mark.usefixtures("scripted")
def test_one_of_several_models_can_be_chosen(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    own(lambda question: f"It is {question.model}.")
    monkeypatch.setattr(api, "stream", stream)
    monkeypatch.setattr(settings, "PROVIDER", replace(PROVIDER, models=("quick", "thorough")))
    page = new_page().run()
    next(box for box in page.selectbox if box.label == "Model").set_value("thorough").run()
    page.chat_input[0].set_value("Which?").run()
    assert shown(page) == ["Which?", "It is thorough."]


# {% endif %}
# {% if cookiecutter.attachments != "none" %}
def test_files_are_handed_over_as_they_came(own: Own) -> None:
    # {% if cookiecutter.attachments == "images_and_documents" %}
    attached = [read_file("cat.png", file()), read_file("notes.txt", b"Cats sleep.")]
    # {% else %}
    attached = [read_file("cat.png", file())]
    # {% endif %}
    questions: list[Question] = []

    async def ask() -> None:
        message = Message("user", [*attached, Text("What is this?")])
        async for _ in answer(replace(request(), messages=[message])):
            pass

    own(lambda question: questions.append(question) or "A cat.")
    on_the_loop(ask())
    (question,) = questions
    assert (question.text, [*question.attachments]) == ("What is this?", attached)


# {% endif %}
@pytest.mark.usefixtures("scripted")
def test_on_the_page_it_is_told_what_is_known_and_may_fail(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[Question] = []

    def reply(question: Question) -> Iterator[str]:
        questions.append(question)
        yield "Hel"
        if len(questions) == 2:
            raise ValueError("a secret")
        yield "lo"

    own(reply)
    monkeypatch.setattr(api, "stream", stream)
    page = new_page().run()
    page.selectbox[0].set_value("custom").run()  # {% if cookiecutter.extra_providers %}
    for text in ("One?", "Two?"):
        page.chat_input[0].set_value(text).run()
    assert shown(page) == ["One?", "Hello", "Two?", "Hel"]
    assert page.error[0].value == FAILED
    first, second = questions
    assert (first.text, second.text) == ("One?", "Two?")
    assert [message.text for message in second.messages] == ["One?", "Hello", "Two?"]
    assert first.conversation == second.conversation == page.query_params["c"]
    assert first.person == second.person != ""  # {% if cookiecutter is owned %}
    choose(page, "Details", 1)
    assert "a secret" not in page.text[-1].value
    click(page, "Regenerate")
    assert shown(page)[-1] == "Hello"
