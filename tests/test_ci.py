"""The checks of a change, here and in the apps."""

import re
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, TEMPLATE, Bake, output, tool

ANSWERS = [{}, {"deployment": "kubernetes", "history": "database", "sign_in": "oidc"}]


@pytest.fixture(params=ANSWERS, ids=["defaults", "everything"])
def project(bake: Bake, request: pytest.FixtureRequest) -> Path:
    """An app."""
    return bake(**request.param)


def assert_sound(folder: Path) -> None:
    """What is there for GitHub is what GitHub takes, and gives nothing away."""
    for file in (folder / ".github" / "workflows").iterdir():
        output(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", file, cwd=folder)
    dependabot = folder / ".github" / "dependabot.yml"
    output(tool("check-jsonschema"), "--builtin-schema", "vendor.dependabot", dependabot, cwd=folder)
    zizmor = [tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", "--strict-collection"]
    output(*zizmor, *(folder / ".github").rglob("*.yml"), *folder.glob(".pre-commit-config.yaml"), cwd=folder)


def test_the_workflow_of_an_app_is_sound(project: Path) -> None:
    assert_sound(project)


def test_the_workflows_of_the_template_are_sound() -> None:
    assert_sound(ROOT)


def actions(folder: Path) -> set[str]:
    """The actions of a folder's workflows, each with its commit."""
    texts = [file.read_text("utf-8") for file in (folder / ".github" / "workflows").iterdir()]
    return {action for text in texts for action in re.findall(r"uses: (.*)", text)}


def test_the_apps_have_what_dependabot_proposes_for_the_template() -> None:
    """Here each is within reach of Dependabot; a newer one must reach the apps as well."""
    assert actions(TEMPLATE) == actions(ROOT)
    requirement = re.compile(r'"([a-z0-9-]+)(?:\[[a-z,]+\])?([<>=][^"]*)"')
    own = dict(requirement.findall((ROOT / "pyproject.toml").read_text("utf-8")))
    texts = [(TEMPLATE / "pyproject.toml").read_text("utf-8"), (ROOT / "cookiecutter.json").read_text("utf-8")]
    of_apps = {found for text in texts for found in requirement.findall(text)}
    assert len(of_apps) > 10
    assert {(name, own.get(name)) for name, _ in of_apps} == of_apps


def test_it_runs_what_agents_are_told(project: Path) -> None:
    workflow = yaml.safe_load((project / ".github" / "workflows" / "tests.yml").read_text("utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["tests"]["steps"] if "run" in step]
    told = (project / "AGENTS.md").read_text("utf-8").partition("```sh\n")[2].partition("```")[0]
    assert steps[-3:] == told.splitlines()
