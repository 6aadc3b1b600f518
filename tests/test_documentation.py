"""The documentation: generated pages are current, links work, and a test runs every command."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, expect
from test_providers import QUESTION, Driver, environment, wire_format
from test_starter import starter as starter

from app import App
from conftest import PROVIDERS, ROOT, TEMPLATE, Bake, output
from cookiecutter_streamlit_chat.conditions import LOCAL
from cookiecutter_streamlit_chat.questions import FOLDER, STARTER
from documentation.pages import DOCS, pages
from waiting import HANG
from wire import TEXT, Wire

README = ROOT / "README.md"
OWN_PAGES = [README, *sorted(DOCS.rglob("*.md"))]
APP_PAGES = [*sorted(TEMPLATE.rglob("*.md")), *sorted((ROOT / STARTER / FOLDER).rglob("*.md"))]
LANGUAGES = {"", "ini", "json", "mermaid", "nginx", "python", "sh", "toml"}
BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<content>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
REPOSITORY = "gh:OWNER/cookiecutter-streamlit-chat"

# Which test runs a command; where it has another argument there, the same words without it.
RUN = {
    r"python3 dev\.py demo": "test_fresh.test_demo_bakes_and_serves_twice_in_a_row",
    rf"uvx cookiecutter {REPOSITORY} --directory starter": "test_fetched.test_a_clone_through_uvx_bakes_the_same",
    r"python3 dev\.py configure": "test_documentation.test_configure_opens_the_page",
    r"python3 dev\.py test": "test_documentation.test_a_test_is_run_by_dev_py",
    rf"uvx cookiecutter {REPOSITORY}|cd my-chat": "test_documentation.test_the_first_steps_of_the_readme",
    rf"uvx cookiecutter {REPOSITORY} --no-input llm_provider=\w+|cp \.streamlit/.* \.streamlit/secrets\.toml": (
        "test_documentation.test_from_nothing_to_the_first_reply"
    ),
    rf"uvx cookiecutter {REPOSITORY} --no-input llm_provider=openai streaming=off .*": (
        "test_documentation.test_the_smallest_app_is_baked"
    ),
    rf"uvx cruft .*|git .*|uvx cookiecutter {REPOSITORY} --no-input (project_slug|--overwrite).*": (
        "test_updates.test_the_commands_of_the_page"
    ),
    r"mkdir page && cd page|git clone .*|uvx cookiecutter \./template .*|uv init .*": (
        "test_documentation.test_the_configurator_in_a_project_of_its_own"
    ),
    r"\.dev/environment/bin/python -m pytest .*": "test_documentation.test_the_tests_that_the_pages_name_exist",
    r"uv run streamlit run|uv run ruff .*|uv lock|EMBEDDED_MODEL_PATH=.*": (
        "test_documentation.test_the_first_steps_of_the_readme"
    ),
    r"uv run pytest": "test_fresh.test_a_bake_in_an_environment_of_its_own",
    r"python3 -m venv \.venv|\.venv/bin/.*": "test_documentation.test_an_app_is_installed_with_pip",
    r"DATABASE_URL=.* uv run streamlit run": "test_documentation.test_an_app_with_postgresql",
    r"uv run python -m chat\.feedback .*": "test_ratings.test_the_commands_of_the_readme",
    r"uv run python -m chat\.tools .*": "test_documentation.test_a_tool_is_called_by_hand",
}
# Why a command is not run.
NOT_RUN = {
    r"docker (build|run) .*": "needs Docker; test_the_configurator_in_a_project_of_its_own runs what runs in it",
    r"docker compose .*": "needs Docker; tests/test_deployment.py runs the steps of the image without it",
    r"kubectl .*": "needs a cluster; tests/test_deployment.py holds the manifests to the schema of Kubernetes",
    r"ollama pull .*": "needs Ollama; its answers are played by tests/wire",
    r"python3 dev\.py demo greeting=card": "the question is an example, which the template does not have",
}


def blocks(path: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page: the language, and the content."""
    text = re.sub(r"^# \{%.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"\{\{ cookiecutter\.project_slug.*? \}\}", "my-chat", text)
    return [(match["language"], textwrap.dedent(match["content"])) for match in BLOCK.finditer(text)]


def commands(path: Path) -> list[str]:
    """The commands of a page, each on one line, without comments."""
    content = "".join(content for language, content in blocks(path) if language == "sh").replace("\\\n", "")
    lines = (re.sub(r"\s+# .*", "", line) for line in content.splitlines())
    return [re.sub(r"\s+", " ", line).strip() for line in lines if line.strip()]


def shell(command: str, folder: Path, **env: str) -> str:
    """What commands print, typed in a folder."""
    return output("bash", "-ec", typed(command), cwd=folder, env=nobodys(**env))


def typed(command: str) -> str:
    """Commands, with this folder in place of the repository, and what is installed here in place of a download."""
    return f'uvx() {{ "$@"; }}\n{command.replace(REPOSITORY, f"{ROOT}")}'


def nobodys(**env: str) -> dict[str, str]:
    """An environment with the tools of this one, that is no virtual environment and has no settings of its own."""
    own = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}}
    path = os.pathsep.join([str(Path(sys.executable).parent), own["PATH"]])
    headless = {"STREAMLIT_SERVER_HEADLESS": "true", "STREAMLIT_SERVER_PORT": "0"}
    return own | headless | {"PATH": path, "UV_PYTHON": sys.executable} | env


