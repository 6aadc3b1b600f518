"""Nothing is fetched that a model names: in a real browser, with somebody listening at the address."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from ways import WAYS

from app import App, wait_until
from conftest import Bake
from wire import Wire

# Run in the folder of a bake: makes a conversation of a reply for each text, which is its reasoning as well.
SAVE = """
import json, sys
from chat.conversation.export import to_json
from chat.conversation.messages import Conversation

conversation = Conversation()
for number, text in enumerate(json.load(sys.stdin)):
    reply = conversation.ask(f"Way {number}?")
    reply.status, reply.text, reply.reasoning = "complete", text, text
print(to_json(conversation))
"""


class Listener(ThreadingHTTPServer):
    """Keeps the paths that it is asked for."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(handler) -> None:  # noqa: N805
                if line := handler.rfile.readline().decode("latin-1"):
                    self.asked.append(line.split()[1])
                handler.close_connection = True

        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_port}"
        Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody who listens elsewhere."""
    with Listener() as listener:
        yield listener
        listener.shutdown()


@pytest.fixture
def open_app(browser: Browser, bake: Bake, wire: Wire, tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Bake an app with these answers and open it without the Content-Security-Policy, the second wall."""
    apps: list[App] = []

    def open_app(**answers: str) -> App:
        project = tmp_path / "app"
        shutil.copytree(bake(llm_provider="openai", **answers), project)
        page = project / "page.py"
        page.write_text(page.read_text("utf-8").replace("MESSAGES_SHOWN = 30", "MESSAGES_SHOWN = 999"), "utf-8")
        key, url = "any", wire.base_url("openai")
        apps.append(App(project, browser, bypass_csp=True, OPENAI_API_KEY=key, OPENAI_BASE_URL=url))
        return apps[-1]

    yield open_app
    for app in apps:
        app.close()


def replies_to(listener: Listener, most: int = 12) -> list[str]:
    """Every way, each with an address of its own, so many in a text."""
    ways = [
        way.replace("URL", f"http://{listener.host}/{number}").replace("HOST", listener.host)
        for number, way in enumerate(WAYS)
    ]
    return ["\n\n---\n\n".join(ways[start : start + most]) for start in range(0, len(ways), most)]


def assert_silence(app: App, listener: Listener) -> None:
    """Nothing was fetched, and would have been heard; every link is one that may be."""
    app.page.wait_for_timeout(300)
    assert sorted({WAYS[int(path[1:].split("/")[0])] if path[1:2].isdigit() else path for path in listener.asked}) == []
    app.page.evaluate("address => { new Image().src = address }", f"http://{listener.host}/proof")
    wait_until(lambda: listener.asked)
    listener.asked.clear()
    links = app.page.eval_on_selector_all(
        "[data-testid=stChatMessage] a:not([aria-label='Link to heading'])",
        "links => links.map(link => [link.getAttribute('href'), link.target, link.rel])",
    )
    assert len(links) > 20
    for href, target, rel in links:
        address = urlsplit(href)
        assert address.scheme in {"http", "https", "mailto"}, href
        assert address.hostname is None or address.hostname in {"127.0.0.1", "example.com"}, href
        assert target == "_blank", href
        assert "noopener" in rel, href
    sources = app.page.eval_on_selector_all("img", "images => images.map(image => image.src)")
    assert all(source.startswith(("data:", "blob:", app.url)) for source in sources), sources


@pytest.mark.parametrize(("rich_replies", "streaming"), [("yes", "tokens"), ("no", "off")])
def test_drawn_whole(open_app: Callable[..., App], listener: Listener, rich_replies: str, streaming: str) -> None:
    app = open_app(rich_replies=rich_replies, streaming=streaming)
    texts = replies_to(listener)
    done = subprocess.run(
        [sys.executable, "-B", "-c", SAVE],
        input=json.dumps(texts),
        cwd=app.project,
        capture_output=True,
        text=True,
        check=True,
    )
    app.page.get_by_text("Save and open").click()
    file = {"name": "chat.json", "mimeType": "application/json", "buffer": done.stdout.encode()}
    app.page.locator("input[type=file]").set_input_files(file)
    expect(app.messages).to_have_count(2 * len(texts), timeout=30_000)
    app.wait_for_the_end(30_000)
    app.page.eval_on_selector_all("[data-testid=stChatMessage] summary", "all => all.map(one => one.click())")
    app.page.wait_for_timeout(2_000)
    if rich_replies == "yes":
        for chart in app.page.locator("[data-testid=stVegaLiteChart] path[aria-roledescription=bar]").all():
            chart.hover(force=True)
    assert_silence(app, listener)


@pytest.mark.parametrize("rich_replies", ["yes"])
def test_while_it_is_written(open_app: Callable[..., App], wire: Wire, listener: Listener, rich_replies: str) -> None:
    app = open_app(rich_replies=rich_replies)
    texts = replies_to(listener, most=len(WAYS) // 2 + 1)
    for number, text in enumerate(texts):
        wire.play("reasoning", text=text, reasoning=text, chunks=80, rate=30, dialect=None)
        app.ask(f"Way {number}?")
        expect(app.messages.nth(2 * number + 1)).to_contain_text("Thought for", timeout=20_000)
        expect(app.page.get_by_role("button", name="More")).to_have_count(number + 1, timeout=20_000)
        app.wait_for_the_end()
    app.choose("Ask again")
    expect(app.messages.nth(1)).to_contain_text("2/2", timeout=20_000)
    app.wait_for_the_end()
    assert_silence(app, listener)
