"""The app's documents about your own code: each example works where and as they say."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from examples import call, examples, put
from playwright.sync_api import Browser, expect

from app import App
from conftest import CANARY, Bake, copied, output, tool
from wire import Wire


@pytest.fixture
def own(bake: Bake, tmp_path: Path) -> Callable[..., Path]:
    """A bake with these answers, and in it everything that its page of examples has."""

    def own(**answers: str) -> Path:
        project = copied(bake(**answers), tmp_path / "app")
        put(project, examples((project / "docs" / "your-own.md").read_text("utf-8")))
        call(project, "page.py", "chat.ui.summary", "draw_summary(conversation)", "draw_files(conversation)")
        call(project, "chat/ui/reply.py", "chat.ui.download", "draw_download(reply)", "draw_versions(reply)")
        return project

    return own


@pytest.fixture
def start(browser: Browser, own: Callable[..., Path], wire: Wire) -> Iterator[Callable[..., App]]:
    """Start such an app; the local server stands in for its provider."""
    apps: list[App] = []

    def start(**answers: str) -> App:
        environment = {"OPENAI_API_KEY": CANARY, "OPENAI_BASE_URL": wire.base_url("openai")}
        apps.append(App(own(llm_provider="openai", **answers), browser, **environment))
        return apps[-1]

    yield start
    for app in apps:
        app.close()


def test_the_examples_are_clean(own: Callable[..., Path]) -> None:
    project = own()
    output(tool("ruff"), "check", "--no-cache", "--ignore=D100,I001", ".", cwd=project)
    output(tool("ruff"), "format", "--no-cache", "--check", ".", cwd=project)
    pyrefly = (tool("pyrefly"), "check", "--preset", "default", "--python-interpreter-path", sys.executable)
    output(*pyrefly, ".", cwd=project)


def test_a_script_asks_the_model(own: Callable[..., Path]) -> None:
    """The one that comes with the app."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    said = output(sys.executable, "-m", "script", cwd=own(), env=environment)
    assert len(said.split()) >= 3


@pytest.mark.parametrize("answers", [{}, {"history": "database", "streaming": "off", "attachments": "images"}])
def test_pages_panels_and_buttons(start: Callable[..., App], wire: Wire, answers: dict[str, str]) -> None:
    app = start(**answers)
    page = app.page
    wire.play("echo")
    expect(page.get_by_role("button", name="Summarise")).to_be_disabled()
    app.ask("Hello there")
    expect(app.messages.nth(1)).to_contain_text("You said: Hello there")
    app.wait_for_the_end()
    with page.expect_download() as saving:
        app.press("Save")
    assert saving.value.path().read_text("utf-8") == "You said: Hello there"

    app.press("Summarise this conversation")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You said: Summarise our conversation in three sentences.")
    assert len(wire.requests) == 2
    app.wait_for_the_end()
    app.picture(f"around-{'-'.join(answers) or 'defaults'}")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(app.messages).to_have_count(2)

    address = page.url
    page.get_by_role("link", name="turns").click()
    expect(page.get_by_role("heading", name="Turns")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    app.picture("around-turns")
    page.reload()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("link", name="page").click()
    expect(app.messages.nth(1)).to_contain_text("You said: Hello there")
    page.get_by_role("link", name="plan").click()
    page.get_by_label("City").fill("Lyon")
    app.press("Plan it")
    expect(app.messages.nth(0)).to_contain_text("Plan 3 days in Lyon")
    expect(app.messages.nth(1)).to_contain_text("You said: Plan 3 days in Lyon")
    expect(app.messages).to_have_count(2)
    assert re.search(r"\?c=\w+$", page.url)
    assert page.url != address
    page.goto(address)
    expect(app.messages.nth(0)).to_contain_text("Hello there")


def test_pages_with_titles_of_ones_choice(browser: Browser, own: Callable[..., Path], wire: Wire) -> None:
    project = own(llm_provider="openai")
    (project / "pages" / "turns.py").rename(project / "turns.py")
    shutil.rmtree(project / "pages")
    launcher = project / "streamlit_app.py"
    launcher.write_text(launcher.read_text("utf-8").replace('"page.py"', '"menu.py"'), "utf-8")
    app = App(project, browser, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=wire.base_url("openai"))
    wire.play("echo")
    app.ask("Hello")
    expect(app.messages.nth(1)).to_contain_text("You said: Hello")
    app.page.get_by_role("link", name="Turns").click()
    expect(app.page.get_by_test_id("stDataFrame")).to_be_visible()
    app.picture("around-titles")
    app.page.get_by_role("link", name="Chat").click()
    expect(app.messages.nth(1)).to_contain_text("You said: Hello")
    app.close()


def test_a_page_that_is_opened_first_can_begin_a_conversation(start: Callable[..., App], wire: Wire) -> None:
    app = start()
    wire.play("echo")
    app.page.goto(f"{app.url}/plan")
    app.page.get_by_label("City").fill("Lyon")
    app.press("Plan it")
    expect(app.messages.nth(1)).to_contain_text("You said: Plan 3 days in Lyon")
