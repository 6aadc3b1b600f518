"""Another provider's reply, if the chosen one fails before its first token."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.providers import Chunk, Provider, ProviderError, Request, Stream
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}


async def with_fallbacks(stream: Stream, request: Request) -> AsyncGenerator[Chunk]:
    """The chunks of `stream` for a request, or for the first of its fallbacks that begins a reply.

    Raises:
        ProviderError: the last provider's; an earlier one's if its reply had begun.
    """
    for following in (*request.fallbacks, None):
        begun = False
        try:
            async with aclosing(stream(request)) as chunks:
                async for chunk in chunks:
                    begun = begun or chunk.says
                    yield chunk
            return
        except ProviderError as error:
            if begun or not following:
                raise
            telemetry.event("fallback", error)  # {% if cookiecutter.telemetry != "none" %}
            note = f"{following.label} answers in place of {request.provider.label}. {error.sentence}"
            yield Chunk(instead=following, note=note)
            request = instead(request, following)


def instead(request: Request, provider: Provider) -> Request:
    """A request for another provider."""
    return replace(
        request,
        provider=provider,
        model=provider.model,
        max_tokens=min(request.max_tokens, provider.max_tokens),
        temperature=None,  # {% if cookiecutter is tempered %}
    )
