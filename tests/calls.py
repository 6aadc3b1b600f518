"""Run in the folder of a bake with several providers and tools: asks one of them, and prints the outcome.

Each line of standard input is settings, or a request: its `provider` and its `tools`, by name, and its `messages`, each
a role and its parts. Each outcome is a line of JSON: the parts in order, the stop reason, and a failure with its text.
"""

import asyncio
import json
import sys
from typing import Any

sys.path.insert(0, ".")

from chat import settings
from chat.conversation.export import part_of
from chat.conversation.messages import Message
from chat.conversation.parts import Reasoning, Text
from chat.providers import ProviderError, Request, Tool, switch

SCHEMA = {
    "type": "object",
    "properties": {"zone": {"type": "string", "description": "Such as Europe/Paris."}},
    "required": ["zone"],
}


def request(asked: dict[str, Any]) -> Request:
    """The request that a line asks for."""
    provider = settings.PROVIDERS[asked["provider"]]
    return Request(
        provider,
        provider.model,
        "Be brief.",
        100,
        tools=tuple(Tool(name, "The time in a zone.", SCHEMA) for name in asked["tools"]),
        messages=[Message(role, [part_of(values) for values in parts]) for role, parts in asked["messages"]],
    )


async def outcome(asked: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a request."""
    said = Message("assistant")
    stop_reason, failure, detail = None, None, ""
    try:
        async for chunk in switch.stream(request(asked)):
            said.grow(Reasoning, chunk.reasoning)
            said.grow(Text, chunk.text)
            if chunk.part:
                said.parts.append(chunk.part)
            stop_reason = chunk.stop_reason or stop_reason
            detail = chunk.detail or detail
    except ProviderError as error:
        failure, detail = error.kind, f"{error.sentence} {error.detail}"
    parts = [part.to_dict() for part in said.parts]
    return {"parts": parts, "stop_reason": stop_reason, "kind": failure, "detail": detail}


async def main() -> None:
    """Answer line by line, on the one event loop that the clients belong to."""
    prepared = set()
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        if "provider" in asked:
            if asked["provider"] not in prepared:
                prepared.add(asked["provider"])
                switch.prepare(settings.PROVIDERS[asked["provider"]])
            print(json.dumps(await outcome(asked)), flush=True)
        else:  # settings
            vars(settings).update(asked)


asyncio.run(main())
