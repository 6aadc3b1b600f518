"""The role-play trainer of docs/recipes.md, built as that page says, in a browser."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import call, examples, put
from playwright.sync_api import Browser, expect

from app import App
from conftest import CANARY, ROOT, Bake, copied, output, tool
from wire import Wire

MOST_LINES = 60


@pytest.fixture(scope="module")
def recipe() -> str:
    """What the page says of it."""
    page = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    return page.partition("## A role-play trainer\n")[2].partition("\n## ")[0]


@pytest.fixture
def trainer(recipe: str, bake: Bake, tmp_path: Path) -> Path:
    """The app, with what its owner wrote."""
    answered = re.search(r"Answers: `(.*?)`", recipe)
    assert answered
    answers = dict(word.split("=") for word in shlex.split(answered[1]))
    project = copied(bake(**answers), tmp_path / "app")
    written = examples(recipe)
    lines = [line for code in written.values() for line in code.splitlines() if line]
    assert f"Code: {len(lines) + 2} lines" in recipe  # with the call of the button, and its import
    assert len(lines) + 2 <= MOST_LINES
    settings = project / "chat" / "settings.py"
    text = settings.read_text("utf-8")
    personas = re.compile(r"^PERSONAS = \(\n.*?^\)\n", re.MULTILINE | re.DOTALL)
    assert len(personas.findall(text)) == 1
    settings.write_text(personas.sub(lambda _: written["chat/settings.py"], text), "utf-8")
    put(project, {name: code for name, code in written.items() if name != "chat/settings.py"})
    call(project, "page.py", "chat.ui.coaching", "draw_coaching(conversation)", "draw_files(conversation)")
    return project


@pytest.fixture
def app(trainer: Path, browser: Browser, wire: Wire) -> Iterator[App]:
    """The same, running."""
    app = App(trainer, browser, OPENAI_API_KEY=CANARY, OPENAI_BASE_URL=wire.base_url("openai"))
    yield app
    app.close()


def test_it_is_clean(trainer: Path) -> None:
    output(tool("ruff"), "check", "--no-cache", "--ignore=I001", ".", cwd=trainer)
    output(tool("ruff"), "format", "--no-cache", "--check", ".", cwd=trainer)
    pyrefly = (tool("pyrefly"), "check", "--preset", "default", "--python-interpreter-path", sys.executable)
    output(*pyrefly, "chat", "pages", "page.py", cwd=trainer)


def test_a_talk_a_judgement_and_a_page_of_its_own(app: App, wire: Wire) -> None:
    page = app.page
    wire.play("echo")
    expect(page.get_by_text("Ms Weber, a customer")).to_be_visible()
    expect(page.get_by_text("She paid twice for a ticket")).to_be_visible()
    expect(page.get_by_role("button", name="How did I do?")).to_be_disabled()
    app.picture("trainer-1-first-page")
    page.get_by_text("Mr Okafor, your employer").click()
    expect(page.get_by_text("He thinks that you are paid well enough.")).to_be_visible()
    assert page.url.endswith("?persona=employer")
    app.ask("I would like a raise.")
    expect(app.messages.nth(1)).to_contain_text("You said: I would like a raise.")
    app.wait_for_the_end()
    assert wire.requests[-1].body["instructions"].startswith("Play Mr Okafor")
    expect(page.get_by_text("Ms Weber, a customer")).to_have_count(0)

    app.press("How did I do?")
    judgement = page.get_by_role("dialog")
    expect(judgement).to_contain_text("Persona: Mr Okafor, your employer")
    expect(judgement).to_contain_text("I would like a raise.")
    assert wire.requests[-1].body["instructions"].startswith("You coach people")
    app.wait_for_the_end()
    app.picture("trainer-2-judgement")
    page.keyboard.press("Escape")
    expect(judgement).to_have_count(0)

    talk = page.url
    page.get_by_role("link", name="rehearse").click()
    page.get_by_label("Your first line").fill("Good morning, Ms Weber.")
    app.picture("trainer-3-own-page")
    app.press("Begin")
    expect(app.messages.nth(1)).to_contain_text("You said: Good morning, Ms Weber.")
    app.wait_for_the_end()
    expect(app.messages).to_have_count(2)
    assert wire.requests[-1].body["instructions"].startswith("Play Ms Weber")
    expect(page.get_by_text("Ms Weber, a customer")).to_be_visible()
    app.picture("trainer-4-talk")
    page.goto(talk)
    expect(app.messages.nth(0)).to_contain_text("I would like a raise.")
    expect(page.get_by_text("Mr Okafor, your employer")).to_be_visible()
    page.goto(f"{app.url}?persona=nobody")
    expect(page.get_by_text("She paid twice for a ticket")).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0
