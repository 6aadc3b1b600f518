"""Tools in a browser: a model calls functions of the app, and a person is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import App
from conftest import CANARY, Bake, copied
from waiting import wait_until
from wire import Wire

CALCULATE = (("calculate", '{"expression": "6 * 7"}'),)
BOTH = (("time_in", '{"zone": "UTC"}'), *CALCULATE)
SLOW = '''

async def wait() -> None:
    """Wait for a long time."""
    import asyncio
    from pathlib import Path

    Path("began").touch()
    try:
        await asyncio.sleep(600)
    except asyncio.CancelledError:
        Path("cancelled").touch()
        raise
'''


@pytest.fixture
def project(bake: Bake, tmp_path: Path) -> Callable[..., Path]:
    """A bake with tools, and one more function."""

    def project(**answers: str) -> Path:
        project = copied(bake(llm_provider="openai_compatible", tools="functions", **answers), tmp_path / "app")
        with (project / "chat" / "tools" / "functions.py").open("a", encoding="utf-8") as file:
            file.write(SLOW)
        return project

    return project


@pytest.fixture
def serve(browser: Browser, wire: Wire, tmp_path: Path) -> Iterator[Callable[[Path], App]]:
    """Starts a project."""
    apps: list[App] = []

    def serve(project: Path) -> App:
        address = {"OPENAI_COMPATIBLE_API_KEY": CANARY, "OPENAI_COMPATIBLE_BASE_URL": wire.base_url("chat")}
        log = tmp_path / f"log-{len(apps)}"
        apps.append(App(project, browser, "--server.fileWatcherType=none", log=log, **address))
        return apps[-1]

    yield serve
    for app in apps:
        app.close()


def results(wire: Wire) -> list[str]:
    """What the last request has of calls, in order."""
    return [turn["content"] for turn in wire.requests[-1].body["messages"] if turn["role"] == "tool"]


def test_a_person_is_asked_allows_declines_and_stops(
    project: Callable[..., Path], serve: Callable[[Path], App], wire: Wire
) -> None:
    app = serve(project())
    wire.play(["tools", "good"], text="Let me see. ", calls=BOTH)
    app.ask("What is six times seven, and what time is it?")
    reply = app.messages.nth(1)
    expect(reply.get_by_role("button", name="Allow once")).to_be_visible()
    expect(reply.get_by_text('"expression": "6 * 7"').last).to_be_visible()
    app.picture("tools-1-asking")
    app.page.reload()
    expect(reply.get_by_role("button", name="Allow once")).to_be_visible()
    second = app.open(app.page.url)
    expect(second.messages.nth(1).get_by_role("button", name="Allow once")).to_be_visible()
    second.press("Allow once")
    for tab in (second, app):
        expect(tab.messages.nth(1).get_by_text("Called calculate")).to_be_visible()
        expect(tab.messages.nth(1).get_by_role("button", name="Allow once")).to_have_count(0)
    app.wait_for_the_end()
    time, value = results(wire)
    assert "UTC" not in time
    assert "\n42\n" in value
    app.picture("tools-2-called")

    wire.play(["tools", "good"], calls=CALCULATE)
    app.ask("And again?")
    app.press("Decline")
    expect(app.messages.nth(3).get_by_text("calculate was declined")).to_be_visible()
    app.wait_for_the_end()
    assert "declined" in results(wire)[-1]

    wire.play(["tools", "good"], calls=(("wait", "{}"),))
    app.ask("Wait.")
    expect(app.messages.nth(5).get_by_text("Calling wait")).to_be_visible()
    wait_until(lambda: (app.project / "began").exists())
    app.press("Stop")
    expect(app.messages.nth(5).get_by_text("The reply was stopped.")).to_be_visible()
    wait_until(lambda: (app.project / "cancelled").exists())
    expect(app.messages.nth(5).get_by_text("wait failed")).to_be_visible()


def test_what_a_person_is_asked_outlives_the_server(
    project: Callable[..., Path], serve: Callable[[Path], App], wire: Wire
) -> None:
    folder = project(history="database")
    app = serve(folder)
    wire.play(["tools", "good"], calls=CALCULATE)
    app.ask("What is six times seven?")
    expect(app.messages.nth(1).get_by_role("button", name="Allow once")).to_be_visible()
    address = app.page.url.removeprefix(app.url)
    app.process.kill()
    again = serve(folder)
    tab = again.open(again.url + address)
    tab.press("Always in this conversation")
    expect(tab.messages.nth(1).get_by_text("Called calculate")).to_be_visible()
    tab.wait_for_the_end()
    assert "\n42\n" in results(wire)[-1]
    wire.play(["tools", "good"], calls=CALCULATE)
    tab.ask("And again?")
    expect(tab.messages.nth(3).get_by_text("Called calculate")).to_be_visible()
