"""Every pair of answers in some bake, and with `--triples` every three: exactly what they need, clean and working.

The rows are a covering array; the combinations that the template refuses are left out by the table that refuses them.
"""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations as combine
from pathlib import Path
from xml.etree import ElementTree

import pytest
import tinycss2
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from covertable import make
from jsonschema import Draft202012Validator
from kubernetes_validate import latest_version, validate
from test_bakes import (
    DEFAULTS,
    SEVERAL,
    VALUES,
    assert_no_leftovers,
    dependencies,
    expected_dependencies,
    expected_files,
    files,
    modules_of,
    providers_of,
    texts,
    traces,
)

from conftest import ROOT, Bake, output, own_tests, tool
from cookiecutter_streamlit_chat.rules import NEEDS

Row = dict[str, str]
EXTRA_PROVIDERS = ("", "anthropic, embedded", "custom", "mistral")

# What only frameworks read or call: Alembic of a migration, Starlette and logging of a class, llama.cpp of settings.
READ = "revision,down_revision,branch_labels,depends_on,dispatch,format"
READ += ",api_keys,n_ctx,n_parallel,n_threads,penalty_repeat,ui,verbosity,warmup"
READ += ",uses_pages_directory"  # by Streamlit
READ += ",drawn,form"  # of Streamlit's state, by a text
READ += ",AsyncClient,CallToolResult,Listed,Span,TracerProvider"  # in an annotation with quotes
READ += ",do_POST"  # by the server of Python's library
READ += ",ReplyError,done,failed,stopped"  # by a function of one's own, if it likes
READ += ",close"  # by markdown-it, of a sign of emphasis
READ += ",time_in,calculate"  # called by a model, by their names


def allowed(answer: tuple[str, str], needed: tuple[str, str]) -> dict[str, object]:
    """The condition that an answer comes with the one that it needs, as covertable takes it."""
    (name, value), (other, other_value) = answer, needed
    return {
        "operator": "or",
        "conditions": [
            {"operator": "ne", "left": name, "value": value},
            {"operator": "eq", "left": other, "value": other_value},
        ],
    }


@cache
def combinations(strength: int) -> list[Row]:
    """The defaults, some more, and rows of answers that have every allowed combination of so many of them."""
    questions = {name: list(values) for name, values in VALUES.items()} | {"extra_providers": list(EXTRA_PROVIDERS)}
    rules = [allowed(answer, (other, needed)) for answer, (other, needed, _) in NEEDS.items()]
    rows = make(questions, strength=strength, constraints=rules)
    return [{**DEFAULTS, **row} for row in ({}, *SEVERAL, *rows)]


def differing(row: Row, together: int, whole: Iterable[str] = ()) -> set[tuple[tuple[str, ...], ...]]:
    """What of a row makes a difference to the code, in which no provider is asked: so many at a time.

    Whether there are avatars and a deployment does; which, only where these are `whole` answers.
    """
    names = {"personas", "streaming", "rich_replies", "attachments", "feedback", "history", "sign_in", "telemetry"}
    names |= {"tools", *whole}
    given = {("several", str(bool(row["extra_providers"])))}
    given |= {(name, str(row[name] != "none")) for name in {"avatars", "deployment"} - names}
    given |= {(name, row[name]) for name in names} | {(module,) for module in modules_of(row)}
    return {*combine(sorted(given), together)}


def few(rows: list[Row], together: int, whole: Iterable[str] = ()) -> list[Row]:
    """So few of these rows as have all of that between them."""
    by_row = [differing(row, together, whole) for row in rows]
    missing, chosen = set().union(*by_row), []
    while missing:
        best = max(range(len(rows)), key=lambda number: len(by_row[number] & missing))
        chosen.append(rows[best])
        missing -= by_row[best]
    return chosen


