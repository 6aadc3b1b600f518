"""A baked app takes a later template and later answers, and keeps its own changes."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_starter import starter as starter

from conftest import ROOT, TEMPLATE, Bake, output, tool

DOOR = "needs_cookiecutter_2_2_3_or_later.py"
PARTS = ("cookiecutter.json", "cookiecutter_streamlit_chat", DOOR, "hooks", "starter", "templates", TEMPLATE.name)
BEFORE = {"llm_provider": "openai", "feedback": "none", "streaming": "off"}
ANTHROPIC = {"llm_provider": "anthropic", "model": "claude-sonnet-5-5"}
CHANGES = [
    ANTHROPIC,
    {"feedback": "stars"},
    {"history": "database"},
    {"history": "database", "sign_in": "oidc", "deployment": "docker", "attachments": "images", "streaming": "tokens"},
]
Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run a command in a folder, with nobody's own settings; what it prints."""
    home = str(tmp_path_factory.mktemp("home"))
    people = {f"GIT_{who}_{what}": "Ada" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"HOME": home, "USERPROFILE": home, "GIT_CONFIG_GLOBAL": os.devnull}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**people, **own}.items():
            environment.setenv(name, value)
        yield lambda folder, *command: output(*command, cwd=folder)


def commit(run: Run, folder: Path) -> None:
    """Commit everything in a folder, which becomes a repository if it is none."""
    run(folder, "git", "init", "--quiet", "--initial-branch=main")
    run(folder, "git", "add", ".")
    run(folder, "git", "commit", "--quiet", "--message", "Now")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """This template, in a repository of its own."""
    repository = tmp_path_factory.mktemp("repository")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, repository / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, repository)
    commit(run, repository)
    return repository


@pytest.fixture
def template(tmp_path: Path, repository: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(repository, tmp_path / "template")


def replace(file: Path, *changes: tuple[str, str]) -> None:
    """Change texts of a file, each of which must stand there once."""
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{file.name}: {old}"
        text = text.replace(old, new)
    file.write_text(text, "utf-8", newline="\n")


def later(run: Run, template: Path) -> None:
    """A later version: a question with a file of its own, a filter, and a module that nobody needs any more."""
    app = template / TEMPLATE.name
    replace(template / "cookiecutter.json", ('  "license": [', '  "greeting": ["none", "card"],\n  "license": ['))
    package = template / "cookiecutter_streamlit_chat"
    replace(package / "texts.py", ("def oneline(", "def loud(text):\n    return text.upper()\n\n\ndef oneline("))
    replace(package / "files.py", ("= [\n", '= [\n    (given("greeting", "card"), "card.md"),\n'))
    (app / "card.md").write_text("Welcome.\n", "utf-8")
    replace(app / "README.md", ("## What is where", "## {{ cookiecutter.project_name | loud }}: what is where"))
    (app / "tests" / "test_messages.py").unlink()
    commit(run, template)


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory, run: Run, repository: Path) -> Path:
    """An app made by cruft, in a repository of its own."""
    folder = tmp_path_factory.mktemp("created")
    run(folder, tool("cruft"), "create", repository, "--no-input", "--extra-context", json.dumps(BEFORE))
    project = folder / "my-chat"
    commit(run, project)
    run(project, tool("cruft"), "diff", "--exit-code")
    return project


@pytest.fixture
def project(tmp_path: Path, run: Run, repository: Path, template: Path, created: Path) -> Path:
    """The same, made from a template that can be changed, and changed since."""
    project = shutil.copytree(created, tmp_path / "my-chat")
    kept = (project / ".cruft.json").read_text("utf-8")
    kept = kept.replace(json.dumps(str(repository)), json.dumps(str(template)))
    (project / ".cruft.json").write_text(kept, "utf-8")
    replace(project / "chat" / "settings.py", ("TITLE = ", "# What the team calls it.\nTITLE = "))
    replace(project / "README.md", ("Licence: MIT", "Ask Ada.\n\nLicence: MIT"))
    (project / "own.py").write_text('"""Our own."""\n', "utf-8")
    commit(run, project)
    return project


def files(project: Path) -> dict[str, str]:
    """The texts of an app, by their paths in it, without what git and cruft keep."""
    paths = {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}
    return {
        name: path.read_text("utf-8") for name, path in paths.items() if not re.match(r"\.git/|\.cruft\.json$", name)
    }


def assert_baked(project: Path, expected: Path) -> None:
    """The app is what a new one is, and what was changed in it is still there."""
    texts = files(project)
    assert texts.pop("own.py") == '"""Our own."""\n'
    for name, own in {"chat/settings.py": "# What the team calls it.\n", "README.md": "Ask Ada.\n\n"}.items():
        assert texts[name].count(own) == 1, texts[name]
        texts[name] = texts[name].replace(own, "")
    assert texts == files(expected)


def test_a_later_template(tmp_path: Path, run: Run, template: Path, project: Path) -> None:
    cruft = tool("cruft")
    run(project, cruft, "check")
    assert "What the team calls it" in run(project, cruft, "diff")
    later(run, template)
    stale = subprocess.run([cruft, "check"], cwd=project, capture_output=True, text=True)
    assert (stale.returncode, "out of date" in stale.stdout) == (1, True)
    run(project, cruft, "update", "--skip-apply-ask")
    run(project, cruft, "check")
    assert "## MY CHAT: what is where" in files(project)["README.md"]
    new = [f"{name}={value}" for name, value in BEFORE.items()]
    run(tmp_path, tool("cookiecutter"), template, "--no-input", "--output-dir", "new", *new)
    assert_baked(project, tmp_path / "new" / "my-chat")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "+".join(change.values()))
