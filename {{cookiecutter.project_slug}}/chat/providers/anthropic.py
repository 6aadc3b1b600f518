"""Anthropic, through its Messages API: https://docs.anthropic.com/en/api/messages."""

import contextlib  # {% if cookiecutter is tooled %}
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import StopReason, Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.calls import Round, Turn, as_dict, failed, kept, resume, turns_of  # {% if cookiecutter is tooled %}
from chat.providers.errors import expect_stream, failure, provider_error
from chat.providers.keys import api_key, base_url, problem
from chat.providers.sources import Sources  # {% if cookiecutter is stepped %}

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

# For all other stop reasons, the reply is incomplete.
STOP_REASONS: dict[str, StopReason] = {
    "end_turn": "complete",
    "stop_sequence": "complete",
    "tool_use": "tools",  # {% if cookiecutter is tooled %}
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
}


def prepare(provider: Provider) -> None:
    """Import the SDK and create the client: two seconds saved from the first question."""
    if not problem(provider):
        with suppress(Exception):  # the first reply reports a failure
            _ = client(api_key(provider), base_url(provider)).messages


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> "AsyncAnthropic":
    """The client, created once: its connections stay open between replies."""
    from anthropic import AsyncAnthropic, Timeout

    timeout = Timeout(settings.SILENCE_SECONDS, connect=settings.CONNECT_SECONDS)
    # {% if cookiecutter.telemetry != "none" %}
    # Its own spans would count a reply's tokens twice.
    return AsyncAnthropic(api_key=key, base_url=url, timeout=timeout, max_retries=0, open_telemetry=False)
    # {% else %}
    return AsyncAnthropic(api_key=key, base_url=url, timeout=timeout, max_retries=0)
    # {% endif %}


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    return [model.id async for model in client(api_key(provider), base_url(provider)).models.list()]


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> str | list[dict[str, Any]]:
    """The text of a message, or its parts if it has images."""
    if not images:
        return text
    parts: list[dict[str, Any]] = [
        {"type": "image", "source": {"type": "base64", "media_type": image.type, "data": image.base64}}
        for image in images
    ]
    return [*parts, {"type": "text", "text": text}] if text else parts


# {% endif %}
# {% if cookiecutter is tooled %}
def messages_of(turn: Turn) -> list[dict[str, Any]]:
    """A message; for a round, the model's blocks, thinking included, then a message with all results."""
    if not isinstance(turn, Round):
        # {% if cookiecutter.attachments == "none" %}
        return [{"role": turn.role, "content": turn.text}]
        # {% else %}
        return [{"role": turn.role, "content": content(turn.text, turn.attachments)}]
        # {% endif %}
    ids = [block["id"] for block in turn.items if block["type"] == "tool_use"]
    results = [
        {"type": "tool_result", "tool_use_id": tool_use_id, "content": call.result, "is_error": failed(call)}
        for tool_use_id, call in zip(ids, turn.calls, strict=True)
    ]
    said = {"role": "assistant", "content": turn.items}
    return [said, {"role": "user", "content": results}] if results else [said]


def grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add a delta to its block: text, a citation, thinking, its signature, or the JSON of a tool's input."""
    for name, piece in delta.items():
        if isinstance(piece, str) and name != "type":
            block[name] = block.get(name, "") + piece
    if "citation" in delta:
        block["citations"] = [*(block.get("citations") or []), delta["citation"]]


