"""A reply with tool calls: the model's text, its calls, and its text after their results."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Set
from contextlib import aclosing
from dataclasses import replace

from chat import settings
from chat.conversation.calls import ToolCall
from chat.conversation.messages import Message, new_id
from chat.conversation.text import well_formed
from chat.log import about
from chat.providers import Chunk, ProviderError, Request, Stream
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}
from chat.replies.calls import from_outside  # {% if cookiecutter is reading %}
from chat.replies.fallback import instead  # {% if cookiecutter.extra_providers %}
from chat.tools.calling import Offered
from chat.tools.offered import offered
from chat.tools.servers import known  # {% if cookiecutter.tools == "mcp" %}

log = logging.getLogger(__name__)

TOO_MANY = "The model called tools {rounds} times in a row. Press Continue to let it go on."


async def with_tools(stream: Stream, request: Request, reply: Message, always: Set[str]) -> AsyncGenerator[Chunk]:
    """The chunks of `stream` for a request, then for the same request with the results of its calls, and so on.

    If a call needs a person's approval, this ends, and the reply waits in the conversation. After the decision, this
    starts again with that reply.

    Args:
        stream: the next link of the chain.
        request: the request.
        reply: the message to fill; its waiting calls have been allowed.
        always: the fingerprints of the tools that may be called without asking.  # {% if not cookiecutter is reading %}
        # {% if cookiecutter is reading %}
        always: the fingerprints of the tools that may be called without asking, until something from outside was read.
        # {% endif %}

    Raises:
        ProviderError: if a link below fails, or if there are too many rounds.
    """
    await known()  # {% if cookiecutter.tools == "mcp" %}
    tools = offered()
    request = replace(request, tools=tuple(each.tool for each in tools.values()))
    asked = request.messages[: request.messages.index(reply)] if reply in request.messages else request.messages
    calls, rounds = [call for call in reply.calls if call.status == "waiting"], 0
    while True:
        if calls:
            # {% if cookiecutter is reading %}
            always = set() if from_outside([*asked, reply]) else always
            # {% endif %}
            async with aclosing(called(calls, tools, always)) as chunks:
                async for chunk in chunks:
                    yield chunk
            if reply.undecided:
                return
            request = replace(request, messages=[*asked, reply])
        calls, stop_reason = [], None
        async with aclosing(stream(request)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk.part, ToolCall):
                    calls.append(as_new(chunk.part, reply))
                    chunk = replace(chunk, part=calls[-1])
                # {% if cookiecutter.extra_providers %}
                if chunk.instead:
                    request = instead(request, chunk.instead)
                # {% endif %}
                stop_reason = chunk.stop_reason or stop_reason
                yield replace(chunk, stop_reason=None) if chunk.stop_reason else chunk
        if not calls:
            yield Chunk(stop_reason="complete" if stop_reason == "tools" else stop_reason)
            return
        rounds += 1
        if rounds > settings.TOOL_ROUNDS:
            for call in calls:
                yield Chunk(part=replace(call, status="failed", result="Not called: there were too many calls."))
            raise ProviderError("rounds", sentence=TOO_MANY.format(rounds=settings.TOOL_ROUNDS))


def as_new(call: ToolCall, reply: Message) -> ToolCall:
    """A new call, with an id that is unique in its reply."""
    taken = {each.id for each in reply.calls}
    own = new_id() if not call.id or call.id in taken else well_formed(call.id)
    return replace(call, id=own, name=well_formed(call.name), arguments=well_formed(call.arguments))


async def called(calls: Iterable[ToolCall], tools: Mapping[str, Offered], always: Set[str]) -> AsyncGenerator[Chunk]:
    """Calls as they begin and, concurrently, as they end; those that need approval wait."""
    tasks: list[asyncio.Task[ToolCall]] = []
    try:
        for call in calls:
            tool = tools.get(call.name)
            if not tool:
                wrong = f"There is no tool {call.name}. There are: {', '.join(tools)}."
                yield Chunk(part=replace(call, status="failed", result=wrong))
            elif not is_object(call.arguments):
                yield Chunk(part=replace(call, status="failed", result="The arguments are not a JSON object."))
            elif tool.needs_approval and tool.fingerprint not in {*always, call.allowed and call.fingerprint}:
                yield Chunk(part=replace(call, status="waiting", allowed="", fingerprint=tool.fingerprint))
            else:
                begun = replace(call, status="running")  # {% if cookiecutter.tools != "mcp" %}
                begun = replace(call, status="running", server=tool.server)  # {% if cookiecutter.tools == "mcp" %}
                yield Chunk(part=begun)
                tasks.append(asyncio.create_task(made(begun, tool)))
        for task in asyncio.as_completed(tasks):
            yield Chunk(part=await task)
    finally:
        for task in tasks:
            task.cancel()


def is_object(arguments: str) -> bool:
    """Whether a model wrote a JSON object, or nothing, as some do without arguments."""
    try:
        return isinstance(json.loads(arguments or "{}"), dict)
    except ValueError:
        return False


async def made(call: ToolCall, tool: Offered) -> ToolCall:
    """A call with its result."""
    began = time.monotonic()
    status, result = await tool.call(call.arguments)
    ended = replace(call, status=status, result=result, seconds=time.monotonic() - began)
    log.info("tool called", extra=about(tool=call.name, status=status, seconds=round(ended.seconds, 3)))
    telemetry.called(ended)  # {% if cookiecutter.telemetry != "none" %}
    return ended
