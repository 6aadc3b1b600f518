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
AT_ONCE = 4  # when memory is measured
TURNS_UNTIL_CLEARED = 5


def p95(values: Iterable[float]) -> float:
    """The 95th percentile of the values."""
    return quantiles(values, n=20, method="inclusive")[-1]


def crowd_figures(firsts: Iterable[float], lasts: Iterable[float], cpu: float) -> dict[str, float]:
    """The figures of a crowd, in seconds.

    Args:
        firsts: each person's wait for the first word.
        lasts: each person's wait for the last word.
        cpu: the CPU time of them all.
    """
    ideal = CROWD_CHUNKS / CROWD_RATE
    return {"crowd: first word": p95(firsts), "crowd: behind": p95(last - ideal for last in lasts), "crowd: CPU": cpu}


def measure_crowd(folder: Path, provider: Provider, people: int) -> dict[str, float]:
    """The figures of the chat in this folder, when this many people press Enter at the same moment."""
    with streamlit_run(folder, provider.base_url) as server, people_at(server.url) as crowd:
        figures = ask_at_once(crowd, server, provider, people)
        took = p95(response.closed - response.opened for response in provider.responses(people))
        # The stop reason comes after the last chunk, as if it were another.
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
    """The figures of an SDK alone, under the names of a chat's figures."""
    with own_process() as process:
        provider.play(Reply(PARAGRAPH_CHUNKS))
        process.submit(read, provider.base_url, people).result()
        provider.play(Reply(CROWD_CHUNKS, CROWD_RATE))
        readings, cpu = process.submit(read, provider.base_url, people).result()
        firsts, lasts = zip(*((reading.first_chunk, reading.last_chunk) for reading in readings), strict=True)
        return crowd_figures(firsts, lasts, cpu)


def measure_memory(folder: Path, sessions: int, turns: int) -> dict[str, float]:
    """The server's memory in bytes after one short turn per session, and its growth per further turn.

    Args:
        folder: the chat's.
        sessions: their number; all stay open.
        turns: further turns in all sessions together.
    """
    # As in the app's image: otherwise each session keeps a list of all modules.
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
