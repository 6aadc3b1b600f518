"""Two tabs of one conversation in a real browser, with random clicks: nothing may fail.

`pytest tests/test_clicks.py --minutes 10` clicks for ten minutes on each store.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, expect

from app import App, Tab
from wire import Wire

SCENARIOS = ("good", "good", "echo", "reasoning", "cut_off", "max_tokens", "empty", "error_event", "silent", "drop")
BUTTONS, MENU = ("Regenerate", "Edit", "Copy"), ("Delete the turn", "Details")
IN_A_MOMENT = 500  # milliseconds: what cannot be clicked by then is gone, or behind something


def click_somewhere(tab: Tab, chance: random.Random) -> None:
    """Do one thing that a person may do, if it can be done just now; sometimes twice."""
    page, times = tab.page, chance.choice([1, 1, 1, 2])

    def click(places: Locator) -> None:
        if count := places.count():
            places.nth(chance.randrange(count)).click(click_count=times, timeout=IN_A_MOMENT)

    match chance.randrange(13):
        case 0 | 1:
            tab.question.fill(f"Question {chance.randrange(1000)}", timeout=IN_A_MOMENT)
            tab.question.press("Enter", timeout=IN_A_MOMENT)
        case 2 | 3:
            click(page.get_by_role("button", name=chance.choice(BUTTONS), exact=True))
        case 9:
            click(page.get_by_role("button", name="More"))
            page.get_by_text(chance.choice(MENU), exact=True).click(timeout=IN_A_MOMENT)
        case 4:
            click(page.get_by_role("button", name="New chat"))
        case 5:
            page.reload()
        case 6:
            page.keyboard.press("Escape")
        case 7 if chance.random() < 0.3:
            page.go_back()
        case 8:
            click(page.get_by_test_id("stSidebar").get_by_role("button"))
        case _:
            click(tab.messages.get_by_role("button").or_(tab.messages.get_by_role("radio")))


@pytest.mark.parametrize("history", ["session", "database"])
def test_random_clicks_in_two_tabs_lose_nothing(
    start: Callable[..., App], wire: Wire, request: pytest.FixtureRequest, tmp_path: Path, history: str
) -> None:
    app = start(llm_provider="openai", history=history)
    wire.play("echo")
    app.ask("First")
    expect(app.messages.nth(1)).to_contain_text("You said: First")
    address, tabs = app.page.url, [app, app.open(app.page.url)]
    chance = random.Random(5)  # noqa: S311
    end = time.monotonic() + 60 * request.config.getoption("--minutes")
    while time.monotonic() < end:
        wire.play(chance.choice(SCENARIOS), rate=chance.choice([10, 30, None]))
        with suppress(Error):  # it was not there any more
            click_somewhere(chance.choice(tabs), chance)
        for tab in tabs:
            if not tab.page.url.startswith(app.url):  # it went back beyond the first page
                tab.page.goto(address)
            expect(tab.page.get_by_test_id("stException")).to_have_count(0)
    wire.play("echo")
    for tab in tabs:
        tab.page.goto(app.url)
        tab.ask("And now?")
        expect(tab.messages.last).to_contain_text("You said: And now?")
        tab.page.close()
    assert len(wire.requests) > 2
    events = (tmp_path / "log").read_text("utf-8").splitlines()
    assert [event for event in events if "exception" in event.lower() or "traceback" in event.lower()] == []
