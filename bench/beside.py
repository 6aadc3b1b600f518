"""The app compared with Chainlit, Gradio and the classic pattern: one person at each, then a crowd."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.crowd import CROWD_CHUNKS, CROWD_RATE, ask_at_once
from bench.peers.people import ChainlitPerson, GradioPerson
from bench.people import AnyPerson, Person, people_at
from bench.reply import Reply
from bench.servers import HOST, Provider, Server, serving, streamlit_run
from bench.table import aligned, megabytes, seconds
from bench.turns import SHORT_CHUNKS
from dev import PEERS_PYTHON

PEERS = Path(__file__).parent / "peers"
LATER_TURNS = 5


@dataclass(frozen=True)
class Chat:
    """A chat to measure.

    Attributes:
        serve: runs its server, given the provider's base URL.
        person: the kind of person at its page.
    """

    serve: Callable[[str], AbstractContextManager[Server]]
    person: type[AnyPerson]


def versions() -> str:
    """The versions of Chainlit and Gradio."""
    names = ["Chainlit", "Gradio"]
    code = f"from importlib.metadata import version; print(*map(version, {names}))"
    printed = subprocess.run([PEERS_PYTHON, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout
    return ", ".join(map(" ".join, zip(names, printed.split(), strict=True)))


@contextmanager
def _peer(base_url: str, command: list[str | Path], port_setting: str, **settings: str) -> Iterator[Server]:
    with (
        TemporaryDirectory() as folder,  # they write files where they start
        serving([PEERS_PYTHON, *command], Path(folder), base_url, port_setting, **settings) as server,
    ):
        yield server


# No server watches its files, as in deployment.
_streamlit = partial(streamlit_run, STREAMLIT_SERVER_FILE_WATCHER_TYPE="none")
_chainlit = partial(
    _peer,
    command=["-m", "chainlit", "run", "--headless", PEERS / "chainlit_app.py"],
    port_setting="CHAINLIT_PORT",
    CHAINLIT_HOST=HOST,
)
_gradio = partial(
    _peer,
    command=[PEERS / "gradio_app.py"],
    port_setting="GRADIO_SERVER_PORT",
    GRADIO_SERVER_NAME=HOST,
    GRADIO_ANALYTICS_ENABLED="False",
)


def chats(classic: Path, app: Path) -> dict[str, Chat]:
    """The chats to measure, by column of the table.

    Args:
        classic: the folder of the classic pattern.
        app: the folder of the app.
    """
    return {
        "classic": Chat(partial(_streamlit, classic), Person),
        "Chainlit": Chat(_chainlit, ChainlitPerson),
        "Gradio": Chat(_gradio, GradioPerson),
        "here": Chat(partial(_streamlit, app), Person),
    }


def measure_beside(chat: Chat, provider: Provider, people: int) -> dict[str, float]:
    """The figures of a chat in a new process: for one person alone, then for this many at once."""
    with chat.serve(provider.base_url) as server:
        with people_at(server.url, chat.person) as one:
            one.arrive(1)
            waits = []
            for _ in range(1 + LATER_TURNS):
                provider.play(reply := Reply(SHORT_CHUNKS))
                waits += one.ask(reply, at_once=1)
        with people_at(server.url, chat.person) as crowd:
            figures = ask_at_once(crowd, server, provider, people)
            later = median(wait.first_word for wait in waits[1:])
            return figures | {"later turn: first word": later, "memory": server.memory()}


def table(figures: dict[str, dict[str, float]], people: int) -> str:
    """The figures of each chat, by column, as a Markdown table."""
    crowd = f"{people} people at once, {CROWD_CHUNKS} chunks at {CROWD_RATE}/s each"
    later = f"one person's later turn, {SHORT_CHUNKS} chunks at once"
    rows = {
        f"{crowd}: first word received, p95": ("crowd: first word", seconds),
        "- delay of the last word, p95": ("crowd: behind", seconds),
        "- server CPU": ("crowd: CPU", seconds),
        "- server memory afterwards": ("memory", megabytes),
        f"{later}: first word received": ("later turn: first word", seconds),
    }
    lines = [(name, *(unit(taken[figure]) for taken in figures.values())) for name, (figure, unit) in rows.items()]
    return aligned([("", *figures), *lines])
