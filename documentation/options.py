"""What each answer adds to the smallest app, counted in bakes."""

import ast
import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import PurePosixPath

from configurator.baking import Bake, bake
from configurator.commands import COOKIECUTTER
from configurator.projects import SIZES, installed, requirements_of
from configurator.questions import QUESTIONS
from cookiecutter_streamlit_chat.questions import ROOT
from cookiecutter_streamlit_chat.rules import NEEDS

SMALLEST = {
    "llm_provider": "openai",
    "streaming": "off",
    "avatars": "none",
    "feedback": "none",
    "rich_replies": "no",
    "ci": "none",
}
# Answers that add something only together.
TOGETHER = [
    {"history": "database", "sign_in": "oidc"},
    {"history": "database", "feedback": "thumbs"},
    {"history": "database", "attachments": "images"},
    {"history": "database", "deployment": "docker"},
    {"sign_in": "oidc", "feedback": "thumbs"},
]
COLUMNS = "files | lines of the app | of its tests | of other files | MB installed | adds |"
MINUS = "\u2212"
RULE = "---|--:|--:|--:|--:|--:|---|"


@dataclass(frozen=True)
class Size:
    """An app's size: files, lines of Python, of tests and of other files, and installed bytes."""

    files: int
    app: int
    tests: int
    rest: int
    installed: int

    def __sub__(self, other: "Size") -> "Size":
        """How much larger this one is."""
        return Size(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def is_app(path: str) -> bool:
    """Whether a file is part of the app's own code: Python, and not a test."""
    return path.endswith(".py") and not path.startswith("tests/")


def lines(bake: Bake, paths: Iterable[str]) -> int:
    """The number of lines in these files."""
    return sum(bake.files[path].count(b"\n") for path in paths)


def size(bake: Bake) -> Size:
    """An app's size."""
    app = {path for path in bake.files if is_app(path)}
    tests = {path for path in bake.files if path.startswith("tests/")}
    rest = bake.files.keys() - app - tests
    counted = (lines(bake, paths) for paths in (app, tests, rest))
    return Size(len(bake.files), *counted, installed(requirements_of(bake)))


@cache
def baked(**answers: str) -> Bake:
    """The smallest app with these answers."""
    return bake(SMALLEST | answers)


def names(bake: Bake) -> set[str]:
    """The names of the distributions an app requires."""
    return {re.split(r"[\[<>=]", requirement)[0] for requirement in requirements_of(bake)}


def shown(paths: set[str], others: set[str]) -> list[str]:
    """The paths without tests; a folder that the others lack stands for everything in it."""
    folders = {parent.as_posix() for path in others for parent in PurePosixPath(path).parents}
    found = set()
    for path in paths:
        new = [f"{parent.as_posix()}/" for parent in PurePosixPath(path).parents if parent.as_posix() not in folders]
        if not path.startswith("tests/"):
            found.add(new[-1] if new else path)
    return sorted(found)


def comes_and_goes(before: Bake, after: Bake) -> str:
    """The files and distributions that only the second app has, then those that only the first has."""

    def what(one: Bake, other: Bake) -> str:
        found = shown(one.files.keys() - other.files.keys(), set(other.files)) + sorted(names(one) - names(other))
        return ", ".join(f"`{name}`" for name in found)

    gone = what(before, after)
    return "; without ".join(filter(None, [what(after, before), gone])) if gone else what(after, before)


def signed(number: int) -> str:
    """A number with its sign; empty for 0."""
    return f"{number:+,}".replace("-", MINUS) if number else ""


def row(label: str, before: Bake, after: Bake) -> str:
    """A row of the table: what the second bake adds to the first."""
    more = size(after) - size(before)
    figures = map(signed, (more.files, more.app, more.tests, more.rest, round(more.installed / 1e6)))
    return f"| {label} | {' | '.join(figures)} | {comes_and_goes(before, after)} |"


def needed(name: str, value: str) -> dict[str, str]:
    """The other answer that this one needs, if any."""
    other = NEEDS.get((name, value))
    return {other[0]: other[1]} if other else {}


def question(name: str) -> str:
    """The chapter about a question."""
    asked = QUESTIONS[name]
    parts = [f"### `{name}`: {asked.prompt}", f"| answer | {COLUMNS}\n|{RULE}"]
    for value, label in asked.labels.items():
        cell = f"[`{value}`](providers/{value}.md)" if name == "llm_provider" else f"`{value}`"
        before = baked(**needed(name, value))
        parts[-1] += "\n" + row(f"{cell}: {label}", before, baked(**{name: value}, **needed(name, value)))
        if needed(name, value):
            given = " ".join(f"`{other}={with_it}`" for other, with_it in needed(name, value).items())
            parts.append(f"`{value}` is compared with an app that has {given}, which it needs.")
    pictured = [value for value in asked.labels if (ROOT / "docs" / picture(name, value)).exists()]
    if pictured:
        heads, rule = " | ".join(f"`{value}`" for value in pictured), "---|" * len(pictured)
        pictures = " | ".join(f"![{asked.labels[value]}]({picture(name, value)})" for value in pictured)
        parts.append(f"| {heads} |\n|{rule}\n| {pictures} |")
    return "\n\n".join(parts)


def together(pair: dict[str, str]) -> str:
    """A row of the table: what two answers add together, but not alone."""
    alone = [baked(**{name: value}) for name, value in pair.items()]
    both = baked(**pair)
    files = both.files.keys() - alone[0].files.keys() - alone[1].files.keys()
    packages = names(both) - names(alone[0]) - names(alone[1])
    label = " ".join(f"`{name}={value}`" for name, value in pair.items())
    what = shown(files, {*alone[0].files, *alone[1].files}) + sorted(packages)
    return f"| {label} | {', '.join(f'`{name}`' for name in what)} |"


def picture(name: str, value: str) -> str:
    """The path of an answer's picture, which may not exist."""
    return f"images/gallery/{name}-{value}-light.png"


def what_it_is(source: bytes) -> str:
    """The first sentence of a module's docstring."""
    return re.split(r"[.:](?:\s|$)", ast.get_docstring(ast.parse(source)) or "")[0].replace("\n", " ")


def smallest() -> str:
    """The chapter about the smallest app: its files, with their lines."""
    app = baked()
    own = size(app)
    answers = " ".join(f"{name}={value}" for name, value in SMALLEST.items())
    files = sorted(filter(is_app, app.files), key=lambda path: (path.count("/"), path))
    table = "\n".join(f"| `{path}` | {lines(app, [path])} | {what_it_is(app.files[path])} |" for path in files)
    page = lines(app, ["page.py"])
    return f"""## The smallest app

```sh
{COOKIECUTTER} --no-input {answers}
```

has {own.app:,} lines of Python in {len(files)} files, {own.tests:,} lines of tests, and
{own.installed / 1e6:.0f} MB of packages, Streamlit's included. `page.py`, with {page} lines, shows what the app does
from top to bottom, in five minutes; all of it takes an hour. Some things no answer removes: replies survive the page,
versions and edits are kept, a failure is one sentence, nothing that a model names is fetched, and the log contains
nobody's text.

| file | lines | |
|---|--:|---|
{table}"""


def text() -> str:
    """The generated part of docs/options.md."""
    asked = [name for name in QUESTIONS if QUESTIONS[name].labels and not QUESTIONS[name].listed]
    answers = [{name: value} | needed(name, value) for name in asked for value in QUESTIONS[name].labels]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # one for each process that bakes
        list(pool.map(lambda given: baked(**given), [*answers, *TOGETHER]))
    default, several = size(bake({})) - size(baked()), baked(extra_providers="anthropic")
    return "\n\n".join(
        [
            "## What each answer adds",
            "Each answer alone, compared with [the smallest app](#the-smallest-app). Lines include blank ones and "
            f"comments. Megabytes were measured on {SIZES['measured']} ({SIZES['on']}); shared dependencies are "
            "counted once. Test files are counted but not named.",
            *map(question, asked),
            "### `extra_providers`",
            f"| answer | {COLUMNS}\n|{RULE}\n{row('`anthropic`, next to `openai`', baked(), several)}",
            "### Together",
            "Some answers add something only together:",
            "| answers | adds |\n|---|---|\n" + "\n".join(map(together, TOGETHER)),
            f"With all defaults, an app has {default.files} more files than the smallest, {default.app} more lines of "
            f"Python and {default.tests} of tests, and {default.installed / 1e6:.0f} MB more to install: its model.",
            smallest(),
        ]
    )
