"""Retries, if a provider fails before the first token and may soon recover."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chat import settings
from chat.log import about
from chat.providers import Chunk, ProviderError, Request, Stream
from chat.providers.errors import failure
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}

log = logging.getLogger(__name__)

# Transient failures, and what people are told meanwhile. A minute of silence is not retried.
PASSING = {
    "rate_limit": "is busy",
    "overloaded": "is busy",
    "connection": "cannot be reached",
    "nothing": "did not respond",
}
# Failures that cut off a running reply.
LOST = {"connection", "nothing", "timeout", "unsent", "unknown"}


async def retried(stream: Stream, request: Request) -> AsyncGenerator[Chunk]:
    """The chunks of `stream` for a request, retried after a transient failure, with a notice.

    Raises:
        ProviderError: the last attempt's, or the first that a retry cannot help: nothing is retried once a token has
            come, or if the provider asks for a long wait. After the stop reason none is raised: the reply is whole,
            whatever fails then.
    """
    for attempt in range(1, settings.ATTEMPTS + 1):
        begun = ended = False
        try:
            async with aclosing(stream(request)) as chunks:
                async for chunk in chunks:
                    begun = begun or chunk.says
                    ended = ended or bool(chunk.stop_reason)
                    yield chunk
            if not ended:
                raise failure("nothing", request.provider, "the stream ended without a stop reason")
            return
        except ProviderError as error:
            facts = about(request.messages[-1], attempt=attempt, kind=error.kind)
            if ended:
                log.info("failed after its end", extra=facts)
                return
            if begun and error.kind in LOST:
                raise ProviderError("cut_off", error.detail) from error
            backoff = settings.BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311
            wait = error.retry_after or backoff
            last = begun or attempt == settings.ATTEMPTS or error.kind not in PASSING
            if last or wait > settings.LONGEST_WAIT_SECONDS:
                raise
            facts["facts"]["next_in_seconds"] = round(wait, 1)
            log.info("attempt failed", extra=facts)
            # {% if cookiecutter.telemetry != "none" %}
            telemetry.event("attempt failed", error, attempt=attempt, wait_seconds=wait)
            # {% endif %}
            what, seconds = f"{request.provider.label} {PASSING[error.kind]}", max(1, round(wait))
        yield Chunk(notice=f"{what}: retrying in {seconds} s ({attempt + 1} of {settings.ATTEMPTS})")
        await asyncio.sleep(wait)
        yield Chunk()  # ends the notice
