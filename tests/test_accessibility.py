"""No serious fault for keyboards and screen readers in the page's own parts, by axe-core."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app import App
from wire import Wire


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious(start: Callable[..., App], wire: Wire, width: int, scheme: str) -> None:
    app = start(llm_provider="openai", extra_providers="anthropic")
    app.page.emulate_media(color_scheme=scheme)
    app.page.set_viewport_size({"width": width, "height": 900})
    wire.play(["reasoning", "max_tokens", "overloaded"], dialect=None)
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("That is it.")
    app.ask("Two?")
    expect(app.page.get_by_role("button", name="Continue")).to_be_visible()
    app.choose("Ask again")
    app.wait_for_the_end()
    app.messages.nth(1).get_by_role("radio").first.click()
    expect(app.page.get_by_role("button", name="Add a comment")).to_be_visible()
    app.picture(f"accessibility-{width}-{scheme}")
    found = [
        (violation["id"], node["html"][:200])
        for violation in Axe().run(app.page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert found == []


def test_actions_have_names_and_stop_answers_the_keyboard(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("You said: One?")
    app.wait_for_the_end()
    keyboard = app.page.keyboard
    app.page.get_by_role("button", name="More").focus()
    keyboard.press("Enter")
    for action in ("Copy", "Details", "Ask again", "Edit the question", "Delete the turn"):
        expect(app.page.get_by_role("menuitem", name=action)).to_be_visible()
    keyboard.press("Escape")
    app.page.get_by_role("radio", name="Thumbs up").focus()
    keyboard.press("Space")
    app.page.get_by_role("button", name="Add a comment").focus()
    keyboard.press("Enter")
    app.page.get_by_label("Comment", exact=True).focus()
    keyboard.type("By keyboard")
    keyboard.press("Control+Enter")
    expect(app.page.get_by_role("button", name="Your comment")).to_be_visible()
    keyboard.press("Escape")
    app.page.reload()
    app.page.get_by_role("button", name="Your comment").click()
    expect(app.page.get_by_label("Comment", exact=True)).to_have_value("By keyboard")
    keyboard.press("Escape")
    wire.play("silent")
    app.ask("Two?")
    stop = app.page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    stop.focus()
    keyboard.press("Enter")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
