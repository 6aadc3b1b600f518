"""Google's Gemini API: https://ai.google.dev/api/generate-content."""

import json  # {% if cookiecutter is tooled %}
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.calls import Round, Turn, failed, kept, turns_of  # {% if cookiecutter is tooled %}
from chat.providers.errors import failure, is_document, provider_error
from chat.providers.keys import api_key, base_url, problem
from chat.providers.sources import Sources  # {% if cookiecutter is stepped %}

if TYPE_CHECKING:
    from google.genai.client import AsyncClient
    from google.genai.types import Content, Part  # {% if cookiecutter is tooled %}

BLOCKED = ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")


def prepare(provider: Provider) -> None:
    """Import the SDK and create the client: a second saved from the first question."""
    if not problem(provider):
        with suppress(Exception):  # the first reply reports a failure
            _ = client(api_key(provider), base_url(provider)).models


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> "AsyncClient":
    """The client, created once: its connections stay open between replies."""
    from google import genai
    from google.genai.types import HttpOptions

    async def connect_soon(request: Any) -> None:
        # The SDK has one time-out, in milliseconds, for silence and for connecting alike.
        request.extensions["timeout"]["connect"] = settings.CONNECT_SECONDS

    options = HttpOptions(
        base_url=url,
        timeout=settings.SILENCE_SECONDS * 1000,
        async_client_args={"event_hooks": {"request": [connect_soon]}},
    )
    return genai.Client(api_key=key, http_options=options).aio


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    listed = await client(api_key(provider), base_url(provider)).models.list()
    return sorted(
        [
            model.name.removeprefix("models/")
            async for model in listed
            if model.name and "generateContent" in (model.supported_actions or [])
        ]
    )


# {% if cookiecutter is tooled %}
def options_of(request: Request) -> dict[str, Any]:
    """The options for a request's tools, which the SDK must not call itself, and for web search."""
    from google.genai.types import AutomaticFunctionCallingConfig, FunctionDeclaration, GoogleSearch, Tool, ToolConfig

    functions = [
        FunctionDeclaration(name=tool.name, description=tool.description, parameters_json_schema=tool.schema)
        for tool in request.tools
    ]
    search = GoogleSearch() if settings.WEB_SEARCH else None
    if not functions and not search:
        return {}
    return {
        "tools": [Tool(function_declarations=functions or None, google_search=search)],
        # With both, its searches must be sent back with the results.
        "tool_config": ToolConfig(include_server_side_tool_invocations=bool(functions and search) or None),
        "automatic_function_calling": AutomaticFunctionCallingConfig(disable=True),
    }


def contents_of(turn: Turn) -> "list[Content]":
    """The content of a message; for a round, the model's with its signatures, then one with all responses."""
    from google.genai.types import Content, FunctionResponse, Part

    if not isinstance(turn, Round):
        # {% if cookiecutter.attachments == "none" %}
        parts = [Part(text=turn.text)]
        # {% else %}
        parts = [Part.from_bytes(data=image.image, mime_type=image.type) for image in turn.attachments]
        parts += [Part(text=turn.text)] if turn.text else []
        # {% endif %}
        return [Content(role="user" if turn.role == "user" else "model", parts=parts)]
    said = Content.model_validate_json(json.dumps({"role": "model", "parts": turn.items}))
    asked = [part.function_call for part in said.parts or [] if part.function_call]
    responses = [
        Part(
            function_response=FunctionResponse(
                id=function_call.id,
                name=function_call.name,
                response={"error" if failed(call) else "output": call.result},
            )
        )
        for function_call, call in zip(asked, turn.calls, strict=True)
    ]
    return [said, Content(role="user", parts=responses)] if responses else [said]


def turn_of(request: Request, said: "list[Part]") -> list[Chunk]:
    """What is kept of a finished turn with these parts."""
    calls = [part.function_call for part in said if part.function_call]
    written = [(call.name or "", json.dumps(call.args or {}, ensure_ascii=False)) for call in calls]
    return kept(request, [part.model_dump(mode="json", exclude_none=True) for part in said], written)


# {% endif %}
async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    from google.genai.types import Content, GenerateContentConfig, Part

    provider = request.provider
    # {% if cookiecutter is tooled %}
    turns: list[Content] = [content for turn in turns_of(request) for content in contents_of(turn)]
    # {% else %}
    roles = {"user": "user", "assistant": "model"}
    # {% if cookiecutter.attachments == "none" %}
    turns = [Content(role=roles[message.role], parts=[Part(text=message.text)]) for message in request.messages]
    # {% else %}
    turns = []
    for message in request.messages:
        parts = [Part.from_bytes(data=image.image, mime_type=image.type) for image in message.attachments]
        parts += [Part(text=message.text)] if message.text else []
        turns.append(Content(role=roles[message.role], parts=parts))
    # {% endif %}
    # {% endif %}
    try:
        chunks: Any = await client(api_key(provider), base_url(provider)).models.generate_content_stream(
            model=request.model,
            contents=turns,
            config=GenerateContentConfig(
                system_instruction=request.system_prompt or None,
                max_output_tokens=request.max_tokens,
                **options_of(request),  # {% if cookiecutter is tooled %}
            ),
        )
        usage = None
        said: list[Part] = []  # {% if cookiecutter is tooled %}
        sources = Sources(request)  # {% if cookiecutter is stepped %}
        async with aclosing(chunks):
            async for chunk in chunks:
                if is_document(headers := chunk.sdk_http_response.headers):
                    raise failure("address", provider, headers["content-type"])
                usage = chunk.usage_metadata or usage
                if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
                    raise failure("blocked", provider, chunk.prompt_feedback.block_reason)
                for candidate in chunk.candidates or []:
                    for part in (candidate.content and candidate.content.parts) or []:
                        yield Chunk(reasoning=part.text or "") if part.thought else Chunk(part.text or "")
                        said.append(part)  # {% if cookiecutter is tooled %}
                    # {% if cookiecutter is stepped %}
                    for found in (candidate.grounding_metadata and candidate.grounding_metadata.grounding_chunks) or []:
                        if place := found.web or found.retrieved_context:
                            sources.add(place.title or "", place.uri or "")
                    # {% endif %}
                    reason = candidate.finish_reason
                    if reason in BLOCKED:
                        raise failure("blocked", provider, reason)
                    if reason == "STOP":
                        # {% if cookiecutter is tooled %}
                        for part_kept in turn_of(request, said):
                            yield part_kept
                        yield Chunk(stop_reason="tools" if any(part.function_call for part in said) else "complete")
                        # {% else %}
                        yield Chunk(stop_reason="complete")
                        # {% endif %}
                    elif reason == "MAX_TOKENS":
                        yield Chunk(stop_reason="max_tokens")
                    elif reason:
                        yield Chunk(stop_reason="ended_early", detail=str(candidate.finish_message or reason))
        # {% if cookiecutter is stepped %}
        for source in sources.chunks():
            yield source
        # {% endif %}
        if usage:  # each chunk has the count so far
            output_tokens = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
            yield Chunk(usage=Usage(usage.prompt_token_count or 0, output_tokens))
    except ProviderError:
        raise
    except Exception as error:
        delay = re.search(r"'retryDelay': '([\d.]+)s'", str(error))
        raise provider_error(error, provider, wait=delay[1] if delay else "") from error
