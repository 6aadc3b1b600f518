"""The table of files: every row has an effect, and alternatives share one name."""

import re
from operator import itemgetter
from pathlib import Path

import pytest
from jinja2 import Environment
from test_bakes import DEFAULTS, VALUES, expected_files
from test_combinations import combinations
from test_rooms import LARGEST

from conftest import TEMPLATE, Bake
from cookiecutter_streamlit_chat.extension import LINE_LENGTH, Answers
from cookiecutter_streamlit_chat.files import TABLE, Table, anything_but, files_of, given

FILES = {"page.py", "ui/stream.py", "ui/stream__typewriter.py", "ui/stream__off.py", "ui/stream_s.py", "kube/a/b.yaml"}
SMALL = Table(
    [(given("kube", "yes"), "kube/"), (anything_but("streaming", "never"), "ui/stream.py")],
    {"ui/stream.py": itemgetter("streaming")},
)


@pytest.mark.parametrize(
    ("streaming", "taken"),
    [("tokens", {"ui/stream.py"}), ("off", {"ui/stream.py", "ui/stream__off.py"}), ("never", set())],
)
def test_one_alternative_is_left(streaming: str, taken: set[str]) -> None:
    """`ui/stream.py` itself is written over, so that it is not among those to remove."""
    answers = {"kube": "no", "streaming": streaming}
    unneeded = SMALL.unneeded(FILES, answers)
    assert FILES - unneeded == {"page.py", "ui/stream_s.py", *taken}
    assert SMALL.renamed(FILES - unneeded, answers) == dict.fromkeys(taken - {"ui/stream.py"}, "ui/stream.py")


def test_every_entry_is_there() -> None:
    every = files_of(TEMPLATE)
    for _, entries in TABLE.files:
        for entry in entries.split():
            assert entry in every or any(file.startswith(entry) for file in every if entry.endswith("/")), entry
    rows = [DEFAULTS | {"model": "any"} | row for row in combinations(2)]
    alternatives = {file for file in every if TABLE.place(file) != file}
    assert alternatives == {file for row in rows for file in TABLE.renamed(every, row)}
    assert every >= TABLE.alternatives.keys()


def test_every_file_is_in_some_bake() -> None:
    every = files_of(TEMPLATE)
    assert set().union(*(expected_files(DEFAULTS | row) for row in combinations(2))) == {*map(TABLE.place, every)}


@pytest.mark.parametrize("streaming", VALUES["streaming"])
def test_whoever_imports_an_alternative_names_the_same_module(bake: Bake, streaming: str) -> None:
    project = bake(streaming=streaming)
    source = Path("chat", "ui", "stream.py" if streaming == "tokens" else f"stream__{streaming}.py")
    docstring = (TEMPLATE / source).read_text("utf-8").splitlines()[0]
    assert (project / "chat" / "ui" / "stream.py").read_text("utf-8").splitlines()[0] == docstring
    assert [path.name for path in (project / "chat" / "ui").glob("*stream*")] == ["stream.py"]
    assert "from chat.ui.stream import draw_reply" in (project / "page.py").read_text("utf-8")


@pytest.mark.parametrize("answers", [{}, LARGEST], ids=["default", "largest"])
def test_no_import_shows_what_was_not_chosen(bake: Bake, answers: dict[str, str]) -> None:
    """Where lines had conditions, what is left of them is one line if it fits."""
    for path in bake(**answers).rglob("*.py"):
        for line in re.findall(r"^from \S+ import \([^)#]*\)$", path.read_text("utf-8"), re.MULTILINE):
            assert len(" ".join(line.split())) > LINE_LENGTH, f"{path}: {line}"


@pytest.mark.parametrize(
    ("template", "baked"),
    [
        ("from a import (\n    b,\n    c,CONDITION\n)", "from a import b"),
        ("def f(\n    a: int,\n    b: int,CONDITION\n) -> int:", "def f(a: int) -> int:"),
        ("def f(\n    a: int,\n    b: int,\n) -> int:", "def f(\n    a: int,\n    b: int,\n) -> int:"),
        ("A = (\n    1,\n    2,CONDITION\n)", "A = (1,)"),
        ("A = [\n    1,\n    2,CONDITION\n]", "A = [1]"),
        ("A = [\n    1,  # one\n    2,CONDITION\n]", "A = [\n    1,  # one\n]"),
        (f"A = [\n    {'1' * 120},\n    2,CONDITION\n]", f"A = [\n    {'1' * 120},\n]"),
    ],
    ids=["import", "function", "without a condition", "tuple", "list", "comment", "too long"],
)
def test_brackets_close_up_around_what_was_not_chosen(template: str, baked: str) -> None:
    answers = Answers(Environment())  # noqa: S701
    answers.answers = {"feedback": "none"}
    source = template.replace("CONDITION", '  # {% if cookiecutter.feedback != "none" %}')
    assert answers.preprocess(f"{source}\n", "chat/a.py") == f"{baked}\n"


def test_the_page_is_read_in_five_minutes(bake: Bake) -> None:
    """What a feature adds to it is in `chat/ui/`, and called at one place: so the template reads like a page too."""
    assert sum("# {%" in line for line in (TEMPLATE / "page.py").read_text("utf-8").splitlines()) <= 20
    assert len((bake(**LARGEST) / "page.py").read_text("utf-8").splitlines()) <= 150
