"""`python -m bench`: take all figures, and print them as one table."""

import argparse
import compileall
import json
import os
import platform
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import beside, document
from bench.bake import bake_app, measure_bake
from bench.browser import chromium
from bench.crowd import CROWD_CHUNKS, CROWD_RATE, measure_crowd, measure_memory, measure_sdk_crowd
from bench.sdk import read_async, read_sync
from bench.servers import Provider
from bench.table import Row, kilobytes, markdown, megabytes
from bench.turns import LONG_RATE, SHORT_CHUNKS, measure_chat, measure_lengths, measure_sdk, measure_stop
from dev import prepare_peers

CLASSIC = Path(__file__).parent / "classic"


@dataclass(frozen=True)
class Sizes:
    """The sizes of a measurement.

    Attributes:
        rounds: measurements of one person's turns; the table has the medians.
        bakes: number of bakes.
        long_chunks: number of chunks in the long reply.
        lengths: lengths of conversations, in messages.
        people: number of people at once.
        sessions: number of sessions that stay open while memory is measured.
        turns: number of further turns in these sessions.
        rounds_beside: measurements of each chat beside its peers.
    """

    rounds: int
    bakes: int
    long_chunks: int
    lengths: tuple[int, ...]
    people: int
    sessions: int
    turns: int
    rounds_beside: int


FULL = Sizes(2, 5, 4_000, (10, 100, 500, 1_000), 50, 200, 2_000, 3)  # the goals are for these
QUICK = Sizes(1, 3, 1_000, (10, 40, 80), 10, 10, 50, 1)

Figures = dict[str, dict[str, list[float]]]  # what was measured -> figure -> its value in each round
Part = tuple[str, str, Callable[[], dict[str, float]]]  # whose figures, what is measured, and how


def say(text: str) -> None:
    """Print progress to standard error, apart from the table."""
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """The versions and the machine behind the figures."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("cookiecutter", "streamlit", "openai"))
    return f"{packages}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} CPUs"


def measure(sizes: Sizes) -> Figures:
    """Take all figures."""
    # Some installers leave compiling to the first import, which would then be measured.
    say("Compiling installed packages that are not compiled yet")
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=0)

    figures: Figures = defaultdict(lambda: defaultdict(list))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        say(f"Baking {sizes.bakes} times")
        figures["bake"] = measure_bake(folder, sizes.bakes)
        app = bake_app(folder)
        with Provider() as provider, chromium() as browser:
            chunks, lengths, people = sizes.long_chunks, sizes.lengths, sizes.people
            in_rounds: list[Part] = [
                ("classic", "turns", lambda: measure_chat(CLASSIC, provider, browser, chunks)),
                ("app", "turns", lambda: measure_chat(app, provider, browser, chunks)),
                ("sync SDK", "turns", lambda: measure_sdk(read_sync, provider, chunks)),
                ("async SDK", "turns", lambda: measure_sdk(read_async, provider, chunks)),
                ("classic", "long conversations", lambda: measure_lengths(CLASSIC, provider, browser, lengths)),
                ("app", "long conversations", lambda: measure_lengths(app, provider, browser, lengths)),
                ("app", "stop", lambda: measure_stop(app, provider, browser)),
            ]
            once: list[Part] = [
                ("classic", "crowd", lambda: measure_crowd(CLASSIC, provider, people)),
                ("app", "crowd", lambda: measure_crowd(app, provider, people)),
                ("sync SDK", "crowd", lambda: measure_sdk_crowd(read_sync, provider, people)),
                ("async SDK", "crowd", lambda: measure_sdk_crowd(read_async, provider, people)),
            ]
            parts = [*in_rounds * sizes.rounds, *once]
            for number, (subject, what, take) in enumerate(parts, 1):
                say(f"{number} of {len(parts)}: {what}, {subject}")
                for figure, value in take().items():
                    figures[subject][figure].append(value)
        say("Memory, for both at the same time")
        subjects = {"classic": CLASSIC, "app": app}
        with ThreadPoolExecutor() as threads:
            taken = threads.map(lambda chat: measure_memory(chat, sizes.sessions, sizes.turns), subjects.values())
            for subject, values in zip(subjects, taken, strict=True):
                figures[subject] |= {figure: [value] for figure, value in values.items()}
    return figures


def measure_peers(sizes: Sizes) -> Figures:
    """Take the figures of the app and of the chats it is compared with, in turn."""
    figures: Figures = defaultdict(lambda: defaultdict(list))
    with TemporaryDirectory() as temporary, Provider() as provider:
        chats = beside.chats(CLASSIC, bake_app(Path(temporary)))
        for number in range(sizes.rounds_beside):
            for name, chat in chats.items():
                say(f"Round {number + 1} of {sizes.rounds_beside}: {name}")
                for figure, value in beside.measure_beside(chat, provider, sizes.people).items():
                    figures[name][figure].append(value)
    return figures


def medians(figures: Figures) -> dict[str, dict[str, float]]:
    """Each figure's median over the rounds."""
    return {name: {figure: median(values) for figure, values in taken.items()} for name, taken in figures.items()}


