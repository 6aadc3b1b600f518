"""Nothing that a model names is fetched: in a real browser, with a server listening at the address."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from ways import (
    CHARTS,
    COMPUTED,
    DIAGRAMS,
    DRAWN,
    HARMLESS_CHARTS,
    HARMLESS_DIAGRAMS,
    REFUSED,
    TEXTS,
    WAYS,
    bar,
    fence,
    vega,
)

from app import App, Server
from conftest import ROOT, Bake, copied
from waiting import wait_until
from wire import Wire


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

    def ways(self) -> list[str]:
        """Every way, each with an address of its own."""
        return [
            way.replace("URL", f"http://{self.host}/{number}").replace("HOST", f"{self.host}/{number}")
            for number, way in enumerate(WAYS)
        ]

    def heard(self) -> set[str]:
        """The ways that led here; what else was asked for, as its path."""
        numbers = [path[1:].partition("/")[0] for path in self.asked]
        return {WAYS[int(number)] if number.isdigit() else number for number in numbers}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Listener]:
    """Somebody who listens elsewhere."""
    with Listener() as listener:
        yield listener
        listener.shutdown()


@pytest.fixture
def listener(elsewhere: Listener) -> Listener:
    """The same, who has heard nothing yet."""
    elsewhere.asked.clear()
    return elsewhere


NOTE = "This could not be drawn"
FIGURES = "[data-testid=stVegaLiteChart] svg, [data-testid=stMermaidChart] img, [data-testid=stDataFrame]"
# Moves a pointer over every bar, which shows the tooltips.
POINT = """async () => {
    for (const bar of document.querySelectorAll("[data-testid=stVegaLiteChart] path[aria-roledescription=bar]")) {
        for (const type of ["pointerover", "pointermove", "mouseover", "mousemove"])
            bar.dispatchEvent(new PointerEvent(type, {bubbles: true}));
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}"""
UNDRAWABLE = 1  # charts of which nothing comes, where nothing checks them
# Some of what is heard where nothing checks it.
LEAKS = {
    "![a](URL)",
    fence("mermaid", DIAGRAMS[0]),
    vega(bar(mark={"fill": "url(URL)"})),
    vega(bar(mark={"color": "u\\rl(URL)"})),
    vega(bar(mark={"fill": {"expr": COMPUTED}})),
    vega(bar(mark={"tooltip": {"expr": "{image: 'URL'}"}})),
    vega(bar(transform=[{"calculate": COMPUTED, "as": "k"}], encoding={"color": {"field": "k", "scale": None}})),
}
# In place of the app's own: serves the page of every way, and `?policy=off` without the Content-Security-Policy.
LAUNCHER = """
import streamlit as st
from starlette.middleware import Middleware
from chat.server.headers import SecurityHeaders

class AtWill(SecurityHeaders):
    async def __call__(self, scope, receive, send):
        if b"policy=off" in scope.get("query_string", b""):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

app = st.App("every_way.py", middleware=[Middleware(AtWill)])
"""


@pytest.fixture(scope="module", params=["yes", "no"])
def ways(
    request: pytest.FixtureRequest,
    browser: Browser,
    bake: Bake,
    elsewhere: Listener,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A bake that draws every way."""
    project = tmp_path_factory.mktemp("ways") / "app"
    copied(bake(llm_provider="openai", rich_replies=request.param), project)
    shutil.copy(ROOT / "tests" / "every_way.py", project)
    (project / "streamlit_app.py").write_text(LAUNCHER, "utf-8")
    (project / "ways.json").write_text(json.dumps(elsewhere.ways()), "utf-8")
    server = Server(project, browser)
    yield server
    server.close()


@contextmanager
def drawn(ways: Server, *, filter: str, policy: str) -> Iterator[Page]:
    """The page with every way drawn, each chart pointed at."""
    is_rich = (ways.project / "chat" / "conversation" / "visuals.py").exists()
    charts = len(CHARTS) + len(HARMLESS_CHARTS) - UNDRAWABLE if filter == "off" else is_rich * 2 * len(HARMLESS_CHARTS)
    diagrams = len(DIAGRAMS) if filter == "off" else is_rich * len(HARMLESS_DIAGRAMS)
    page = ways.context.new_page()
    response = page.goto(f"{ways.url}?filter={filter}&policy={policy}")
    assert response
    assert ("content-security-policy" in response.headers) == (policy == "on")
    expect(page.get_by_text("All ways are drawn.")).to_be_visible()
    wait_until(lambda: page.locator("[data-testid=stVegaLiteChart]:has(svg, canvas)").count() >= charts)
    wait_until(lambda: page.locator("[data-testid=stMermaidChart]:not([aria-busy])").count() >= diagrams)
    page.evaluate(POINT)
    page.wait_for_timeout(1_000)  # in which what is fetched would be heard
    yield page
    page.close()


def prove_that_it_hears(page: Page, listener: Listener) -> None:
    """Have a page fetch something on purpose."""
    page.evaluate("address => { new Image().src = address }", f"http://{listener.host}/proof")
    wait_until(lambda: listener.heard() == {"proof"})


def assert_links(page: Page) -> None:
    """Every link is one that may be, and leads to a tab of its own; every picture is the app's."""
    links = page.eval_on_selector_all(
        "[data-testid=stMarkdownContainer] a:not([aria-label='Link to heading'])",
        "links => links.map(link => [link.getAttribute('href'), link.target, link.rel])",
    )
    assert len(links) > 20
    for href, target, rel in links:
        address = urlsplit(href)
        assert address.scheme in {"http", "https", "mailto"}, href
        assert address.hostname is None or address.hostname in {"127.0.0.1", "example.com"}, href
        assert target == "_blank", href
        assert "noopener" in rel, href
    sources = page.eval_on_selector_all("img", "images => images.map(image => image.src)")
    own = page.url.partition("?")[0]
    assert all(source.startswith(("data:", "blob:", own)) for source in sources), sources


@pytest.mark.parametrize("policy", ["off", "on"])
def test_every_way_is_tried_and_nothing_is_fetched(ways: Server, listener: Listener, policy: str) -> None:
    with drawn(ways, filter="on", policy=policy) as page:
        assert listener.heard() == set()
        boxes = {way: page.locator(f".st-key-way-{number}") for number, way in enumerate(WAYS)}
        figures = [way for way, box in boxes.items() if box.locator(FIGURES).count()]
        refused = [way for way, box in boxes.items() if box.get_by_text(NOTE).filter(visible=True).count()]
        counts = {"tried": len(boxes), "drawn": len(figures), "refused": len(refused), "requests": len(listener.asked)}
        if (ways.project / "chat" / "conversation" / "visuals.py").exists():
            assert figures == DRAWN
            assert refused == REFUSED
            assert counts == {"tried": 240, "drawn": 24, "refused": 106, "requests": 0}
        else:  # all of it is text and code
            assert counts == {"tried": 240, "drawn": 0, "refused": 0, "requests": 0}
        assert all(boxes[way].inner_text().strip() for way in TEXTS)
        assert_links(page)
        if policy == "off":
            prove_that_it_hears(page, listener)


@pytest.mark.parametrize("ways", ["yes"], indirect=True)
def test_leaks_are_heard_where_nothing_checks_and_the_policy_alone_stops_them(ways: Server, listener: Listener) -> None:
    with drawn(ways, filter="off", policy="on"):
        assert listener.heard() == set()
    with drawn(ways, filter="off", policy="off"):
        assert listener.heard() >= LEAKS
        assert len(listener.heard()) >= 80


def test_while_it_is_written(browser: Browser, bake: Bake, wire: Wire, tmp_path: Path, listener: Listener) -> None:
    project = tmp_path / "app"
    copied(bake(llm_provider="openai"), project)
    launcher = project / "streamlit_app.py"
    launcher.write_text(launcher.read_text("utf-8").replace("[Middleware(SecurityHeaders)]", "[]"), "utf-8")
    app = App(project, browser, OPENAI_API_KEY="any", OPENAI_BASE_URL=wire.base_url("openai"))
    half = len(WAYS) // 2
    for number, some in enumerate((listener.ways()[:half], listener.ways()[half:])):
        text = "\n\n---\n\n".join(some)
        wire.play("reasoning", text=text, reasoning=text, chunks=80, rate=30, dialect=None)
        app.ask(f"Way {number}?")
        expect(app.messages.nth(2 * number + 1)).to_contain_text("Thought for")
        expect(app.page.get_by_role("button", name="More")).to_have_count(number + 1)
        app.wait_for_the_end()
        if number == 0:
            assert_links(app.page)
    app.press("Regenerate", 0)
    expect(app.messages.nth(1)).to_contain_text("2/2")
    app.wait_for_the_end()
    assert listener.heard() == set()
    prove_that_it_hears(app.page, listener)
    app.close()
