"""Baking for a page: fast, for many people at once, leaving nothing behind."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cookiecutter_streamlit_chat.questions import ROOT

LONGEST_BAKE = 10  # seconds
LONGEST_WAIT = 60  # seconds, for a worker


class Refused(Exception):  # noqa: N818
    """The template refuses these answers; the message is its sentence."""


class Unavailable(Exception):  # noqa: N818
    """The bake failed, but not because of the answers; the message is a sentence."""


@dataclass(frozen=True)
class Bake:
    """A project.

    Attributes:
        answers: the answers to all questions.
        defaults: the default of each question, given the other answers.
        files: their contents, by path.
        programs: the paths of executable files.
        directory: the template's folder in the repository; empty for the one at the top.
    """

    answers: dict[str, str]
    defaults: dict[str, str]
    files: dict[str, bytes]
    programs: frozenset[str]
    directory: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The answers that differ from the default."""
        return {name: value for name, value in self.answers.items() if value != self.defaults[name]}

    @property
    def slug(self) -> str:
        """The name of the project's folder."""
        return self.answers["project_slug"]


class Worker:
    """A process of worker.py, started on first use, and again after it has ended."""

    _process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        """The running process."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "configurator.worker"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, encoding="utf-8")
        return self._process

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return the response.

        Raises:
            Unavailable: if none arrives in time.
        """
        process = self.start()
        timer = threading.Timer(LONGEST_BAKE, process.kill)
        timer.start()
        try:
            print(json.dumps(request), file=process.stdin, flush=True)
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            process.wait()
            raise Unavailable("The bake took too long and was stopped. Change an answer to try again.")
        return json.loads(line)


_workers = [Worker() for _ in range(os.cpu_count() or 1)]
_idle: queue.LifoQueue[Worker] = queue.LifoQueue()
for _worker in _workers:
    _idle.put(_worker)


def prepare() -> None:
    """Start the workers without waiting until they are ready."""
    for worker in _workers:
        worker.start()


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker for exclusive use.

    Raises:
        Unavailable: if none is free in time.
    """
    try:
        worker = _idle.get(timeout=LONGEST_WAIT)
    except queue.Empty:
        raise Unavailable("The server is busy. Change an answer to try again.") from None
    try:
        yield worker
    finally:
        _idle.put(worker)


def bake(answers: dict[str, str], directory: str = "") -> Bake:
    """Bake a project with these answers; missing ones get their defaults.

    Args:
        answers: the answers, by question.
        directory: the template's folder in the repository; empty for the one at the top.

    Raises:
        Refused: if the template refuses them.
        Unavailable: if the bake fails for another reason.
    """
    with worker() as one, tempfile.TemporaryDirectory(prefix="bake-", ignore_cleanup_errors=True) as folder:
        response = one.ask(answers=answers, folder=folder, directory=directory)
        if sentence := response.get("refused"):
            raise Refused(sentence)
        if "failed" in response:
            raise Unavailable("The bake failed. The log has the reason.")
        project = Path(response["project"])
        paths = {path.relative_to(project).as_posix(): path for path in sorted(project.rglob("*")) if path.is_file()}
        return Bake(
            response["answers"],
            response["defaults"],
            {name: path.read_bytes() for name, path in paths.items()},
            frozenset(name for name, path in paths.items() if path.stat().st_mode & 0o100),
            directory,
        )