def rows(figures: Figures, sizes: Sizes) -> list[Row]:
    """The rows of the table."""
    taken = medians(figures)
    bake, classic, app = taken["bake"], taken["classic"], taken["app"]
    sync_sdk, async_sdk = taken["sync SDK"], taken["async SDK"]

    def both(figure: str) -> tuple[float, float]:
        return classic[figure], app[figure]

    def by_itself(figure: str) -> tuple[float, float]:
        return sync_sdk[figure], async_sdk[figure]

    def beyond(figure: str) -> tuple[float, float]:
        return classic[figure] - sync_sdk[figure], app[figure] - async_sdk[figure]

    first = f"first turn of a process, {SHORT_CHUNKS} chunks at once"
    later = f"later turn, {SHORT_CHUNKS} chunks at once"
    long = f"{sizes.long_chunks:,} chunks at {LONG_RATE}/s"
    crowd = f"{sizes.people} people at once, {CROWD_CHUNKS} chunks at {CROWD_RATE}/s each"
    some, most = sizes.lengths[1], sizes.lengths[-1]
    return [
        Row("bake, compared with `cookiecutter --version`", bake["version"], bake["bake"], most_ratio=2.3),
        Row("- the largest", bake["version"], bake["largest bake"], most_ratio=3.3),
        Row("- the one page", bake["version"], bake["one page"], most_ratio=1.5),
        Row(f"{first}: first word visible", *both("first turn: first word"), most=0.15),
        Row("- the SDK alone", *by_itself("first turn: first word")),
        Row(f"{later}: first word visible", *both("later turn: first word"), most=0.1),
        Row("- all visible", *both("later turn: whole reply"), most=0.17),
        Row("- the SDK alone, whole reply", *by_itself("later turn: whole reply")),
        *(
            Row(
                f"one-paragraph reply visible, after {length:,} messages",
                *both(f"after {length} messages"),
                most=0.15 if length == sizes.lengths[0] else None,
            )
            for length in sizes.lengths
        ),
        Row(
            f"- the app after {most:,}, compared with {some:,}",
            app[f"after {some} messages"],
            app[f"after {most} messages"],
            most_ratio=1.3,
        ),
        Row(f"{long}: bytes to the browser", *both("long reply: bytes"), megabytes, most=0.15e6),
        Row("- from last chunk sent to last word visible", *both("long reply: behind"), most=0.1),
        Row("- page's main thread busy", *both("long reply: busy"), most=5),
        Row("- server CPU", *both("long reply: CPU")),
        Row("- the SDK alone", *by_itself("long reply: CPU")),
        Row("- beyond the SDK", *beyond("long reply: CPU"), most=0.3),
        Row("- server memory after these turns", *both("memory"), megabytes),
        Row('"Stop" while the provider is silent: shown on the page', None, app["stop: visible"], most=0.3),
        Row("- provider's connection closed", None, app["stop: closed"], most=0.5),
        Row(f"{crowd}: first word, p95", *both("crowd: first word"), most=0.4),
        Row("- the SDK alone", *by_itself("crowd: first word")),
        Row("- delay of the last word, p95", *both("crowd: behind"), most=0.4),
        Row("- the SDK alone", *by_itself("crowd: behind")),
        Row("- of which the provider's own delay, p95", *both("crowd: provider behind")),
        Row("- server CPU", *both("crowd: CPU"), most=6),
        Row("- the SDK alone", *by_itself("crowd: CPU")),
        Row(
            f"server memory, {sizes.sessions} sessions after one turn each",
            *both("memory of sessions"),
            megabytes,
            most=100e6,
        ),
        Row(f"- added per turn, over {sizes.turns:,} more turns", *both("memory a turn"), kilobytes),
    ]


def ratios(figures: Figures, sizes: Sizes) -> dict[str, float]:
    """The most telling ratios, app to classic, by a short name."""
    taken = medians(figures)
    names = {
        "bytes": "long reply: bytes",
        "server CPU": "long reply: CPU",
        "browser": "long reply: busy",
        f"{sizes.lengths[-1]:,} messages": f"after {sizes.lengths[-1]} messages",
        f"{sizes.people} people": "crowd: first word",
        "memory": "memory of sessions",
    }
    return {name: taken["app"][figure] / taken["classic"][figure] for name, figure in names.items()}


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of smaller sizes: 2 minutes instead of 15")
    parser.add_argument("--peers", action="store_true", help="only compare with Chainlit and Gradio: 10 minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures of every round to this file")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    options = parser.parse_args()
    if (options.quick or options.peers) and options.write:
        parser.error("--write needs all figures: do not combine it with --quick or --peers")

    sizes = QUICK if options.quick else FULL
    if options.peers:
        prepare_peers()
    figures = measure_peers(sizes) if options.peers else measure(sizes)
    measured_with = f"{beside.versions()}, {machine()}" if options.peers else machine()
    if options.json:
        options.json.write_text(json.dumps({"machine": measured_with, **figures}, indent=2) + "\n", "utf-8")
    if options.peers:
        say(f"\nMedians of {sizes.rounds_beside} rounds, each with every chat. {measured_with}.\n")
        print(beside.table(medians(figures), sizes.people))
        return
    if options.write:
        document.write(rows(figures, sizes), ratios(figures, sizes), measured_with, sizes.rounds)
    say(f"\nMedians. {measured_with}. The baseline of the app is the classic pattern.")
    if sizes is QUICK:
        say("The goals are for the sizes of a full run: several of the classic pattern's costs grow with their square.")
    say("")
    print(markdown(rows(figures, sizes)))


if __name__ == "__main__":
    main()
