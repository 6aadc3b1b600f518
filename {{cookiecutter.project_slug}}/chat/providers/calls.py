"""Calls of tools, as every provider has them: a turn of the model that asks for results, and the results.

Such a turn is kept as the provider sent it, and goes back with the results: providers demand it whole and in order,
what the model thought before it called among it.
"""

import json  # {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
from collections.abc import Iterator
from contextlib import suppress  # {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
from dataclasses import (
    dataclass,
    replace,  # {% if cookiecutter is using("anthropic") %}
)
from typing import Any

from chat.conversation.calls import Replay, ToolCall
from chat.conversation.messages import Message, new_id
from chat.conversation.parts import Text
from chat.providers import Chunk, Request


@dataclass(frozen=True)
class Round:
    """A turn of the model as its provider sent it, and its calls with what came of them, in the same order."""

    items: list[dict[str, Any]]
    calls: list[ToolCall]


Turn = Message | Round


def turns_of(request: Request) -> Iterator[Turn]:
    """The messages of a request; in place of a reply with calls its rounds, and what was said after the last."""
    for message in request.messages:
        said, calls, waiting = [], [], False
        for part in message.parts:
            if isinstance(part, Text):
                said.append(part.text)
            elif isinstance(part, ToolCall):
                calls.append(part)
            elif isinstance(part, Replay):
                yield Round(part.items, calls)
                said, calls, waiting = [], [], bool(calls)
        if not any(isinstance(part, Replay) for part in message.parts):
            yield message
        elif said:
            yield Message.saying("assistant", "\n\n".join(said))
        elif waiting and message is not request.messages[-1]:  # some let no question follow on results
            yield Message.saying("assistant", "(This reply was stopped.)")


def failed(call: ToolCall) -> bool:
    """Whether what came of a call is no result."""
    return call.status != "done"


# {% if cookiecutter is using("openai", "openai_compatible") %}
def outcome(call: ToolCall) -> str:
    """What came of a call, for a model to which only words can tell a failure."""
    return f"Error: {call.result}" if failed(call) else call.result


# {% endif %}
# {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
def as_dict(arguments: str) -> dict[str, Any]:
    """The arguments of a call, where a provider wants them back as an object, which what a model writes may not be."""
    with suppress(ValueError):
        if isinstance(read := json.loads(arguments or "{}"), dict):
            return read
    return {"INVALID_JSON": arguments}


# {% endif %}
# {% if cookiecutter is using("anthropic") %}
def resume(request: Request, items: list[dict[str, Any]]) -> Request:
    """The request that has a turn gone on with which its provider paused."""
    paused = Replay(request.provider.name, request.model, items)
    return replace(request, messages=[*request.messages, Message("assistant", [paused])])


# {% endif %}
def kept(request: Request, items: list[dict[str, Any]], calls: list[tuple[str, str]]) -> list[Chunk]:
    """What a reply keeps of a turn that has ended: each call, a name and its arguments, and the turn as it was sent.

    Of a turn without calls it keeps that only after one with calls: what was thought belongs to all of them.
    """
    chunks = [Chunk(part=ToolCall(new_id(), name, arguments)) for name, arguments in calls]
    if chunks or request.messages[-1].role == "assistant":
        chunks.append(Chunk(part=Replay(request.provider.name, request.model, items)))
    return chunks
