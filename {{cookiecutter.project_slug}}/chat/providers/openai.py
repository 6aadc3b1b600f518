"""OpenAI, through its Responses API: https://platform.openai.com/docs/api-reference/responses."""

import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.calls import Round, Turn, kept, outcome, turns_of  # {% if cookiecutter is tooled %}
from chat.providers.errors import expect_stream, failure, provider_error
from chat.providers.keys import api_key, base_url, problem
from chat.providers.sources import Sources  # {% if cookiecutter is stepped %}

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Its list includes models for images, sound and embeddings.
CHAT_MODELS = ("gpt-", "o1", "o3", "o4")
OTHER_MODELS = ("audio", "image", "instruct", "realtime", "search", "transcribe", "tts")


def prepare(provider: Provider) -> None:
    """Import the SDK and create the client: a second saved from the first question."""
    if not problem(provider):
        with suppress(Exception):  # the first reply reports a failure
            _ = client(api_key(provider), base_url(provider)).responses


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> "AsyncOpenAI":
    """The client, created once: its connections stay open between replies."""
    from openai import AsyncOpenAI, Timeout

    timeout = Timeout(settings.SILENCE_SECONDS, connect=settings.CONNECT_SECONDS)
    return AsyncOpenAI(api_key=key, base_url=url, timeout=timeout, max_retries=0)


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    names = [model.id async for model in client(api_key(provider), base_url(provider)).models.list()]
    return sorted(
        name for name in names if name.startswith(CHAT_MODELS) and not any(word in name for word in OTHER_MODELS)
    )


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> str | list[dict[str, str]]:
    """The text of a message, or its parts if it has images."""
    if not images:
        return text
    parts = [
        {"type": "input_image", "detail": "auto", "image_url": f"data:{image.type};base64,{image.base64}"}
        for image in images
    ]
    return [*parts, {"type": "input_text", "text": text}] if text else parts


# {% endif %}
# {% if cookiecutter is tooled %}
def items_of(turn: Turn) -> list[dict[str, Any]]:
    """The item of a message; for a round, the model's items, reasoning included, and an output for each call."""
    if not isinstance(turn, Round):
        # {% if cookiecutter.attachments == "none" %}
        return [{"role": turn.role, "content": turn.text}]
        # {% else %}
        return [{"role": turn.role, "content": content(turn.text, turn.attachments)}]
        # {% endif %}
    ids = [item["call_id"] for item in turn.items if item["type"] == "function_call"]
    outputs = [
        {"type": "function_call_output", "call_id": call_id, "output": outcome(call)}
        for call_id, call in zip(ids, turn.calls, strict=True)
    ]
    return [*turn.items, *outputs]


# {% endif %}
async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    from openai import AsyncStream

    provider = request.provider
    # {% if cookiecutter is tooled %}
    turns = [item for turn in turns_of(request) for item in items_of(turn)]
    tools: Any = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.schema,
            "strict": False,  # strict mode makes every argument required
        }
        for tool in request.tools
    ]
    if settings.WEB_SEARCH:
        tools.append({"type": "web_search"})
    # {% elif cookiecutter.attachments == "none" %}
    turns = [{"role": message.role, "content": message.text} for message in request.messages]
    # {% else %}
    turns = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    try:
        responses = client(api_key(provider), base_url(provider)).responses
        async with responses.with_streaming_response.create(
            model=request.model,
            instructions=request.system_prompt or None,
            max_output_tokens=request.max_tokens,
            store=False,  # otherwise OpenAI keeps the reply for 30 days
            stream=True,
            # Instead of `input`, which the SDK checks for 0.25 ms per message: noticeable in a long conversation.
            extra_body={"input": turns},
            tools=tools,  # {% if cookiecutter is tooled %}
        ) as response:
            await expect_stream(response.http_response, provider)
            refused = False
            output: list[dict[str, Any]] = []  # {% if cookiecutter is tooled %}
            sources = Sources(request)  # {% if cookiecutter is stepped %}
            # As dictionaries: typed events would take most of the SDK's time.
            async for event in await response.parse(to=AsyncStream[Any]):
                match event:
                    case {"type": "response.output_text.delta", "delta": str(text)}:
                        yield Chunk(text)
                    case {"type": "response.refusal.delta", "delta": str(text)}:
                        refused = True
                        yield Chunk(text)
                    case {
                        "type": "response.reasoning_summary_text.delta" | "response.reasoning_text.delta",
                        "delta": str(text),
                    }:
                        yield Chunk(reasoning=text)
                    # {% if cookiecutter is tooled %}
                    case {"type": "response.output_item.done", "item": dict(item)}:
                        output.append(item)
                    # {% endif %}
                    # {% if cookiecutter is stepped %}
                    case {"annotation": {"url": str(url), "title": str(title)}}:
                        sources.add(title, url)
                    case {"annotation": {"filename": str(name)}}:
                        sources.add(name)
                    # {% endif %}
                    case {"type": "response.failed" | "error"}:  # the SDK raises nothing
                        raise provider_error(event.get("response") or event, provider)
                match event:
                    case {"response": {"usage": {"input_tokens": int(sent), "output_tokens": int(said)}}}:
                        yield Chunk(usage=Usage(sent, said))
                match event:
                    case {"type": "response.completed" | "response.incomplete"} if refused:
                        raise failure("blocked", provider, "refusal")
                    case {"type": "response.completed"}:
                        # {% if cookiecutter is tooled %}
                        asked = [item for item in output if item["type"] == "function_call"]
                        for chunk in kept(request, output, [(item["name"], item["arguments"]) for item in asked]):
                            yield chunk
                        yield Chunk(stop_reason="tools" if asked else "complete")
                        # {% else %}
                        yield Chunk(stop_reason="complete")
                        # {% endif %}
                    case {"response": {"incomplete_details": {"reason": "content_filter" as reason}}}:
                        raise failure("blocked", provider, reason)
                    case {"response": {"incomplete_details": {"reason": "max_output_tokens"}}}:
                        yield Chunk(stop_reason="max_tokens")
                    case {"type": "response.incomplete"}:
                        yield Chunk(stop_reason="ended_early", detail=json.dumps(event.get("response")))
            # {% if cookiecutter is stepped %}
            for source in sources.chunks():
                yield source
            # {% endif %}
    except ProviderError:
        raise
    except Exception as error:
        raise provider_error(error, provider) from error
