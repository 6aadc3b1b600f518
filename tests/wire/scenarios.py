"""The scenarios, written once for every wire format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from .reply import ERRORS, Reply

TEXT = 'Hello 👋 from the **test server**:\n\n```python\nprint("Grüße, 世界")\n```\n\nThat is it.\n'
REASONING = "The person greets me, so I greet back."
CHUNKS = 8

ENDINGS = {"max_tokens": "length", "content_filter": "blocked", "failed": "failed"}
# These send the first half of the text.
HALVES = {"stall", "drop", "error_event", "cut_off", *ENDINGS}
WHOLES = {"good", "echo", "reasoning", "garbage", "byte_by_byte", "split_emoji"}
STREAMS = frozenset({"silent", "empty", "refusal"} | HALVES | WHOLES)


class Halt(Enum):
    """A step after which nothing more is sent."""

    HOLD = auto()  # the connection stays open
    DROP = auto()  # the connection is closed in the middle of the response


@dataclass(frozen=True)
class Scenario:
    """One way to answer one request; the options are those of `Wire.play`."""

    name: str
    text: str = TEXT
    reasoning: str = REASONING
    chunks: int = CHUNKS
    rate: float | None = None
    until: int | None = None
    retry_after: float | None = None
    status: int | None = None
    dialect: str | None = None
    calls: tuple[tuple[str, str], ...] = (("get_time", '{"zone": "Europe/Paris"}'),)

    def __post_init__(self) -> None:
        """Refuse a name that is no scenario."""
        if self.name not in ERRORS | STREAMS | {"tools"}:
            raise ValueError(f"no scenario {self.name!r}")

    def steps(self, reply: Reply) -> Iterator[bytes | Halt]:
        """What is sent, one network chunk after the other."""
        if self.name == "byte_by_byte":
            yield from (bytes([byte]) for byte in b"".join(self._moments(reply)))
        elif self.name == "split_emoji":
            for chunk in self._moments(reply):
                # Behind the first byte of every character that has several.
                yield from re.split(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])", chunk)
        else:
            yield from self._moments(reply)

    def _moments(self, reply: Reply) -> Iterator[bytes | Halt]:
        if self.name == "silent":
            yield Halt.HOLD
        if start := reply.start():
            yield start
        if self.name == "refusal":
            yield reply.refuse()
            return
        if self.name in {"reasoning", "tools"}:
            yield from (reply.say("reasoning", piece) for piece in split(self.reasoning, self.chunks))

        text = f"You said: {reply.question()}" if self.name == "echo" else self.text
        pieces = [] if self.name == "empty" else split(text, self.chunks)
        half = len(pieces) // 2
        yield from (reply.say("text", piece) for piece in pieces[:half])
        if self.name == "garbage":
            yield reply.garbage
        if self.name not in HALVES:
            yield from (reply.say("text", piece) for piece in pieces[half:])

        match self.name:
            case "stall":
                yield Halt.HOLD
            case "drop":
                yield Halt.DROP
            case "error_event":
                yield reply.error_event()
            case "cut_off":
                pass
            case "tools":
                yield from reply.calls(self.calls)
                yield reply.finish("tools")
            case _:
                yield reply.finish(ENDINGS.get(self.name, "complete"))


def split(text: str, chunks: int) -> list[str]:
    """The text in that many pieces of about the same length, none of them empty."""
    chunks = min(chunks, len(text))
    edges = [len(text) * i // max(chunks, 1) for i in range(chunks + 1)]
    return [text[a:b] for a, b in pairwise(edges)]


def first_half(text: str = TEXT, chunks: int = CHUNKS) -> str:
    """The part of the text that is sent by scenarios that stop half-way."""
    pieces = split(text, chunks)
    return "".join(pieces[: len(pieces) // 2])