@contextmanager
def serving(command: str, folder: Path, **env: str) -> Iterator[str]:
    """Type a command that serves a page; its address."""
    process = subprocess.Popen(
        ["bash", "-ec", typed(command)], cwd=folder, env=nobodys(**env), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield next(line for line in process.stdout if "URL:" in line).split()[-1]
    finally:
        for one in [*psutil.Process(process.pid).children(recursive=True), process]:
            one.terminate()
        process.communicate(timeout=HANG)


def assert_served(url: str) -> None:
    """There is a page."""
    with urlopen(url) as response:
        assert response.status == 200


def test_what_is_made_is_current() -> None:
    made = pages()
    stale = [path.name for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    assert not stale, "run `.dev/environment/bin/python -m documentation`"
    assert {*(DOCS / "providers").iterdir()} == {path for path in made if path.parent.name == "providers"}


def anchors(path: Path) -> set[str]:
    """The names of the headings of a page, as GitHub makes them."""
    text = BLOCK.sub("", path.read_text("utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", OWN_PAGES + APP_PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", BLOCK.sub("", page.read_text("utf-8")))
    for link in re.findall(r"\]\(<?([^)>]+)>?\)", text):
        if re.match(r"https?://", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)", README.read_text("utf-8")))
    assert linked == {path.relative_to(ROOT).as_posix() for path in DOCS.glob("*.md")}


def test_every_command_is_run_by_a_test() -> None:
    matched = set()
    for page in OWN_PAGES + APP_PAGES:
        assert {language for language, _ in blocks(page)} <= LANGUAGES, page
        for command in commands(page):
            found = {pattern for pattern in [*NOT_RUN, *RUN] if re.fullmatch(pattern, command)}
            assert found, f"{page.name}: {command}"
            matched |= found
    assert matched == {*RUN, *NOT_RUN}
    for test in RUN.values():
        module, _, name = test.rpartition(".")
        assert hasattr(import_module(module), name), test


def test_a_tool_is_called_by_hand(bake: Bake) -> None:
    project = bake(llm_provider="openai", tools="functions")
    (command,) = (line for line in commands(project / "README.md") if " chat.tools " in line)
    call = command.replace("uv run python", f"'{sys.executable}' -B")
    assert re.search(r"\d\d:\d\d", shell(call, project))


def test_configure_opens_the_page() -> None:
    with serving("python3 dev.py configure", ROOT) as url:
        assert_served(url)


def test_a_test_is_run_by_dev_py() -> None:
    assert "1 passed" in shell("python3 dev.py test -q -n0 tests/test_windows.py -k test_no_name", ROOT)


def test_the_tests_that_the_pages_name_exist() -> None:
    for page in (DOCS / "new-provider.md", DOCS / "new-option.md"):
        for command in [command for command in commands(page) if "-m pytest" in command]:
            assert all((ROOT / word).exists() for word in command.split() if word.endswith(".py")), command
            if " -k " not in command:
                continue
            words = command.replace("one_more", "groq").replace(".dev/environment/bin/python", f"'{sys.executable}'")
            assert "tests collected" in shell(f"{words} -n0 -q --collect-only", ROOT)


def test_the_first_steps_of_the_readme(tmp_path: Path) -> None:
    bake, enter, start = [command for command in commands(README) if not command.startswith("python3")]
    shell(f"yes '' | {bake}", tmp_path)
    project = tmp_path / enter.removeprefix("cd ")
    with serving(start, project) as url:
        assert_served(url)
    said = commands(project / "README.md")
    for command in [command for command in said if "ruff" in command] + ["uv lock"]:
        shell(command, project)
    (another,) = [command for command in said if command.startswith("EMBEDDED_MODEL_PATH")]
    (tmp_path / "models").mkdir()
    (model,) = (project / ".venv").rglob("*.gguf")
    shutil.copy(model, tmp_path / "models" / "another.gguf")
    with serving(another, project, HOME=str(tmp_path)) as url:
        assert_served(url)


def test_the_readme_says_how_long_each_of_the_two_is(bake: Bake, starter: Bake) -> None:
    """To a tenth."""
    rows = [row.split("|") for row in README.read_text("utf-8").splitlines() if row.startswith("| **")]
    for project, row in zip([bake(), starter()], rows, strict=True):
        python = [path for path in project.rglob("*.py") if path.parent.name != "tests"]
        lines = sum(len(path.read_text("utf-8").splitlines()) for path in python)
        (told,) = re.findall(r"[\d,]+", row[3])
        assert abs(int(told.replace(",", "")) - lines) < lines / 10, f"{row[1]}: {lines}"


def test_the_smallest_app_is_baked(tmp_path: Path) -> None:
    (command,) = commands(DOCS / "options.md")
    shell(command, tmp_path)
    lines = [len(path.read_text("utf-8").splitlines()) for path in (tmp_path / "my-chat").rglob("*.py")]
    told = re.search(
        r"has ([\d,]+) lines of Python in \d+ files, ([\d,]+) lines of tests", (DOCS / "options.md").read_text("utf-8")
    )
    assert told
    assert sum(lines) == sum(int(number.replace(",", "")) for number in told.groups())


# The others differ from these only in facts of the table.
OFTEN = ("openai", "anthropic", "gemini", "bedrock", "azure_openai", "ollama", "custom", "embedded")


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.thorough) for name in PROVIDERS]
)
def test_from_nothing_to_the_first_reply(tmp_path: Path, wire: Wire, browser: Browser, name: str) -> None:
    """What the page of a provider says, typed; the local server stands in for the provider."""
    page = DOCS / "providers" / f"{name}.md"
    steps = [command for command in commands(page) if not command.startswith("ollama")]
    assert steps.pop() == "uv run streamlit run"
    shell("\n".join(steps), tmp_path)
    project = tmp_path / "my-chat"
    asked = re.search(r"^Put (.*?) into `\.streamlit/secrets\.toml`", page.read_text("utf-8"), re.MULTILINE)
    settings = {} if name in LOCAL else environment(name, wire.base_url(wire_format(name)))
    secrets = project / ".streamlit" / "secrets.toml"
    for setting in re.findall(r"`(\w+)`", asked[1]) if asked else ():
        text = secrets.read_text("utf-8")
        assert text.count(f'{setting} = ""') == 1
        secrets.write_text(text.replace(f'{setting} = ""', f'{setting} = "{settings.pop(setting)}"'), "utf-8")
    if name == "openai":
        app = App(project, browser, **settings)
        app.ask(QUESTION[0])
        expect(app.messages.nth(1)).to_contain_text(TEXT.split()[-1])
        app.close()
        return
    driver = Driver(project, **settings)
    reply = driver.ask(QUESTION)
    driver.close()
    assert (reply["status"], reply["problem"]) == ("complete", None), reply
    assert reply["text"] if name in LOCAL else reply["text"] == TEXT


def test_an_app_with_postgresql(bake: Bake, tmp_path: Path, postgresql: str) -> None:
    project = tmp_path / "app"
    shutil.copytree(bake(llm_provider="openai", history="database"), project)
    (command,) = [command for command in commands(project / "README.md") if command.startswith("DATABASE_URL")]
    address, start = command.removeprefix("DATABASE_URL=").split(" ", 1)
    assert address.startswith("postgresql://")
    with serving(start.removeprefix("uv run "), project, DATABASE_URL=postgresql) as url:
        assert_served(url)
    with psycopg.connect(postgresql) as connection:
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


@pytest.mark.thorough
def test_an_app_is_installed_with_pip(bake: Bake, tmp_path: Path) -> None:
    project = tmp_path / "app"
    shutil.copytree(bake(), project)
    *install, start = [command for command in commands(project / "README.md") if "venv" in command]
    shell("\n".join(install), project)
    with serving(start, project) as url:
        assert_served(url)


@pytest.mark.thorough
def test_the_configurator_in_a_project_of_its_own(tmp_path: Path) -> None:
    steps = [command for command in commands(DOCS / "configurator.md") if not command.startswith("python3")]
    *steps, _, run = steps
    ignored = shutil.ignore_patterns(".*", "__pycache__", "bench", "docs", "tests")
    template = shutil.copytree(ROOT, tmp_path / "repository", ignore=ignored)
    shutil.copytree(TEMPLATE, template / TEMPLATE.name, dirs_exist_ok=True)
    people = "git -c user.name=Ada -c user.email=ada@example.com"
    shell(f"git init --quiet && git add . && {people} commit --quiet --message Now", template)
    address = "https://github.com/OWNER/cookiecutter-streamlit-chat"
    shell("\n".join(steps).replace(address, str(template)), tmp_path)
    start = run[run.index("streamlit run") :]
    with serving(f".venv/bin/{start}", tmp_path / "page") as url:
        assert_served(url)
