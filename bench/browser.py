"""The chat as a user sees it: a page in headless Chromium, and when words appear on it."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.reply import QUESTION, Reply

TURN_SECONDS = 120  # then the reply has failed
SILENCE_SECONDS = 1  # how long a person waits before clicking "Stop"

# Counted in the page: the browser's debugger would copy every frame through two more processes, at more CPU time than
# some servers take.
COUNT_RECEIVED = """
window.received = 0;
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({data}) => { window.received += data.byteLength; });
  }
};
"""

# A frame shows the document as it is when the frame's callbacks run.
WATCH = """([event, firstWord, lastWord, seconds]) => {
  window.turn = new Promise((resolve, reject) => {
    const times = {};
    const deadline = performance.now() + 1000 * seconds;
    addEventListener(event, ({timeStamp}) => { times.began = timeStamp; }, {capture: true, once: true});
    const look = () => {
      const now = performance.now();
      const text = document.querySelector("main").textContent;
      if (text.includes(firstWord)) times.firstWord ??= now;
      if (text.includes(lastWord)) resolve({...times, lastWord: now});
      else if (now > deadline) reject(new Error(`the reply is not there after ${seconds} s`));
      else requestAnimationFrame(look);
    };
    look();
  });
}"""


@dataclass(frozen=True)
class Turn:
    """The figures of one turn.

    Attributes:
        first_word: from Enter until the first word of the reply is visible, in seconds.
        last_word: from Enter until the last word is visible, in seconds.
        seen: when the last word became visible, in seconds of `time.monotonic`.
        received: over the websocket, from Enter until the server is idle, in bytes.
        busy: how long the page's main thread was busy in that time, in seconds.
    """

    first_word: float
    last_word: float
    seen: float
    received: int
    busy: float


@dataclass(frozen=True)
class Stop:
    """The figures of a click on "Stop".

    Attributes:
        clicked: when it came, in seconds of `time.monotonic`.
        visible: from the click until the page says that the reply was stopped, in seconds.
    """

    clicked: float
    visible: float


class Chat:
    """The page of a chat, open in the browser."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._input = page.get_by_test_id("stChatInputTextArea")
        self._debugger = page.context.new_cdp_session(page)
        self._debugger.send("Performance.enable")

    def open_file(self, path: Path) -> None:
        """Open a saved conversation, if the page can."""
        self._input.wait_for()
        expander = self._page.get_by_text("Save and open")
        if expander.count():
            expander.click()
            self._page.locator("input[type=file]").set_input_files(path)

    def wait_for(self, word: str) -> None:
        """Wait until a word is visible and the server is idle."""
        self._page.get_by_text(word).wait_for(timeout=1000 * TURN_SECONDS)
        self._wait_until_idle()

    def type_question(self, seconds: float) -> None:
        """Type a question without pressing Enter, over this many seconds."""
        self._input.fill(QUESTION)
        self._page.wait_for_timeout(1000 * seconds)

    def send(self, reply: Reply) -> Turn:
        """Press Enter, and wait for the whole reply."""
        received, busy = self._page.evaluate("received"), self._busy()
        times = self._watch("keydown", reply.first_word, reply.last_word, lambda: self._input.press("Enter"))
        self._wait_until_idle()
        return Turn(
            first_word=times["firstWord"] - times["began"],
            last_word=times["lastWord"] - times["began"],
            seen=times["lastWord"] + self._offset(),
            received=self._page.evaluate("received") - received,
            busy=self._busy() - busy,
        )

    def stop(self) -> Stop:
        """Press Enter, and click "Stop" after a second of silence from the provider."""
        self._input.press("Enter")
        button = self._page.get_by_role("button", name="Stop")
        button.wait_for()
        self._page.wait_for_timeout(1000 * SILENCE_SECONDS)
        times = self._watch("click", "", "The reply was stopped.", button.click)
        return Stop(clicked=times["began"] + self._offset(), visible=times["lastWord"] - times["began"])

    def _watch(self, event: str, first_word: str, last_word: str, act: Callable[[], None]) -> dict[str, float]:
        """Act, and wait for words: when the event began and each word was visible, in seconds of the page's clock."""
        self._page.evaluate(WATCH, [event, first_word, last_word, TURN_SECONDS])
        act()
        return {name: milliseconds / 1000 for name, milliseconds in self._page.evaluate("turn").items()}

    def _wait_until_idle(self) -> None:
        self._page.locator("[data-test-script-state=notRunning]").wait_for(timeout=1000 * TURN_SECONDS)

    def _busy(self) -> float:
        """How long the page's main thread has been busy so far, in seconds."""
        metrics = self._debugger.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def _offset(self) -> float:
        """What to add to the page's clock to get `time.monotonic`, in seconds: from the fastest of ten round trips."""
        answers = []
        for _ in range(10):
            asked = time.monotonic()
            page_seconds = self._page.evaluate("performance.now()") / 1000
            answered = time.monotonic()
            answers.append((answered - asked, (asked + answered) / 2 - page_seconds))
        return min(answers)[1]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium: the system's, else Playwright's own."""
    arguments = ["--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_chat(browser: Browser, url: str) -> Iterator[Chat]:
    """A chat on a new page, with nothing cached."""
    page = browser.new_page()
    try:
        page.add_init_script(COUNT_RECEIVED)
        page.goto(url)
        yield Chat(page)
    finally:
        page.close()