def turn_of(blocks: dict[int, dict[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """A finished turn with these blocks, and its calls; blank texts are left out, since the API refuses them."""
    calls = []
    for block in blocks.values():
        if "input" in block:
            written = block.pop("partial_json", "")
            block["input"] = as_dict(written)
            if block["type"] == "tool_use":
                calls.append((block["name"], written or "{}"))
    return [block for block in blocks.values() if block.get("text", "-").strip()], calls


# {% endif %}
# {% if cookiecutter is stepped %}
def source_of(citation: dict[str, Any]) -> tuple[str, str, str, int | None]:
    """Title, address, words and page of a cited web page, search result or file."""
    title = citation.get("title") or citation.get("document_title") or ""
    address = citation.get("url") or citation.get("source") or ""
    return title, address, citation.get("cited_text") or "", citation.get("start_page_number")


# {% endif %}
async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    from anthropic import AsyncStream, omit

    provider = request.provider
    # {% if cookiecutter is tooled %}
    turns: list[Any] = [message for turn in turns_of(request) for message in messages_of(turn)]
    tools: Any = [
        {"name": tool.name, "description": tool.description, "input_schema": tool.schema} for tool in request.tools
    ]
    if settings.WEB_SEARCH:  # called by the model itself, not by code it writes
        tools.append({"type": "web_search_20260318", "name": "web_search", "allowed_callers": ["direct"]})
    # {% elif cookiecutter.attachments == "none" %}
    turns: list[Any] = [{"role": message.role, "content": message.text} for message in request.messages]
    # {% else %}
    turns: list[Any] = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    try:
        messages = client(api_key(provider), base_url(provider)).messages
        async with messages.with_streaming_response.create(
            model=request.model,
            system=request.system_prompt or omit,
            messages=turns,
            tools=tools or omit,  # {% if cookiecutter is tooled %}
            max_tokens=request.max_tokens,
            stream=True,
        ) as response:
            await expect_stream(response.http_response, provider)
            counted: dict[str, Any] = {}
            stop_reason: StopReason | None = None
            # {% if cookiecutter is tooled %}
            blocks: dict[int, dict[str, Any]] = {}
            paused: list[dict[str, Any]] = []
            # {% endif %}
            sources = Sources(request)  # {% if cookiecutter is stepped %}
            async for event in await response.parse(to=AsyncStream[Any]):
                # {% if cookiecutter is tooled %}
                match event:
                    case {"index": int(index), "content_block": dict(block)}:
                        blocks[index] = {**block}
                    case {"index": int(index), "delta": dict(delta)}:
                        grow(blocks.setdefault(index, {}), delta)
                # {% endif %}
                match event:
                    case {"content_block": {"text": str(text)}} | {"delta": {"text": str(text)}}:
                        yield Chunk(text)
                    case {"content_block": {"thinking": str(text)}} | {"delta": {"thinking": str(text)}}:
                        yield Chunk(reasoning=text)
                    # {% if cookiecutter is stepped %}
                    case {"delta": {"citation": dict(citation)}}:
                        sources.add(*source_of(citation))
                    case {"type": "content_block_stop"}:
                        yield Chunk(sources.marks())
                    # {% endif %}
                    case {"delta": {"stop_reason": "refusal"}}:
                        raise failure("blocked", provider, str(event))
                    # {% if cookiecutter is tooled %}
                    case {"delta": {"stop_reason": "pause_turn"}}:  # in a long web search
                        stop_reason = "tools"
                        paused, _ = turn_of(blocks)
                    # {% endif %}
                    case {"delta": {"stop_reason": str(reason)}}:
                        stop_reason = STOP_REASONS.get(reason, "ended_early")
                        # {% if cookiecutter is tooled %}
                        if stop_reason in {"complete", "tools"}:
                            for chunk in kept(request, *turn_of(blocks)):
                                yield chunk
                        # {% endif %}
                        yield Chunk(stop_reason=stop_reason, detail=reason if stop_reason == "ended_early" else "")
                    case {"type": "message_stop"} if not stop_reason:
                        yield Chunk(stop_reason="complete")
                match event:
                    case {"message": {"usage": dict(usage)}} | {"usage": dict(usage)}:  # so far; null means unchanged
                        counted |= {name: tokens for name, tokens in usage.items() if isinstance(tokens, int)}
            # {% if cookiecutter is stepped %}
            for source in sources.chunks():
                yield source
            # {% endif %}
            if counted.keys() >= {"input_tokens", "output_tokens"}:
                cached = counted.get("cache_creation_input_tokens", 0) + counted.get("cache_read_input_tokens", 0)
                yield Chunk(usage=Usage(counted["input_tokens"] + cached, counted["output_tokens"]))
            # {% if cookiecutter is tooled %}
            if paused:
                request = resume(request, paused)
                yield Chunk(part=request.messages[-1].parts[0])
                async with contextlib.aclosing(stream(request)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            # {% endif %}
    except ProviderError:
        raise
    except Exception as error:
        raise provider_error(error, provider) from error
