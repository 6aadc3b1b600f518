"""Many people at one server, without browsers."""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import quantiles

from bench.people import People, people_at
from bench.reply import PARAGRAPH_CHUNKS, Reply
from bench.sdk import Readings
from bench.servers import Provider, Server, own_process, streamlit_run

CROWD_CHUNKS = 300
CROWD_RATE = 50  # chunks/s
AT_ONCE = 4  # where only memory counts
TURNS_UNTIL_CLEARED = 5


def p95(values: Iterable[float]) -> float:
    """What 95 % of the values do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def crowd_figures(firsts: Iterable[float], lasts: Iterable[float], cpu: float) -> dict[str, float]:
    """The figures of a crowd, in seconds.

    Args:
        firsts: how long each waited for the first word.
        lasts: how long each waited for the last word.
        cpu: what all of them took.
    """
    ideal = CROWD_CHUNKS / CROWD_RATE
    return {"crowd: first word": p95(firsts), "crowd: behind": p95(last - ideal for last in lasts), "crowd: CPU": cpu}


def measure_crowd(folder: Path, provider: Provider, people: int) -> dict[str, float]:
    """The figures of the chat in this folder, where so many people press Enter at the same moment."""
    with streamlit_run(folder, provider.base_url) as server, people_at(server.url) as crowd:
        figures = ask_at_once(crowd, server, provider, people)
        took = p95(response.closed - response.opened for response in provider.responses(people))
        # Its stop reason follows the last chunk as if it were one.
        return figures | {"crowd: provider behind": took - (CROWD_CHUNKS + 1) / CROWD_RATE}


def ask_at_once(crowd: People, server: Server, provider: Provider, people: int) -> dict[str, float]:
    """The figures when this many people arrive, have a reply each, and then press Enter at the same moment."""
    crowd.arrive(people)
    provider.play(warm := Reply(PARAGRAPH_CHUNKS))
    crowd.ask(warm, AT_ONCE)
    provider.play(reply := Reply(CROWD_CHUNKS, CROWD_RATE))
    cpu = server.cpu_seconds()
    waits = crowd.ask(reply, people)
    cpu = server.cpu_seconds() - cpu
    return crowd_figures([wait.first_word for wait in waits], [wait.last_word for wait in waits], cpu)


def measure_sdk_crowd(read: Callable[[str, int], Readings], provider: Provider, people: int) -> dict[str, float]:
    """The figures of an SDK by itself, under the names that a chat's figures have."""
    with own_process() as process:
        provider.play(Reply(PARAGRAPH_CHUNKS))
        process.submit(read, provider.base_url, people).result()
        provider.play(Reply(CROWD_CHUNKS, CROWD_RATE))
        readings, cpu = process.submit(read, provider.base_url, people).result()
        firsts, lasts = zip(*((reading.first_chunk, reading.last_chunk) for reading in readings), strict=True)
        return crowd_figures(firsts, lasts, cpu)


def measure_memory(folder: Path, sessions: int, turns: int) -> dict[str, float]:
    """The server's memory in bytes, after one short turn in each of so many sessions, and what it grows with others.

    Args:
        folder: of the chat.
        sessions: how many there are; all stay open.
        turns: how many follow in all of them together.
    """
    # As in the image that the app is deployed with: else each session keeps a list of all modules.
    unwatched = {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"}
    with (
        Provider() as provider,
        streamlit_run(folder, provider.base_url, **unwatched) as server,
        people_at(server.url) as crowd,
    ):

        def everybody_asks() -> None:
            provider.play(reply := Reply(PARAGRAPH_CHUNKS))
            crowd.ask(reply, AT_ONCE)

        crowd.arrive(sessions)
        everybody_asks()
        before = server.memory()
        for number in range(turns // sessions):
            if number % TURNS_UNTIL_CLEARED == 0:
                crowd.clear()
            everybody_asks()
        return {"memory of sessions": before, "memory a turn": (server.memory() - before) / turns}
