"""Chat Completions, which many providers and servers speak: https://platform.openai.com/docs/api-reference/chat."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4  # {% if cookiecutter is tooled %}

from chat import settings
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import StopReason, Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.calls import Round, Turn, as_dict, kept, outcome, turns_of  # {% if cookiecutter is tooled %}
from chat.providers.errors import expect_stream, failure, provider_error
from chat.providers.keys import api_key, base_url, problem
from chat.providers.sources import Sources  # {% if cookiecutter is stepped %}
from chat.providers.thinking import thoughts_apart

if TYPE_CHECKING:
    from openai import AsyncOpenAI


# For all other finish reasons, the reply is incomplete.
STOP_REASONS: dict[str, StopReason] = {
    "stop": "complete",
    "stop_sequence": "complete",
    "end_turn": "complete",
    "eos": "complete",
    "eos_token": "complete",
    "tool_calls": "complete",  # {% if cookiecutter is tooled %}
    "length": "max_tokens",
    "max_tokens": "max_tokens",
}
# {% if cookiecutter is tooled %}
# What is sent back with the text of a turn, under the names it came with, since some servers refuse others.
SENT_BACK = ("reasoning_content", "reasoning", "reasoning_details", "tool_calls")
# Those of them that come in pieces.
IN_PIECES = {"reasoning_content", "reasoning", "arguments", "text", "summary", "data"}
# {% endif %}


def prepare(provider: Provider) -> None:
    """Import the SDK and create the client: a second saved from the first question."""
    if not problem(provider):
        with suppress(Exception):  # the first reply reports a failure
            _ = client(api_key(provider), base_url(provider)).chat.completions


@lru_cache
def client(key: str, url: str | None) -> "AsyncOpenAI":
    """The client, created once: its connections stay open between replies."""
    from openai import AsyncOpenAI, Timeout

    timeout = Timeout(settings.SILENCE_SECONDS, connect=settings.CONNECT_SECONDS)
    # The SDK refuses an empty key, even for a server that needs none.
    return AsyncOpenAI(api_key=key or "none", base_url=url, timeout=timeout, max_retries=0)


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    return sorted([model.id async for model in client(api_key(provider), base_url(provider)).models.list()])


def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    return thoughts_apart(completion(request))


async def completion(request: Request) -> AsyncGenerator[Chunk]:
    """The same, with reasoning wherever the server leaves it."""
    provider = request.provider
    system = [{"role": "system", "content": request.system_prompt}] if request.system_prompt else []
    # {% if cookiecutter is tooled %}
    messages = [message for turn in turns_of(request) for message in messages_of(turn)]
    # {% elif cookiecutter.attachments == "none" %}
    messages = [{"role": message.role, "content": message.text} for message in request.messages]
    # {% else %}
    messages = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    extra: dict[str, Any] = {"messages": system + messages, provider.max_tokens_field: request.max_tokens}
    if provider.usage_on_request:
        extra["stream_options"] = {"include_usage": True}
    # {% if cookiecutter is tooled %}
    tools: list[dict[str, Any]] = [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.schema},
        }
        for tool in request.tools
    ]
    # {% if cookiecutter is searching %}
    if settings.WEB_SEARCH and provider.search_tool:
        tools.append({"type": provider.search_tool})
    # {% endif %}
    if tools:
        extra["tools"] = tools
    # {% endif %}
    # {% if cookiecutter is tempered %}
    if request.temperature is not None:
        extra["temperature"] = request.temperature
    # {% endif %}
    try:
        completions = client(api_key(provider), base_url(provider)).chat.completions
        async with completions.with_streaming_response.create(
            model=request.model,
            messages=[],  # in `extra`: the SDK checks them for 0.25 ms each, noticeable in a long conversation
            extra_body=extra,
            stream=True,
        ) as response:
            await expect_stream(response.http_response, provider)
            refused, usage, stop_reason = False, None, None
            turn: dict[str, Any] = {"role": "assistant", "content": ""}  # {% if cookiecutter is tooled %}
            sources = Sources(request)  # {% if cookiecutter is stepped %}
            async for data in events(response.iter_bytes()):
                if data == "[DONE]":  # the end, even without a reason
                    # {% if cookiecutter is tooled %}
                    if not stop_reason:
                        stop_reason = "tools" if "tool_calls" in turn else "complete"
                        for part in turn_of(request, turn):
                            yield part
                    # {% endif %}
                    yield Chunk(usage=usage, stop_reason=stop_reason or "complete")
                    usage = None
                    continue
                event = json.loads(data)
                if not isinstance(event, dict) or event.get("error") or event.get("object") == "error":
                    raise provider_error(event, provider)
                match event.get("usage"):  # some have the count so far in every chunk
                    case {"prompt_tokens": int(sent), "completion_tokens": int(said)}:
                        usage = Usage(sent, said)
                for choice in event.get("choices") or []:
                    match choice:
                        case {"delta": dict(delta)} | {"message": dict(delta)}:
                            refused = refused or bool(delta.get("refusal"))
                            # {% if cookiecutter is stepped %}
                            for annotation in delta.get("annotations") or []:
                                match annotation:
                                    case {"url_citation": {"url": str(url), **cited}}:
                                        sources.add(cited.get("title") or "", url, cited.get("content") or "")
                            # {% endif %}
                            for part in parts(delta):
                                turn["content"] += part.text  # {% if cookiecutter is tooled %}
                                yield part
                            # {% if cookiecutter is tooled %}
                            join(turn, {name: delta[name] for name in SENT_BACK if name in delta})
                            # {% endif %}
                    match choice:
                        case {"finish_reason": "error"}:
                            raise failure("overloaded", provider, data)
                        case {"finish_reason": str(reason)} if refused or reason == "content_filter":
                            raise failure("blocked", provider, reason)
                        # {% if cookiecutter is tooled %}
                        case {"finish_reason": str(reason)} if stop_reason is None:
                            stop_reason = STOP_REASONS.get(reason.lower(), "ended_early")
                            if stop_reason == "complete":
                                stop_reason = "tools" if "tool_calls" in turn else "complete"
                                for part in turn_of(request, turn):
                                    yield part
                            yield Chunk(stop_reason=stop_reason, detail=reason if stop_reason == "ended_early" else "")
                        # {% else %}
                        case {"finish_reason": str(reason)}:
                            stop_reason = STOP_REASONS.get(reason.lower(), "ended_early")
                            yield Chunk(stop_reason=stop_reason, detail=reason if stop_reason == "ended_early" else "")
                        # {% endif %}
            # {% if cookiecutter is stepped %}
            for source in sources.chunks():
                yield source
            # {% endif %}
            yield Chunk(usage=usage)
    except ProviderError:
        raise
    except Exception as error:
        raise provider_error(error, provider) from error


async def events(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The data of each server-sent event. The SDK's own stream does not tell whether the last one, `[DONE]`, came."""
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:") and (data := line[5:].strip()):
                yield data.decode()
    if rest.startswith(b"data:"):
        yield rest[5:].strip().decode()


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> str | list[dict[str, Any]]:
    """The text of a message, or its parts if it has images."""
    if not images:
        return text
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": f"data:{image.type};base64,{image.base64}"}} for image in images
    ]
    return [*parts, {"type": "text", "text": text}] if text else parts


