"""A running bake, with pages of it open in a browser."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from conftest import ROOT, tool
from waiting import HANG

KEEP_SOCKETS = """
sockets = [];
WebSocket = class extends WebSocket { constructor(...args) { super(...args); sockets.push(this); } };
"""
expect.set_options(timeout=HANG * 1000)
SCREENSHOTS = ROOT / ".dev" / "screenshots"


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A separate browser context, as wide as a desktop screen, with a long timeout."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(HANG * 1000)
    return context


class Tab:
    """One page of an app."""

    def __init__(self, page: Page) -> None:
        """Wait until typing is possible."""
        self.page = page
        expect(self.question).to_be_enabled()

    @property
    def question(self) -> Locator:
        """The chat input."""
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def messages(self) -> Locator:
        """The messages on the page."""
        return self.page.get_by_test_id("stChatMessage")

    def ask(self, text: str) -> None:
        """Type a question and press Enter."""
        self.question.fill(text)
        self.question.press("Enter")

    def press(self, button: str, number: int = -1) -> None:
        """Press the button with this name: of several, the last one or the one with this number."""
        name = re.compile(rf"^{re.escape(button)}( Shortcut .+)?$")
        self.page.get_by_role("button", name=name).nth(number).click()

    def choose(self, action: str, turn: int = 0) -> None:
        """Choose an action in the menu of a turn."""
        button = self.page.get_by_role("button", name="More").nth(turn)
        entry = self.page.get_by_text(action, exact=True)
        for _ in range(HANG // 10):
            button.click()
            try:
                entry.click(timeout=10_000)
                return
            except Error:  # the page was still scrolling, or redrew the menu and hid it
                self.page.keyboard.press("Escape")
        raise AssertionError(f"{action} cannot be chosen")

    def wait_for_the_end(self) -> None:
        """Wait until no reply is being written."""
        self.page.wait_for_selector("[data-test-script-state=notRunning]")

    def picture(self, name: str) -> None:
        """Leave a screenshot."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


class Server:
    """An app started as its README says, and a browser to visit it."""

    def __init__(
        self,
        project: Path,
        browser: Browser,
        *arguments: str,
        log: str | Path = os.devnull,
        **environment: str,
    ) -> None:
        """Start it with these arguments and environment variables; its log goes to this file."""
        self.project, self.environment = project, environment
        self.process = subprocess.Popen(
            [tool("streamlit"), "run", "--server.address=127.0.0.1", "--server.headless=true", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "STREAMLIT_SERVER_PORT": "0", **environment},
            stdout=subprocess.PIPE,
            stderr=Path(log).open("w", encoding="utf-8"),  # noqa: SIM115 - a pipe that nobody reads would hold the app up
            text=True,
        )
        assert self.process.stdout
        self.url = next(line for line in self.process.stdout if "URL:" in line).split()[-1]
        self.context = new_context(browser)

    def visit(self, url: str) -> Page:
        """Open another page, whatever it shows."""
        page = self.context.new_page()
        page.on("requestfailed", lambda request: print("failed:", request.url, request.failure))
        page.add_init_script(KEEP_SOCKETS)
        page.goto(url)
        return page

    def close(self) -> None:
        """End it."""
        self.context.close()
        self.process.terminate()
        self.process.communicate(timeout=HANG)

    def ratings(self) -> list[dict[str, Any]]:
        """The lines of the ratings file."""
        file = self.project / "data" / "feedback.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


class App(Server, Tab):
    """An app with one page open."""

    def __init__(
        self,
        project: Path,
        browser: Browser,
        *arguments: str,
        log: str | Path = os.devnull,
        **environment: str,
    ) -> None:
        """Start it and open its page."""
        Server.__init__(self, project, browser, *arguments, log=log, **environment)
        Tab.__init__(self, self.visit(self.url))

    def open(self, url: str) -> Tab:
        """Open another page."""
        return Tab(self.visit(url))
