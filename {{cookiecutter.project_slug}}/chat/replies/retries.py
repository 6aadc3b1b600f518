"""Another attempt, where a provider failed before the first token and may well answer a moment later."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from chat import settings
from chat.providers import Chunk, ProviderError, Request
from chat.server.log import about

log = logging.getLogger(__name__)

PASSING = {"rate_limit", "overloaded", "timeout", "connection"}


async def patiently(stream: Callable[[Request], AsyncGenerator[Chunk]], request: Request) -> AsyncGenerator[Chunk]:
    """What `stream` gives for a request, begun again after a failure that may pass.

    Raises:
        ProviderError: the last attempt's, or the first that no attempt can mend: nothing is asked for again once a
            token has come, nor where the provider wants to be left alone for long.
    """
    for attempt in range(1, settings.ATTEMPTS + 1):
        begun = False
        try:
            async with aclosing(stream(request)) as chunks:
                async for chunk in chunks:
                    begun = begun or bool(chunk.text or chunk.reasoning)
                    yield chunk
            return
        except ProviderError as error:
            backoff = settings.BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311
            wait = error.retry_after or backoff
            if begun and error.kind == "connection":
                raise ProviderError("cut_off", error.detail) from error
            if (
                begun
                or attempt == settings.ATTEMPTS
                or error.kind not in PASSING
                or wait > settings.LONGEST_WAIT_SECONDS
            ):
                raise
            facts = about(request.messages[-1], attempt=attempt, kind=error.kind, next_in_seconds=round(wait, 1))
            log.info("attempt failed", extra=facts)
        await asyncio.sleep(wait)
