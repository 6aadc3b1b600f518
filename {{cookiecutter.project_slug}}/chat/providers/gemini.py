"""Google's Gemini API: https://ai.google.dev/api/generate-content."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.errors import failure, is_document, provider_error
from chat.providers.keys import api_key, base_url, problem

if TYPE_CHECKING:
    from google.genai.client import AsyncClient

BLOCKED = ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")


def prepare(provider: Provider) -> None:
    """Import the SDK and make the client: a second that the first question need not wait."""
    if not problem(provider):
        with suppress(Exception):  # what fails, the first reply tells
            _ = client(api_key(provider), base_url(provider)).models


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> "AsyncClient":
    """The client, made once: its connections stay open from reply to reply."""
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


async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it comes.

    Raises:
        ProviderError: whatever went wrong.
    """
    from google.genai.types import Content, GenerateContentConfig, Part

    provider = request.provider
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
    try:
        chunks: Any = await client(api_key(provider), base_url(provider)).models.generate_content_stream(
            model=request.model,
            contents=turns,
            config=GenerateContentConfig(
                system_instruction=request.system_prompt or None,
                max_output_tokens=request.max_tokens,
            ),
        )
        usage = None
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
                    reason = candidate.finish_reason
                    if reason in BLOCKED:
                        raise failure("blocked", provider, reason)
                    if reason == "STOP":
                        yield Chunk(stop_reason="complete")
                    elif reason == "MAX_TOKENS":
                        yield Chunk(stop_reason="max_tokens")
                    elif reason:
                        yield Chunk(stop_reason="ended_early", detail=str(candidate.finish_message or reason))
        if usage:  # each chunk counts what has come so far
            output_tokens = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
            yield Chunk(usage=Usage(usage.prompt_token_count or 0, output_tokens))
    except ProviderError:
        raise
    except Exception as error:
        delay = re.search(r"'retryDelay': '([\d.]+)s'", str(error))
        raise provider_error(error, provider, wait=delay[1] if delay else "") from error
