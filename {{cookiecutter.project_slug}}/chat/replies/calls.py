"""How tools and earlier calls are sent to a model."""

import hashlib
from collections.abc import Iterable  # {% if cookiecutter is reading %}
from dataclasses import replace

from chat import settings
from chat.conversation.calls import Replay, ToolCall
from chat.conversation.messages import CONTINUE, Message
from chat.conversation.parts import Text
from chat.conversation.steps import Source  # {% if cookiecutter is reading %}
from chat.providers import Provider, Request

_unable: set[tuple[str, str]] = set()  # providers and models that have refused tools


def can_call(provider: Provider, model: str) -> bool:
    """Whether a model can call tools, as far as is known."""
    return provider.calls_tools and (provider.name, model) not in _unable


def note_refusal(request: Request) -> None:
    """Remember that the model of a request cannot call tools."""
    _unable.add((request.provider.name, request.model))


# {% if cookiecutter is reading %}
def from_outside(messages: Iterable[Message]) -> bool:
    """Whether messages contain text from outside: a server's result, or a web search's."""
    parts = [part for message in messages for part in message.parts]
    # {% if cookiecutter.tools == "mcp" %}
    if any(call.server and call.result and call.status != "declined" for call in parts if isinstance(call, ToolCall)):
        return True
    # {% endif %}
    return any(isinstance(part, Source) for part in parts)


# {% endif %}
def calls_as_sent(request: Request) -> Request:
    """A request as its model accepts it: without tools if it cannot call any, and with results marked as data.

    Another model's calls are described in words: their ids and signatures mean nothing to this one.
    """
    if request.tools and can_call(request.provider, request.model):
        told = f"{request.system_prompt}\n\n{settings.CALLING}".strip()
        request = replace(request, system_prompt=told)
    else:
        request = replace(request, tools=())
    messages = [turn_as_sent(message, request) for message in request.messages]
    if messages[-1].role == "assistant" and not messages[-1].calls:
        messages.append(Message.saying("user", CONTINUE))
    return replace(request, messages=messages)


def turn_as_sent(message: Message, request: Request) -> Message:
    """A message as the model of a request accepts it."""
    replays = [part for part in message.parts if isinstance(part, Replay)]
    if not message.calls and not replays:
        return message
    models = {(message.provider, message.model), *((part.provider, part.model) for part in replays)}
    if request.tools and models == {(request.provider.name, request.model)}:
        parts = [replace(part, result=as_data(part)) if isinstance(part, ToolCall) else part for part in message.parts]
        return replace(message, parts=parts)
    told = (in_words(part) if isinstance(part, ToolCall) else part for part in message.parts)
    return replace(message, parts=[part for part in told if not isinstance(part, Replay)])


def in_words(call: ToolCall) -> Text:
    """A call and its result in words, for a model that did not make it."""
    return Text(f"I called {call.name} with {call.arguments}, which gave:\n\n{as_data(call)}")


def as_data(call: ToolCall) -> str:
    """The result of a call between marks, which no result can contain, since they are derived from it."""
    mark = hashlib.sha256(call.result.encode()).hexdigest()[:16]
    return f"<data {mark}>\n{call.result}\n</data {mark}>"
