"""A reply goes on whatever the page does, and ends when it is told to."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable

from streamlit.testing.v1 import AppTest

from chat.conversation.messages import Message
from chat.conversation.parts import Reasoning
from chat.history.conversations import changing
from chat.providers import Chunk
from chat.replies.reply import UNHURRIED, Reply, running
from tests.conftest import HANG_SECONDS, ScriptedProvider
from tests.test_page import ask, click, delete, shown

END = "the end"


class Pen:
    """A provider that writes a word when told to."""

    def __init__(self) -> None:
        self.words: deque[str] = deque()
        self.closed = threading.Event()

    def end(self) -> None:
        """Write no more."""
        self.words.append(END)

    async def chunks(self) -> AsyncGenerator[Chunk]:
        """The reply."""
        try:
            while True:
                while self.words:
                    word = self.words.popleft()
                    if word is END:
                        yield Chunk(stop_reason="complete")
                        return
                    yield Chunk(word)
                await asyncio.sleep(0.01)
        finally:
            self.closed.set()


def begin(message: Message, chunks: AsyncGenerator[Chunk]) -> Reply:
    """Start a reply that nobody saves."""
    return Reply(message, chunks)  # {% if not cookiecutter is stored %}
    return Reply(message, chunks, save=lambda _: None)  # {% if cookiecutter is stored %}


def wait_until(condition: Callable[[], object]) -> None:
    limit = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < limit, "the condition never held"
        time.sleep(0.01)


def test_any_number_of_pages_may_follow_at_any_time() -> None:
    pen, message = Pen(), Message("assistant")
    reply = begin(message, pen.chunks())
    pen.words.append("one ")
    early = reply.follow()
    wait_until(lambda: next(early) == "one ")
    late = reply.follow()
    assert next(late) == "one "
    early.close()  # a page that is gone
    pen.words += ["two", END]
    *_, last = late
    assert last == message.text == "one two"
    assert message.status == "complete"
    assert message.stop_reason == "complete"
    assert list(reply.follow()) == ["one two"]
    wait_until(lambda: message.id not in running)


def test_what_was_thought_is_kept_apart_and_timed() -> None:
    async def chunks() -> AsyncGenerator[Chunk]:
        yield Chunk(reasoning="Hm. ")
        yield Chunk(reasoning="Yes.")
        await asyncio.sleep(0.05)
        yield Chunk("Paris.")
        yield Chunk(stop_reason="complete")

    message = Message("assistant")
    *_, text = begin(message, chunks()).follow()
    thoughts = message.parts[0]
    assert isinstance(thoughts, Reasoning)
    assert (text, thoughts.text) == ("Paris.", "Hm. Yes.")
    assert thoughts.seconds
    assert message.first_token_seconds is not None
    assert message.first_token_seconds + thoughts.seconds <= message.seconds


def test_a_character_that_comes_in_halves_is_whole() -> None:
    async def chunks() -> AsyncGenerator[Chunk]:
        for text in ("a\ud83d", "\ude00b\0", "\ude00", "\ud83d"):
            yield Chunk(text, reasoning=text)
        yield Chunk(stop_reason="complete")

    message = Message("assistant")
    *_, _ = begin(message, chunks()).follow()
    assert [part.to_dict()["text"] for part in message.parts] == ["a\U0001f600b\ufffd\ufffd"] * 2


def test_a_silent_reply_still_lets_its_page_react() -> None:
    pen = Pen()
    reply = begin(Message("assistant"), pen.chunks())
    follower = reply.follow()
    assert [next(follower) for _ in range(3)] == ["", "", ""]
    reply.stop()


def test_stop_keeps_what_came_and_closes_the_provider() -> None:
    pen, message = Pen(), Message("assistant")
    reply = begin(message, pen.chunks())
    pen.words.append("one ")
    wait_until(lambda: message.text)
    reply.stop()
    assert list(reply.follow()) == ["one "]
    assert message.status == "stopped"
    assert pen.closed.wait(HANG_SECONDS)


def test_among_many_no_word_is_lost_and_one_that_is_stopped_ends() -> None:
    pens = [Pen() for _ in range(UNHURRIED + 2)]
    replies = [begin(Message("assistant"), pen.chunks()) for pen in pens]
    for word in ("one ", "two ", "three"):
        for pen in pens:
            pen.words.append(word)
        time.sleep(0.03)
    replies[0].stop()
    assert pens[0].closed.wait(HANG_SECONDS)
    for pen in pens[1:]:
        pen.end()
    assert [list(reply.follow())[-1] for reply in replies[1:]] == ["one two three"] * (len(pens) - 1)


def test_a_reply_that_is_stopped_before_it_began_ends_too() -> None:
    message = Message("assistant")
    reply = begin(message, Pen().chunks())
    reply.stop()
    assert list(reply.follow()) == [""]
    assert message.id not in running


def test_what_a_deleted_turn_takes_along_ends(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    conversation = page.session_state["conversation"]
    with changing(conversation):
        later = conversation.messages[1].add(Message.saying("user", "How many live there?")).wait()
        later.status = "streaming"
    begin(later, Pen().chunks())
    scripted.will_say("It is Paris.")
    click(page, "Regenerate")
    assert later.id in running
    delete(page)
    assert shown(page) == []
    assert later.id not in running
