"""Chat Completions, which many providers and servers speak: https://platform.openai.com/docs/api-reference/chat."""

from collections.abc import AsyncGenerator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.errors import failure, provider_error
from chat.providers.keys import api_key, base_url, missing, missing_key

if TYPE_CHECKING:
    from openai import AsyncOpenAI


def problem(provider: Provider) -> str | None:
    """What to do about an address or a key that is not there, else None."""
    return missing_key(provider) if base_url(provider) else missing(provider.base_url_setting)


def prepare(provider: Provider) -> None:
    """Import the SDK and make the client: a second that the first question need not wait."""
    if not problem(provider):
        _ = client(api_key(provider), base_url(provider)).chat.completions


@lru_cache
def client(key: str, url: str | None) -> "AsyncOpenAI":
    """The client, made once: its connections stay open from reply to reply."""
    from openai import AsyncOpenAI, Timeout

    timeout = Timeout(settings.SILENCE_SECONDS, connect=settings.CONNECT_SECONDS)
    # The SDK refuses an empty key, also for a server that asks for none.
    return AsyncOpenAI(api_key=key or "none", base_url=url, timeout=timeout, max_retries=0)


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    return sorted([model.id async for model in client(api_key(provider), base_url(provider)).models.list()])


async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it comes.

    Raises:
        ProviderError: whatever went wrong.
    """
    provider = request.provider
    system = [{"role": "system", "content": request.system_prompt}] if request.system_prompt else []
    # {% if cookiecutter.attachments == "none" %}
    messages = [{"role": message.role, "content": message.text} for message in request.messages]
    # {% else %}
    messages = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    extra: dict[str, Any] = {"messages": system + messages, provider.max_tokens_field: request.max_tokens}
    if provider.usage_on_request:
        extra["stream_options"] = {"include_usage": True}
    # {% if cookiecutter is tempered %}
    if request.temperature is not None:
        extra["temperature"] = request.temperature
    # {% endif %}
    try:
        completions = client(api_key(provider), base_url(provider)).chat.completions
        async with await completions.create(
            model=request.model,
            messages=[],  # in `extra`: the SDK checks them for 0.25 ms each, and a long conversation would be felt
            extra_body=extra,
            stream=True,
        ) as chunks:
            refused, usage = False, None
            async for chunk in chunks:
                usage = chunk.usage or usage  # some count in every chunk what has come so far
                for choice in chunk.choices:
                    refused = refused or bool(choice.delta.refusal)
                    for part in parts(choice.delta):
                        yield part
                    match choice.finish_reason:
                        case None:
                            pass
                        case "error":
                            raise failure("overloaded", provider, str(chunk))
                        case "length":
                            yield Chunk(stop_reason="max_tokens")
                        case reason if refused or reason == "content_filter":
                            raise failure("blocked", provider, reason)
                        case _:
                            yield Chunk(stop_reason="complete")
            if usage:
                yield Chunk(usage=Usage(usage.prompt_tokens, usage.completion_tokens))
    except ProviderError:
        raise
    except Exception as error:
        raise provider_error(error, provider) from error


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> str | list[dict[str, Any]]:
    """The text of a message, or the parts that it has with images."""
    if not images:
        return text
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": f"data:{image.type};base64,{image.base64}"}} for image in images
    ]
    return [*parts, {"type": "text", "text": text}] if text else parts


# {% endif %}
def parts(delta: Any) -> list[Chunk]:
    """The parts of a reply in one delta; where a model thinks first, the field for that has two names."""
    thoughts = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
    # {% if cookiecutter is choosing("mistral") %}
    if isinstance(delta.content, list):
        return [
            Chunk(reasoning="".join(thought["text"] for thought in part["thinking"]))
            if part["type"] == "thinking"
            else Chunk(part["text"])
            for part in delta.content
        ]
    # {% endif %}
    return [Chunk(delta.content or delta.refusal or "", thoughts)]
