"""The images of two apps, built and run by a real Docker.

`python3 dev.py test --containers --numprocesses=0 tests/test_containers.py`
"""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml
from containers import Docker, docker
from playwright.sync_api import Browser, Page, expect
from replicas import free_port

from app import Tab, new_context
from conftest import ROOT, Bake
from waiting import wait_until

pytestmark = pytest.mark.container

BAKES = {
    "embedded": {"deployment": "docker"},
    "stored": {
        **{"deployment": "kubernetes", "llm_provider": "openai", "history": "database"},
        **{"attachments": "images_and_documents"},
    },
}
KEY = "sk-a-key-that-must-not-be-in-an-image"
WORDS = " ".join(f"word{number}" for number in range(60))
SECRETS = f'OPENAI_API_KEY = "{KEY}"\nOPENAI_BASE_URL = "http://provider:9000/openai/v1"\n'
PORT = 8501
OK, UNAVAILABLE = 200, 503
TERMINATED = str(128 + signal.SIGTERM)
MEGABYTE = 1_000_000
Measured = Callable[[str, object], None]


class Deployment:
    """A baked app that Docker Compose builds and runs."""

    def __init__(self, docker: Docker, baked: Path, name: str) -> None:
        """Copy the app to where Docker sees it, and fill in what its README asks for."""
        self.docker, self.project = docker, docker.folder / name
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(baked, self.project)
        compose = yaml.safe_load((self.project / "compose.yaml").read_text("utf-8"))
        self.has_provider, self.has_database = "secrets" in compose, "database" in compose["services"]
        self.url = f"http://127.0.0.1:{free_port()}"
        override = f'services:\n  chat:\n    ports: !override ["{self.url.removeprefix("http://")}:{PORT}"]\n'
        if self.has_provider:
            shutil.copytree(ROOT / "tests" / "wire", self.project / "provider" / "wire")
            for module in ("provider.py", "waiting.py"):
                shutil.copy(ROOT / "tests" / module, self.project / "provider" / module)
            self.write_secrets(0o644)
            override += f"""
  provider:
    image: {name}-chat
    init: true
    command: [python, /provider/provider.py, "{WORDS}"]
    volumes: ["./provider:/provider:ro"]
    healthcheck: {{test: [CMD, "true"], start_period: 9s, start_interval: 1s}}
"""
        if self.has_database:
            example = (self.project / ".env.example").read_text("utf-8")
            (self.project / ".env").write_text(example.replace('PASSWORD=""', f'PASSWORD="{KEY.replace("-", "")}"'))
        (self.project / "compose.override.yaml").write_text(override)

    def write_secrets(self, mode: int) -> None:
        """Write the file of secrets anew, with this mode."""
        file = self.project / ".streamlit" / "secrets.toml"
        file.unlink(missing_ok=True)
        file.write_text(SECRETS)
        file.chmod(mode)

    def compose(self, *words: str) -> str:
        """What `docker compose` prints for these words."""
        return self.docker("compose", *words, cwd=self.project)

    def inspect(self, what: str) -> str:
        """A fact about the container of the chat, as a template of Go names it."""
        return self.docker(
            "inspect", f"--format={{{{{what}}}}}", self.compose("ps", "--all", "-q", "chat").strip()
        ).strip()

    def logged(self) -> str:
        """What the app has written."""
        return self.compose("logs", "--no-log-prefix", "chat")


def ready(url: str) -> int:
    """What `/readyz` answers: a status, or 0 where nobody answers."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as response:
            return response.status
    except HTTPError as refused:
        return refused.code
    except OSError:
        return 0


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docker]:
    """A Docker."""
    with docker(tmp_path_factory.mktemp("projects")) as running:
        yield running


@pytest.fixture(scope="module", params=BAKES)
def deployment(request: pytest.FixtureRequest, engine: Docker, bake: Bake) -> Iterator[Deployment]:
    """One of the two apps, built and healthy."""
    made = Deployment(engine, bake(**BAKES[request.param]), request.param)
    began = time.monotonic()
    made.compose("build", "--quiet")
    made.built = time.monotonic() - began
    began = time.monotonic()
    made.compose("up", "--detach", "--wait", "--wait-timeout=120")
    made.waited = time.monotonic() - began
    yield made
    made.compose("down", "--volumes", "--timeout=5")


@pytest.fixture
def measured(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Measured:
    """Notes a number for the table that is printed in the end."""
    return lambda name, value: record_property("measured", (request.node.callspec.id, name, value))


@pytest.fixture
def page(deployment: Deployment, browser: Browser) -> Iterator[Page]:
    """A page of the app."""
    page = new_context(browser).new_page()
    page.goto(deployment.url)
    yield page
    page.context.close()


def image_of(deployment: Deployment) -> str:
    """The id of the app's image."""
    return deployment.inspect(".Image")


def test_it_is_found_ready_soon_after_it_is(deployment: Deployment, measured: Measured) -> None:
    assert deployment.inspect(".State.Health.Status") == "healthy"
    assert deployment.inspect(".Config.Healthcheck.StartInterval") == "1s"
    size = int(deployment.docker("image", "inspect", "--format={{.Size}}", image_of(deployment)))
    measured("image built, s", round(deployment.built, 1))
    measured("image, MB", round(size / MEGABYTE))
    measured("`up --wait`, s", round(deployment.waited, 1))