# {% endif %}
# {% if cookiecutter is tooled %}
def messages_of(turn: Turn) -> list[dict[str, Any]]:
    """A message; for a round, the model's with its calls, then one for each result."""
    if not isinstance(turn, Round):
        # {% if cookiecutter.attachments == "none" %}
        return [{"role": turn.role, "content": turn.text}]
        # {% else %}
        return [{"role": turn.role, "content": content(turn.text, turn.attachments)}]
        # {% endif %}
    results = [
        {"role": "tool", "tool_call_id": asked["id"], "content": outcome(call)}
        for asked, call in zip(turn.items[0].get("tool_calls", []), turn.calls, strict=True)
    ]
    return [*turn.items, *results]


def join(whole: dict[str, Any], piece: dict[str, Any]) -> None:
    """Add a piece to the previous ones."""
    for name, value in piece.items():
        match value:
            case str() if name in IN_PIECES:
                whole[name] = whole.get(name, "") + value
            case dict():
                join(whole.setdefault(name, {}), value)
            case list():
                for item in value:
                    join(item_of(whole.setdefault(name, []), item), item)
            case _ if value not in (None, ""):
                whole[name] = value


def item_of(items: list[dict[str, Any]], piece: dict[str, Any]) -> dict[str, Any]:
    """The item that a piece belongs to, by its index. Some servers count wrong, so the id is checked too."""
    for item in reversed(items):
        same = (item.get(name) in (None, piece.get(name) or item.get(name)) for name in ("id", "type"))
        if piece.get("index") == item.get("index") and all(same):
            return item
    items.append({})
    return items[-1]


def turn_of(request: Request, turn: dict[str, Any]) -> list[Chunk]:
    """What is kept of a finished turn: some servers give calls no ids, and many parse the arguments again."""
    calls = []
    for call in turn.get("tool_calls", []):
        function = call.setdefault("function", {})
        written = function.get("arguments") or "{}"
        written = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
        calls.append((function.setdefault("name", ""), written))
        function["arguments"] = json.dumps(as_dict(written), ensure_ascii=False)
        call |= {"id": call.get("id") or f"call_{uuid4().hex}", "type": "function"}
        call.pop("index", None)
    # {% if cookiecutter is choosing("deepseek") %}
    if request.provider.name == "deepseek":
        turn.setdefault("reasoning_content", "")  # required even from a model that did not reason
    # {% endif %}
    return kept(request, [turn], calls)


# {% endif %}
def parts(delta: dict[str, Any]) -> Iterator[Chunk]:
    """The parts of a reply in one delta; the field for reasoning has two names."""
    for thought in texts(delta.get("reasoning_content") or delta.get("reasoning")):
        yield Chunk(reasoning=thought.text)
    yield from texts(delta.get("content") or delta.get("refusal"))


def texts(content: Any) -> Iterator[Chunk]:
    """The text and reasoning in a content: a text, or a list of parts, of which other kinds are skipped."""
    match content:
        case str():
            yield Chunk(content)
        case list():
            for part in content:
                yield from texts(part)
        case {"thinking": thoughts}:
            for thought in texts(thoughts):
                yield Chunk(reasoning=thought.text)
        case {"text": str(text)}:
            yield Chunk(text)
