"""Tool calls, as all providers have them: a turn of the model that needs results, and the results.

Such a turn is kept as the provider sent it, and goes back with the results: providers demand it complete and in order,
including the reasoning before a call.
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
    """A turn of the model as its provider sent it, and its calls with their results, in the same order."""

    items: list[dict[str, Any]]
    calls: list[ToolCall]


Turn = Message | Round


def turns_of(request: Request) -> Iterator[Turn]:
    """The messages of a request; a reply with calls becomes its rounds and the text after the last one."""
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
        elif waiting and message is not request.messages[-1]:  # some providers refuse a question right after results
            yield Message.saying("assistant", "(This reply was stopped.)")


def failed(call: ToolCall) -> bool:
    """Whether a call has no result."""
    return call.status != "done"


# {% if cookiecutter is using("openai", "openai_compatible") %}
def outcome(call: ToolCall) -> str:
    """The outcome of a call, for providers that mark failures only in words."""
    return f"Error: {call.result}" if failed(call) else call.result


# {% endif %}
# {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
def as_dict(arguments: str) -> dict[str, Any]:
    """The arguments of a call as an object, for providers that need one; a model may have written something else."""
    with suppress(ValueError):
        if isinstance(read := json.loads(arguments or "{}"), dict):
            return read
    return {"INVALID_JSON": arguments}


# {% endif %}
# {% if cookiecutter is using("anthropic") %}
def resume(request: Request, items: list[dict[str, Any]]) -> Request:
    """The request that continues a turn paused by its provider."""
    paused = Replay(request.provider.name, request.model, items)
    return replace(request, messages=[*request.messages, Message("assistant", [paused])])


# {% endif %}
def kept(request: Request, items: list[dict[str, Any]], calls: list[tuple[str, str]]) -> list[Chunk]:
    """What a reply keeps of a finished turn: each call (a name and its arguments), and the turn as it was sent.

    A turn without calls is kept only after one with calls: the reasoning belongs to all of them.
    """
    chunks = [Chunk(part=ToolCall(new_id(), name, arguments)) for name, arguments in calls]
    if chunks or request.messages[-1].role == "assistant":
        chunks.append(Chunk(part=Replay(request.provider.name, request.model, items)))
    return chunks
