"""The measured turns of one person. All times are in seconds."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from bench.browser import Turn, open_chat
from bench.people import people_at
from bench.reply import PARAGRAPH_CHUNKS, Reply
from bench.saved import save
from bench.sdk import Reading, Readings
from bench.servers import Provider, own_process, streamlit_run

SHORT_CHUNKS = 400  # 2 kB, sent at once
LONG_RATE = 200  # chunks/s: a quick model
LATER_TURNS = 2
READING_SECONDS = 3  # how long a person reads and types before the first question
TYPING_SECONDS = 1


def measure_chat(folder: Path, provider: Provider, browser: Browser, long_chunks: int) -> dict[str, float]:
    """The figures of the chat in this folder, in a new process."""
    with streamlit_run(folder, provider.base_url) as server, open_chat(browser, server.url) as chat:

        def turn(reply: Reply, seconds: float = TYPING_SECONDS) -> Turn:
            provider.play(reply)
            chat.type_question(seconds)
            return chat.send(reply)

        first = turn(Reply(SHORT_CHUNKS), READING_SECONDS)
        later = [turn(Reply(SHORT_CHUNKS)) for _ in range(LATER_TURNS)]
        cpu_before = server.cpu_seconds()
        long = turn(Reply(long_chunks, LONG_RATE))
        return {
            "first turn: first word": first.first_word,
            "later turn: first word": median(turn.first_word for turn in later),
            "later turn: whole reply": median(turn.last_word for turn in later),
            "long reply: bytes": long.received,
            "long reply: CPU": server.cpu_seconds() - cpu_before,
            "long reply: behind": long.seen - provider.responses(1)[0].closed,
            "long reply: busy": long.busy,
            "memory": server.memory(),
        }


def measure_lengths(folder: Path, provider: Provider, browser: Browser, lengths: Sequence[int]) -> dict[str, float]:
    """A turn with a reply of one paragraph, after each of these numbers of saved messages."""
    figures = {}
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "saved.json"
        with streamlit_run(folder, provider.base_url, CLASSIC_MESSAGES=str(file)) as server:
            save(file, 2)
            with people_at(server.url) as people:
                people.arrive(1)
                time.sleep(READING_SECONDS)
                provider.play(first := Reply(PARAGRAPH_CHUNKS))
                people.ask(first, at_once=1)
            for length in lengths:
                last_word = save(file, length)
                with open_chat(browser, server.url) as chat:
                    chat.open_file(file)
                    chat.wait_for(last_word)
                    provider.play(reply := Reply(PARAGRAPH_CHUNKS))
                    chat.type_question(TYPING_SECONDS)
                    figures[f"after {length} messages"] = chat.send(reply).last_word
    return figures


def measure_stop(folder: Path, provider: Provider, browser: Browser) -> dict[str, float]:
    """A click on "Stop" while the provider is silent: until the page says so, and until the request is closed."""
    with streamlit_run(folder, provider.base_url) as server, open_chat(browser, server.url) as chat:
        provider.play(None)
        chat.type_question(READING_SECONDS)
        stop = chat.stop()
        return {"stop: visible": stop.visible, "stop: closed": provider.responses(1)[0].closed - stop.clicked}


def measure_sdk(read: Callable[[str, int], Readings], provider: Provider, long_chunks: int) -> dict[str, float]:
    """The figures of an SDK alone, in a new process, under the names of a chat's figures."""
    with own_process() as process:

        def turn(reply: Reply) -> tuple[Reading, float]:
            provider.play(reply)
            [reading], cpu = process.submit(read, provider.base_url, 1).result()
            return reading, cpu

        first, _ = turn(Reply(SHORT_CHUNKS))
        later = [turn(Reply(SHORT_CHUNKS))[0] for _ in range(LATER_TURNS)]
        _, long_cpu = turn(Reply(long_chunks, LONG_RATE))
        return {
            "first turn: first word": first.first_chunk,
            "later turn: first word": median(turn.first_chunk for turn in later),
            "later turn: whole reply": median(turn.last_chunk for turn in later),
            "long reply: CPU": long_cpu,
        }