def test_it_has_no_rights(deployment: Deployment) -> None:
    def holds(test: str) -> None:
        deployment.compose("exec", "-T", "chat", "sh", "-c", test)

    holds('[ "$(id -u):$(id -g)" = 10001:10001 ]')
    holds("! touch /app/chat/any && ! touch /any && touch /tmp/any")
    holds("grep -qx 'CapEff:.0*' /proc/1/status && grep -qx 'NoNewPrivs:.1' /proc/1/status")


def test_no_secret_is_in_a_layer_of_the_image(deployment: Deployment) -> None:
    def has(text: str) -> bool:
        line = f"find layers -type f -exec zcat --force {{}} + | grep --text --count --fixed-strings '{text}' || true"
        return int(deployment.docker.shell(line)) > 0

    deployment.docker.shell(f"mkdir layers && docker save {image_of(deployment)} | tar -x -C layers")
    assert has("background_loop = asyncio")  # of the app's own code, which is there
    assert not has(KEY)
    deployment.docker.shell("rm -r layers")


def test_people_chat_and_stop_a_reply(deployment: Deployment, page: Page) -> None:
    tab = Tab(page)
    tab.ask("Tell me a very long story, with every detail.")
    expect(tab.messages.nth(1)).to_contain_text(" ")
    if deployment.has_provider:
        expect(tab.messages.nth(1)).to_contain_text(WORDS)
        tab.ask("Once more")
        expect(tab.messages.nth(3)).to_contain_text("word3")
    tab.press("Stop")
    expect(page.get_by_text("The reply was stopped.")).to_be_visible()
    assert '"status": "stopped"' in deployment.logged()


def test_what_is_kept_outlasts_a_restart(deployment: Deployment, page: Page) -> None:
    tab = Tab(page)
    tab.ask("Hello")
    expect(tab.messages.nth(1)).to_contain_text(" ")
    tab.wait_for_the_end()
    tab.messages.nth(1).get_by_role("radio").first.click()
    tab.wait_for_the_end()
    address = page.url
    deployment.compose("restart", "chat")
    wait_until(lambda: ready(deployment.url) == OK)
    page.wait_for_selector("[data-test-connection-state=CONNECTED]")
    kept = ["python", "-m", "chat.feedback", "export"] if deployment.has_database else ["cat", "data/feedback.jsonl"]
    assert '"rating": "up"' in deployment.compose("exec", "-T", "chat", *kept)
    page.goto(address)
    expect(Tab(page).messages).to_have_count(2 if deployment.has_database else 0)


def test_a_database_that_dies_and_comes_back(deployment: Deployment, page: Page) -> None:
    if not deployment.has_database:
        assert ready(deployment.url) == OK  # it needs none
        return
    tab = Tab(page)
    tab.ask("Hello")
    expect(tab.messages.nth(1)).to_contain_text(WORDS)
    deployment.compose("kill", "database")
    wait_until(lambda: ready(deployment.url) == UNAVAILABLE)
    tab.ask("Are you there?")
    expect(page.get_by_text("The database is unavailable.")).to_be_visible()
    deployment.compose("up", "--detach", "--wait", "database")
    wait_until(lambda: ready(deployment.url) == OK)
    page.reload()
    expect(Tab(page).messages.nth(1)).to_contain_text(WORDS)
    tab.ask("And now?")
    expect(tab.messages.nth(3)).to_contain_text(WORDS)


def test_it_runs_at_another_port_as_another_user_and_says_that_nothing_is_kept(
    deployment: Deployment, browser: Browser
) -> None:
    address = f"127.0.0.1:{free_port()}"
    options = ["--detach", "--rm", "--env=PORT=7860", "--user=1000:1000", f"--publish={address}:7860"]
    container = deployment.docker("run", *options, image_of(deployment)).strip()
    wait_until(lambda: ready(f"http://{address}") == OK)
    page = new_context(browser).new_page()
    page.goto(f"http://{address}")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    page.context.close()
    assert "with this container: " in deployment.docker.shell(f"docker logs {container} 2>&1")
    deployment.docker("exec", container, "touch", "data/any")
    wait_until(lambda: deployment.docker("inspect", "--format={{.State.Health.Status}}", container) == "healthy\n")
    deployment.docker("rm", "--force", container)


def test_secrets_that_cannot_be_read_are_named(deployment: Deployment) -> None:
    if not deployment.has_provider:
        assert "secrets" not in deployment.logged()  # it needs none
        return
    deployment.write_secrets(0o600)
    deployment.compose("up", "--detach", "--force-recreate", "--no-deps", "chat")
    wait_until(lambda: "cannot be read" in deployment.logged())
    assert "/app/.streamlit/secrets.toml cannot be read: Permission denied, with mode 600." in deployment.logged()
    assert "not available" not in deployment.logged()
    deployment.write_secrets(0o644)
    deployment.compose("up", "--detach", "--force-recreate", "--no-deps", "--wait", "chat")


def test_it_stops_when_it_is_told_to_and_the_reply_has_ended(
    deployment: Deployment, page: Page, measured: Measured
) -> None:
    tab = Tab(page)
    tab.ask("Hello")
    expect(tab.messages.nth(1)).to_contain_text(" ")
    deployment.compose("stop", "chat")
    assert deployment.inspect(".State.ExitCode") == TERMINATED
    *_, ended = (line for line in deployment.logged().splitlines() if '"event": "reply ended"' in line)
    assert '"status": "complete"' in ended
    assert '"event": "app stopped"' in deployment.logged()
    page.context.close()
    deployment.compose("start", "chat")
    wait_until(lambda: ready(deployment.url) == OK)
    began = time.monotonic()
    deployment.compose("stop", "chat")
    measured("stopped, s", round(time.monotonic() - began, 1))
