"""The servers: a provider for all chats, and the server of one chat."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import psutil

from bench.reply import Reply

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from wire import Wire

HOST = "127.0.0.1"
START_SECONDS = 60


@dataclass(frozen=True)
class Response:
    """When a request for a reply came, and when its response ended, in seconds of `time.monotonic`.

    All processes share that clock. A response ends when it has been sent in full or the client is gone.
    """

    opened: float
    closed: float


def own_process() -> ProcessPoolExecutor:
    """A process for functions that must not share CPU time or the interpreter lock with what is measured."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


@cache
def _wire() -> Wire:
    """The wire server of the calling process; it listens until that process ends."""
    return Wire().__enter__()


def _base_url() -> str:
    return _wire().base_url("openai")


def _play(reply: Reply | None) -> None:
    if reply is None:
        _wire().play("silent")
    else:
        _wire().play("good", text=reply.text, chunks=reply.chunks, rate=reply.rate)


def _responses(count: int) -> list[Response]:
    requests = _wire().requests[-count:]
    for request in requests:
        request.wait_closed()
    return [Response(request.opened, request.closed) for request in requests]


class Provider:
    """A local server that speaks OpenAI's Responses API, in its own process.

    Attributes:
        base_url: for the SDKs.
    """

    def __enter__(self) -> Self:
        self._process = own_process()
        self.base_url = self._process.submit(_base_url).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def play(self, reply: Reply | None) -> None:
        """Answer every later question with this reply; None for silence."""
        self._process.submit(_play, reply).result()

    def responses(self, count: int) -> list[Response]:
        """The last `count` responses, once they have ended."""
        return self._process.submit(_responses, count).result()


class Server:
    """The running server of a chat."""

    def __init__(self, process: psutil.Popen, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self._process = process

    def _processes(self) -> list[psutil.Process]:
        # In a virtual environment on Windows, `python` starts the interpreter as a child.
        return [self._process, *self._process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """The CPU time used so far, user and system, in seconds."""
        return sum(times.user + times.system for times in (process.cpu_times() for process in self._processes()))

    def memory(self) -> int:
        """The memory in use now (resident set size), in bytes."""
        return sum(process.memory_info().rss for process in self._processes())


@contextmanager
def serving(
    command: Sequence[str | Path], folder: Path, base_url: str, port_setting: str, **more: str
) -> Iterator[Server]:
    """Run a chat's server with this command in this folder until the `with` block ends.

    Args:
        command: starts a server that runs until it is killed.
        folder: the server's.
        base_url: the provider's.
        port_setting: the environment variable for the server's port.
        more: environment variables.

    Raises:
        RuntimeError: if the server does not start.
    """
    with socket.create_server((HOST, 0)) as unused:
        port = unused.getsockname()[1]
    environment = {
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": base_url,
        "NO_PROXY": HOST,
        port_setting: str(port),
    }
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # the app logs each event
    process = psutil.Popen(command, cwd=folder, env=os.environ | environment | more, **silent)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError), socket.create_connection((HOST, port)):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"`{' '.join(map(str, command))}` in {folder} does not start listening")
            time.sleep(0.1)
        yield Server(process, port)
    finally:
        process.kill()
        process.wait()


@contextmanager
def streamlit_run(folder: Path, base_url: str, **more: str) -> Iterator[Server]:
    """`streamlit run` in this folder until the `with` block ends; parameters as in `serving`."""
    environment = {
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "STREAMLIT_LOGGER_LEVEL": "warning",
        "STREAMLIT_SERVER_ADDRESS": HOST,
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
    command = [sys.executable, "-m", "streamlit", "run"]
    with serving(command, folder, base_url, "STREAMLIT_SERVER_PORT", **environment, **more) as server:
        yield server
