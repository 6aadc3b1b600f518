"""Anthropic, through its Messages API: https://docs.anthropic.com/en/api/messages."""

from collections.abc import AsyncGenerator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.errors import failure, provider_error
from chat.providers.keys import api_key, base_url, missing_key

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

problem = missing_key


def prepare(provider: Provider) -> None:
    """Import the SDK and make the client: two seconds that the first question need not wait."""
    if not problem(provider):
        _ = client(api_key(provider), base_url(provider)).messages


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> "AsyncAnthropic":
    """The client, made once: its connections stay open from reply to reply."""
    from anthropic import AsyncAnthropic, Timeout

    timeout = Timeout(settings.SILENCE_SECONDS, connect=settings.CONNECT_SECONDS)
    return AsyncAnthropic(api_key=key, base_url=url, timeout=timeout, max_retries=0)


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from."""
    return [model.id async for model in client(api_key(provider), base_url(provider)).models.list()]


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> str | list[dict[str, Any]]:
    """The text of a message, or the parts that it has with images."""
    if not images:
        return text
    parts: list[dict[str, Any]] = [
        {"type": "image", "source": {"type": "base64", "media_type": image.type, "data": image.base64}}
        for image in images
    ]
    return [*parts, {"type": "text", "text": text}] if text else parts


# {% endif %}
async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it comes.

    Raises:
        ProviderError: whatever went wrong.
    """
    from anthropic import omit

    provider = request.provider
    # {% if cookiecutter.attachments == "none" %}
    turns: list[Any] = [{"role": message.role, "content": message.text} for message in request.messages]
    # {% else %}
    turns: list[Any] = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    try:
        messages = client(api_key(provider), base_url(provider)).messages
        async with messages.stream(
            model=request.model,
            system=request.system_prompt or omit,
            messages=turns,
            max_tokens=request.max_tokens,
        ) as events:
            async for event in events:
                match event.type:
                    case "text":
                        yield Chunk(event.text)
                    case "thinking":
                        yield Chunk(reasoning=event.thinking)
            message = await events.get_final_message()
            usage = message.usage
            cached = (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
            yield Chunk(usage=Usage(usage.input_tokens + cached, usage.output_tokens))
            match message.stop_reason:
                case "refusal":
                    raise failure("blocked", provider, "refusal")
                case "max_tokens" | "model_context_window_exceeded":
                    yield Chunk(stop_reason="max_tokens")
                case str():
                    yield Chunk(stop_reason="complete")
    except ProviderError:
        raise
    except Exception as error:
        raise provider_error(error, provider) from error
