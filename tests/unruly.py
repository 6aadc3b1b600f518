"""The my_reply.py of an app under test: a question names what its reply does."""

import threading
import time
import weakref
from collections.abc import AsyncGenerator, Callable, Iterator

from chat.providers import Chunk
from chat.providers.custom import Question, ReplyError

released, closed = threading.Event(), threading.Event()
taken: list[weakref.ref["Large"]] = []


class Large(bytearray):
    """Memory that can be seen to be given back."""


def reply(question: Question) -> object:
    """What the question names."""
    return CASES[question.text](question)


def blocks(question: Question) -> str:
    """Never yields."""
    released.wait()
    return "too late"


def yields(question: Question) -> Iterator[str]:
    """Ten thousand pieces."""
    for number in range(10_000):
        yield f"{number} "


def goes_on(question: Question) -> Iterator[str]:
    """Yields until it is stopped."""
    try:
        while True:
            yield "word "
            time.sleep(0.05)
    finally:
        closed.set()


async def goes_on_asynchronously(question: Question) -> AsyncGenerator[str]:
    """The same, on the loop of all replies."""
    for text in goes_on(question):
        yield text


def raises(question: Question) -> Iterator[str]:
    """Fails in the middle."""
    yield "The first half. "
    raise ValueError("canary of an exception")


def refuses(question: Question) -> Iterator[str]:
    """Fails in the middle, with a sentence."""
    yield "The first half. "
    raise ReplyError("The library is closed on *Sundays*.")


def prints(question: Question) -> Iterator[str]:
    """Prints as it goes."""
    print("canary of a print", flush=True)
    yield "It is printed."


def takes_memory(question: Question) -> Iterator[str]:
    """A hundred megabytes, as long as it runs."""
    memory = Large(100_000_000)
    taken.append(weakref.ref(memory))
    yield "It is taken. "
    yield f"{len(memory):,} bytes."


def thinks(question: Question) -> Iterator[Chunk]:
    """Says what it thought, and why it ends."""
    yield Chunk(reasoning="Let me see.")
    yield Chunk("Half of it")
    yield Chunk(stop_reason="max_tokens")


CASES: dict[str, Callable[[Question], object]] = {
    "Block": blocks,
    "Go on": lambda question: released.set() or "released",
    "Yield": yields,
    "Never end": goes_on,
    "Never end, asynchronously": goes_on_asynchronously,
    "Was it told?": lambda question: f"closed: {closed.wait(100)}",
    "Raise": raises,
    "Refuse": refuses,
    "Print": prints,
    "Take memory": takes_memory,
    "Is it given back?": lambda question: (
        f"still taken: {sum(memory() is not None for memory in taken)} of {len(taken)}"
    ),
    "Think": thinks,
    "Exit": lambda question: exit("canary of an exit"),
}
