"""The my_reply.py of an app under test: a question names what its reply does."""

import threading
import time
import weakref
from collections.abc import AsyncGenerator, Callable, Iterator

from chat.conversation.files import File
from chat.conversation.steps import Source, Step
from chat.providers import Chunk
from chat.providers.custom import Question, ReplyError

released, closed = threading.Event(), threading.Event()
taken: list[weakref.ref["Large"]] = []


class Large(bytearray):
    """Memory that can be weakly referenced."""


def reply(question: Question) -> object:
    """Do what the question names."""
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
    """Yields reasoning and a stop reason."""
    yield Chunk(reasoning="Let me see.")
    yield Chunk("Half of it")
    yield Chunk(stop_reason="max_tokens")


def never_ends_a_step(question: Question) -> Iterator[str | Chunk]:
    """Begins a step, and one within it, and ends neither."""
    yield Chunk(part=(outer := Step("Researching", "cats")))
    yield Chunk(part=Step("Opening", "a book", within=outer.id))
    yield "Nothing was found."


def fails_in_a_step(question: Question) -> Iterator[Chunk]:
    """Fails while a step runs."""
    yield Chunk(part=Step("Researching", "cats"))
    raise ValueError("canary of an exception")


def brings_odd_sources(question: Question) -> Iterator[str | Chunk]:
    """Sources with invalid or misleading addresses."""
    for address in ("not an address", "javascript:alert(1)", "https://bank.com@elsewhere.com", "//elsewhere.com/x", ""):
        yield Chunk(part=Source(f"<i>{address}</i>", address, "![a](https://elsewhere.com/a.png)"))
    yield "See [1], [2], [3], [4], [5] and [6]."


def hands_over(question: Question) -> Iterator[str | Chunk]:
    """A file to download."""
    yield "Here it is:"
    yield Chunk(part=File("../table.csv", b"city,people\nParis,2100000\n", "text/csv"))


def gives_odd_signs(question: Question) -> Iterator[str | Chunk]:
    """Characters that no database stores and no page draws."""
    yield "a\ud83d\0b"
    yield Chunk(part=(step := Step("a\ud83d\0b", "c\ud83d\0d")))
    yield Chunk(part=step.done("e\ud83d\0f"))
    yield Chunk(part=Source("g\ud83d\0h", "https://example.com/\ud83d\0", "i\0j"))


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
    "Is it given back?": lambda question: f"still taken: {[memory() for memory in taken]}",
    "Think": thinks,
    "Never end a step": never_ends_a_step,
    "Fail in a step": fails_in_a_step,
    "Bring sources": brings_odd_sources,
    "Hand over": hands_over,
    "Give odd signs": gives_odd_signs,
    "Give nothing": lambda question: None,
    "Exit": lambda question: exit("canary of an exit"),
}