def test_another_answer(bake: Bake, run: Run, project: Path, change: dict[str, str]) -> None:
    run(project, tool("cruft"), "update", "--skip-apply-ask", "--variables-to-update", json.dumps(change))
    assert_baked(project, bake(**BEFORE | change))
    assert run(project, "git", "diff", "--name-only", "--diff-filter=U") == ""
    run(project, tool("cruft"), "check")


def test_nothing_is_lost_where_both_changed_a_line(run: Run, project: Path) -> None:
    replace(project / "chat" / "settings.py", ('model="gpt-6-luna"', 'model="gpt-6.2-sol"'))
    commit(run, project)
    run(project, tool("cruft"), "update", "--skip-apply-ask", "--variables-to-update", json.dumps(ANTHROPIC))
    assert run(project, "git", "diff", "--name-only", "--diff-filter=U").split() == ["chat/settings.py"]
    text = (project / "chat" / "settings.py").read_text("utf-8")
    ours, theirs = re.findall(r"^<<<<<<< ours\n(.*)^=======\n(.*)^>>>>>>> theirs$", text, re.MULTILINE | re.DOTALL)[0]
    assert 'model="gpt-6.2-sol"' in ours
    assert 'model="claude-sonnet-5-5"' in theirs


def test_somebody_s_own_function_is_left_alone(tmp_path: Path, run: Run, template: Path) -> None:
    """Both changed it, and the owner's stays, without a conflict."""
    own = {"llm_provider": "custom", "extra_providers": "openai"}
    run(tmp_path, tool("cruft"), "create", template, "--no-input", "--extra-context", json.dumps(own))
    project = tmp_path / "my-chat"
    function = project / "my_reply.py"
    function.write_text("# Ours.\nreply = str\n", "utf-8", newline="\n")
    commit(run, project)
    later(run, template)
    replace(template / TEMPLATE.name / "my_reply.py", ("What answers: ", "What answers now: "))
    commit(run, template)
    run(project, tool("cruft"), "update", "--skip-apply-ask")
    assert function.read_text("utf-8") == "# Ours.\nreply = str\n"
    assert "## MY CHAT: what is where" in files(project)["README.md"]
    assert run(project, "git", "diff", "--name-only", "--diff-filter=U") == ""
    assert not [name for name in files(project) if name.endswith(".rej")]


@pytest.mark.parametrize("chapter", ["With cruft", "Without cruft"])
def test_the_commands_of_the_page(tmp_path: Path, run: Run, template: Path, bake: Bake, chapter: str) -> None:
    page = (ROOT / "docs" / "update.md").read_text("utf-8")
    text = page.partition(f"## {chapter}\n")[2].partition("\n## ")[0]
    commands = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    for name in ("https://github.com/OWNER/cookiecutter-streamlit-chat", "gh:OWNER/cookiecutter-streamlit-chat"):
        commands = commands.replace(name, str(template))
    for command in ("cruft", "cookiecutter"):
        commands = commands.replace(f"uvx {command} ", f"'{tool(command)}' ")
    run(tmp_path, "bash", "-ec", f"yes '' | (\n{commands})")  # Enter, whatever is asked
    expected = {
        "With cruft": {**ANTHROPIC, "feedback": "stars", "history": "database"},
        "Without cruft": {"llm_provider": "openai", "feedback": "stars"},
    }
    assert files(tmp_path / "my-chat") == files(bake(**expected[chapter]))


def test_the_one_page_takes_a_later_template_and_other_answers(
    tmp_path: Path, run: Run, template: Path, starter: Bake
) -> None:
    arguments = ["--directory", "starter", "--no-input", "--extra-context", json.dumps(BEFORE)]
    run(tmp_path, tool("cruft"), "create", template, *arguments)
    project = tmp_path / "my-chat"
    commit(run, project)
    run(project, tool("cruft"), "diff", "--exit-code")
    replace(project / "streamlit_app.py", ("messages: list", "# What was said.\nmessages: list"))
    (project / "own.py").write_text('"""Our own."""\n', "utf-8")
    commit(run, project)
    texts = template / "cookiecutter_streamlit_chat" / "texts.py"
    replace(texts, ("def oneline(", "def loud(text):\n    return text.upper()\n\n\ndef oneline("))
    readme = template / "starter" / TEMPLATE.name / "README.md"
    replace(readme, ("## Change it", "## {{ cookiecutter.project_name | loud }}: change it"))
    commit(run, template)
    change = {**ANTHROPIC, "feedback": "stars", "avatars": "images"}
    run(project, tool("cruft"), "update", "--skip-apply-ask", "--variables-to-update", json.dumps(change))
    run(project, tool("cruft"), "check")
    expected, updated = files(starter(**BEFORE | change)), files(project)
    expected["README.md"] = expected["README.md"].replace("## Change it", "## MY CHAT: change it")
    assert updated.pop("own.py") == '"""Our own."""\n'
    assert updated["streamlit_app.py"].count("# What was said.\n") == 1
    updated["streamlit_app.py"] = updated["streamlit_app.py"].replace("# What was said.\n", "")
    assert updated == expected
