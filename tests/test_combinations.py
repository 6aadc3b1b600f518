"""Every pair of answers in some bake, and with `--triples` every three: exactly what they need, and clean.

The rows are a covering array; the combinations that the template refuses are left out by the table that refuses them.
"""

import ast
from pathlib import Path

import pytest
from covertable import make
from test_bakes import (
    DEFAULTS,
    VALUES,
    assert_no_leftovers,
    dependencies,
    expected_dependencies,
    expected_files,
    files,
    traces,
)

from answers import NEEDS
from conftest import Bake, output, tool

EXTRA_PROVIDERS = ("", "anthropic, embedded", "mistral")


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


def combinations(strength: int) -> list[dict[str, str]]:
    """Rows of answers that have every allowed combination of so many of them."""
    questions = {name: list(values) for name, values in VALUES.items()} | {"extra_providers": list(EXTRA_PROVIDERS)}
    rules = [allowed(answer, (other, needed)) for answer, (other, needed, _) in NEEDS.items()]
    return [dict(row) for row in make(questions, strength=strength, constraints=rules)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each row."""
    rows = combinations(3 if metafunc.config.getoption("triples") else 2)
    metafunc.parametrize("row", rows, ids=["+".join(filter(None, row.values())) for row in rows])


def test_a_combination_has_exactly_what_it_needs(bake: Bake, row: dict[str, str]) -> None:
    project = bake(**row)
    others = [name for name in row["extra_providers"].split(", ") if name and name != row["llm_provider"]]
    answers = {**DEFAULTS, **row, "extra_providers": ", ".join(others)}
    assert files(project).keys() == expected_files(answers)
    assert dependencies(project) == expected_dependencies(answers)
    assert not traces(project, answers)
    assert_no_leftovers(project)
    for name, path in files(project).items():
        if Path(name).suffix == ".py":
            ast.parse(path.read_text("utf-8"))
    output(tool("ruff"), "check", "--no-cache", ".", cwd=project)
    output(tool("ruff"), "format", "--no-cache", "--check", ".", cwd=project)
