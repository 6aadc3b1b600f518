"""What reading a stream costs alone: OpenAI's SDK without Streamlit, called in a process of its own."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from openai import AsyncOpenAI, OpenAI

REQUEST = {"model": "any", "input": "What is there to say?", "store": False}
DELTA = "response.output_text.delta"


@dataclass(frozen=True)
class Reading:
    """The time from a request to the first and to the last chunk of its reply, in seconds."""

    first_chunk: float
    last_chunk: float


Readings = tuple[list[Reading], float]  # with their total CPU time, in seconds


@cache
def _sync_client(base_url: str) -> OpenAI:
    client = OpenAI(base_url=base_url, api_key="any")
    _ = client.responses  # imports what a chat imports before the first question
    return client


def _read_sync(client: OpenAI) -> Reading:
    began = time.perf_counter()
    with client.responses.create(**REQUEST, stream=True) as events:
        times = [time.perf_counter() for event in events if event.type == DELTA]
    return Reading(times[0] - began, times[-1] - began)


def read_sync(base_url: str, count: int) -> Readings:
    """Read this many replies at once as the classic pattern does, each in a thread."""
    client = _sync_client(base_url)
    cpu = time.process_time()
    with ThreadPoolExecutor(count) as threads:
        readings = list(threads.map(_read_sync, [client] * count))
    return readings, time.process_time() - cpu


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


@cache
def _async_client(base_url: str) -> AsyncOpenAI:
    client = AsyncOpenAI(base_url=base_url, api_key="any")
    _ = client.responses
    return client


async def _read_async(client: AsyncOpenAI) -> Reading:
    began = time.perf_counter()
    async with await client.responses.create(**REQUEST, stream=True) as events:
        times = [time.perf_counter() async for event in events if event.type == DELTA]
    return Reading(times[0] - began, times[-1] - began)


async def _read_all(client: AsyncOpenAI, count: int) -> list[Reading]:
    return await asyncio.gather(*(_read_async(client) for _ in range(count)))


def read_async(base_url: str, count: int) -> Readings:
    """Read this many replies at once as the app does, on one event loop."""
    client = _async_client(base_url)
    cpu = time.process_time()
    readings = _runner().run(_read_all(client, count))
    return readings, time.process_time() - cpu
