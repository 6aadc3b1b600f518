"""What every wire format has in common: a reply made of blocks of reasoning and text."""

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Set
from hashlib import sha256
from typing import Any

from starlette.responses import JSONResponse

ERRORS = frozenset({"auth", "not_found", "context", "rate_limit", "quota", "overloaded"})
INPUT_TOKENS = 12
REFUSAL = "I can't help with that."


def sse(data: dict[str, Any] | str, event: str | None = None) -> bytes:
    """One server-sent event; text stays UTF-8, so that an emoji is four bytes on the wire."""
    if not isinstance(data, str):
        data = json.dumps(data, ensure_ascii=False)
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {data}\n\n".encode()


def signature(*texts: str) -> str:
    """What a vendor puts beside a thought or a call, and wants back beside the same."""
    # Base64, as they all have it; of these digits it is the same in every alphabet.
    return b64encode(sha256("\0".join(texts).encode()).hexdigest().encode()).decode()


def is_object(arguments: str) -> bool:
    """Whether the arguments of a call are JSON, and an object."""
    try:
        return isinstance(json.loads(arguments), dict)
    except ValueError:
        return False


class Reply(ABC):
    """One reply to one request. A subclass spells it in the wire format of one vendor."""

    base_path = ""  # what an SDK's base URL ends in
    reply_path: str  # the path that is asked for a reply
    lists: tuple[tuple[str, Callable[[list[str]], dict[str, Any]]], ...] = ()  # path, body of ids
    media_type = "text/event-stream"
    garbage = b"event: \xff\xfe\ndata: {\xff<html>\n\n"
    errors: Set[str] = ERRORS  # the scenarios that fail before a stream begins

    def __init__(self, body: dict[str, Any], model: str, dialect: str | None) -> None:
        self.body = body
        self.model = model
        self.dialect = dialect
        self.kind: str | None = None  # of the open block: "reasoning", "text" or "call"
        self.index = -1  # of the open block
        self.said = ""  # in the open block
        self.tokens = {"reasoning": 0, "text": 0, "call": 0}
        self.called = ("", "")  # id and name of the open call

    @property
    def output_tokens(self) -> int:
        """Each piece counts as one token; reasoning is output too."""
        return sum(self.tokens.values())

    def turns(self) -> Any:
        """The conversation in the request."""
        return self.body["messages"]

    def question(self) -> str:
        """The text of the last user message."""
        turns = self.turns()
        if isinstance(turns, str):
            return turns
        last = next(turn for turn in reversed(turns) if turn["role"] == "user")
        content = last.get("content") or last.get("parts")
        if isinstance(content, str):
            return content
        return "".join(part.get("text", "") for part in content)

    def say(self, kind: str, text: str) -> bytes:
        """One more piece of "reasoning" or "text", in a new block where the kind changes."""
        events = b""
        if kind != self.kind:
            events = self._begin_block(kind)
        self.said += text
        self.tokens[kind] += 1
        return events + self.delta(text)

    def calls(self, calls: Iterable[tuple[str, str]]) -> Iterator[bytes]:
        """Calls of tools, each a name and its arguments, which come in two pieces."""
        for number, (name, arguments) in enumerate(calls):
            ended = self._end_block()
            self.called = (self.call_id(number), name)
            yield ended + self._begin_block("call")
            half = len(arguments) // 2
            for piece in (arguments[:half], arguments[half:]):
                yield self.say("call", piece)

    def call_id(self, number: int) -> str:
        """The id of a call, which no other has in the conversation."""
        return f"call_{len(self.turns())}_{number}"

    def finish(self, reason: str) -> bytes:
        """End the reply: reason is "complete", "tools", "length", "blocked" or "failed"."""
        return self._end_block() + self.stop(reason)

    def _begin_block(self, kind: str) -> bytes:
        events = self._end_block()
        self.kind, self.index, self.said = kind, self.index + 1, ""
        return events + self.open_block()

    def _end_block(self) -> bytes:
        events = self.close_block() if self.kind else b""
        self.kind = None
        return events

    def refused_parameter(self) -> JSONResponse | None:
        """The error for a parameter of the request that this vendor does not take."""
        return None

    def broken_rule(self) -> str | None:
        """What the vendor says of calls and results in the conversation, where they are not as it demands."""
        return None

    @abstractmethod
    def bad_request(self, message: str) -> JSONResponse:
        """The response to a request that breaks a rule."""

    @abstractmethod
    def start(self) -> bytes:
        """What is sent before the first block."""

    def open_block(self) -> bytes:
        """The beginning of a block."""
        return b""

    @abstractmethod
    def delta(self, text: str) -> bytes:
        """A piece of the open block."""

    def close_block(self) -> bytes:
        """The end of the open block."""
        return b""

    @abstractmethod
    def stop(self, reason: str) -> bytes:
        """Stop reason and usage, after the last block."""

    @abstractmethod
    def refuse(self) -> bytes:
        """All that follows `start` where the question is blocked."""

    @abstractmethod
    def error_event(self) -> bytes:
        """An error in the middle of the stream."""

    @abstractmethod
    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        """The response to a request that fails; kind is one of `errors`."""
