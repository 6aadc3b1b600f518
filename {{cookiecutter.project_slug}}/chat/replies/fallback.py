"""Another provider's reply, where the one that was chosen fails before its first token."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.providers import Chunk, Provider, ProviderError, Request
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}
from chat.replies.answering import answer


async def first_answer(request: Request) -> AsyncGenerator[Chunk]:
    """The reply of a request's provider, or of the first of its fallbacks that gives one.

    Raises:
        ProviderError: the last one's; an earlier one's if its reply had begun.
    """
    for following in (*request.fallbacks, None):
        begun = False
        try:
            async with aclosing(answer(request)) as chunks:
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
    """A request as it is made of another provider."""
    return replace(
        request,
        provider=provider,
        model=provider.model,
        max_tokens=min(request.max_tokens, provider.max_tokens),
        temperature=None,  # {% if cookiecutter is tempered %}
    )