def name_of(row: Row) -> str:
    """A row by what is not a default."""
    return "+".join(value for name, value in row.items() if value and value != DEFAULTS.get(name)) or "defaults"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each row, or for so few as have every two answers that differ in code.

    An app's own tests take long: a few that have every such answer, and in CI every pair.
    """
    if "row" not in metafunc.fixturenames:
        return
    together = 3 if metafunc.config.getoption("triples") else 2
    rows = combinations(together)
    if metafunc.function is test_it_has_no_dead_code_and_no_idle_dependency:
        rows = few(rows, together, whole=("avatars", "deployment"))
    always = rows
    if metafunc.function is test_its_own_tests_pass:
        always, rows = few(rows, 1), few(rows, 2)
        rows += [row for row in always if row not in rows]
    marks = {True: (), False: pytest.mark.thorough}
    parameters = [pytest.param(row, id=name_of(row), marks=marks[row in always]) for row in rows]
    metafunc.parametrize("row", parameters, scope="module")  # so the tests of a row follow each other


@pytest.fixture
def project(bake: Bake, row: Row, record_property: Callable[[str, object], None]) -> Path:
    """The bake of a row, which gets a line in the table that is printed in the end."""
    project = bake(**row)
    record_property("combination", name_of(row))
    record_property("files", len(files(project)))
    record_property("lines", sum(text.count("\n") for text in texts(project).values()))
    return project


@pytest.fixture(scope="session")
def pages() -> Iterator[subprocess.Popen[str]]:
    """A process that loads pages."""
    command = [sys.executable, "-B", ROOT / "tests" / "pages.py"]
    env = {**os.environ, "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=env, text=True, **pipes) as process:
        yield process
        process.communicate()


def styles(text: str) -> None:
    """Parse CSS."""
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    blocks = [tinycss2.parse_blocks_contents(rule.content, skip_comments=True) for rule in rules]
    assert rules
    assert not [node for nodes in (rules, *blocks) for node in nodes if node.type == "error"]


PARSERS: dict[str, Callable[[str], object]] = {
    **{".py": ast.parse, ".toml": tomllib.loads, ".example": tomllib.loads, ".css": styles},
    **{".svg": ElementTree.fromstring, ".yaml": yaml.safe_load, ".yml": yaml.safe_load},
}
COMPOSE = Draft202012Validator(get_builtin_schema("vendor.compose-spec"))
# Any text is right in these; hadolint reads the Dockerfile, and a browser the script.
UNPARSED = {".gitignore", ".dockerignore", "LICENSE", "Dockerfile", "page.js"}


@cache  # many bakes have the same file
def parse(suffix: str, text: str) -> None:
    """Parse what stands in a file."""
    PARSERS[suffix](text)


@cache
def validate_manifest(text: str) -> None:
    """Check what Kubernetes is told."""
    validate(yaml.safe_load(text), latest_version(), strict=True)


def assert_parsed(project: Path) -> None:
    """Every file is what its kind has to be."""
    for name, text in texts(project).items():
        if Path(name).suffix != ".md" and name not in UNPARSED:
            parse(Path(name).suffix, text)
    if (project / "compose.yaml").exists():
        COMPOSE.validate(yaml.safe_load((project / "compose.yaml").read_text("utf-8")))
    if (project / "Dockerfile").exists() and sys.platform == "linux":  # hadolint is not there for others
        output(tool("hadolint"), "Dockerfile", cwd=project)
    for path in project.glob("kubernetes/**/*.yaml"):
        if path.name not in {"kustomization.yaml", "route.yaml"}:  # which Kubernetes itself has no kinds for
            validate_manifest(path.read_text("utf-8"))


def test_it_has_exactly_what_it_needs(project: Path, row: Row) -> None:
    others = [name for name in row["extra_providers"].split(", ") if name and name != row["llm_provider"]]
    answers = {**row, "extra_providers": ", ".join(others)}
    expected = expected_files(answers)
    assert files(project).keys() == expected
    folders = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_dir()}
    assert folders | {"."} == {parent.as_posix() for file in expected for parent in Path(file).parents}
    assert dependencies(project) == expected_dependencies(answers)
    pyproject = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    model = {"model"} if "embedded" in providers_of(answers) else set()
    assert pyproject["dependency-groups"].keys() == {"dev"} | model
    assert not traces(project, answers)
    assert_no_leftovers(project)
    assert_parsed(project)
    output(tool("ruff"), "check", "--no-cache", ".", cwd=project)
    output(tool("ruff"), "format", "--no-cache", "--check", ".", cwd=project)


def test_the_types_of_every_bake_hold(bake: Bake, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """All in one process, to which what they import is the same; each imports its own modules."""
    together = 3 if pytestconfig.getoption("triples") else 2
    rows = few(combinations(together), together, whole=("avatars", "deployment"))
    pyrefly = (tool("pyrefly"), "check", "--preset", "default", "--python-interpreter-path", sys.executable)
    output(*pyrefly, *[bake(**row) for row in rows], cwd=tmp_path)


def test_it_has_no_dead_code_and_no_idle_dependency(project: Path) -> None:
    # SQLAlchemy finds psycopg by the address of a database.
    output(tool("deptry"), "--per-rule-ignores", "DEP002=psycopg", ".", cwd=project)
    output(tool("vulture"), ".", "--exclude", "tests", "--ignore-names", READ, cwd=project)
    # pytest calls the fixtures, a parser of HTML what is named after the tag that it meets, a server its tools; and
    # uvicorn reads whether it should end.
    names = f"{READ},handle_*,should_exit"
    called = ("--ignore-decorators", "@pytest.fixture,@server.tool", "--ignore-names", names)
    output(tool("vulture"), ".", *called, cwd=project)


def test_its_page_loads(project: Path, pages: subprocess.Popen[str]) -> None:
    assert pages.stdin
    assert pages.stdout
    pages.stdin.write(f"{project}\n")
    pages.stdin.flush()
    assert pages.stdout.readline() == "''\n"


def test_its_own_tests_pass(project: Path) -> None:
    own_tests(project)
