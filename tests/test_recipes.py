"""Your own code behind the page: every recipe in an app's documents, with the real packages."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from service import serving
from test_custom import Open
from test_custom import own_app as own_app
from test_providers import Driver

from conftest import ROOT, Bake, copied
from wire import TEXT, Wire

OWN = ROOT / "tests" / "own"
LANGGRAPH = "## Your own code answers"  # the chapter of the README that has it
MOST_LINES = 15  # that somebody writes
Put = Callable[..., Driver]


def recipe(project: Path, heading: str) -> str:
    """The last block of Python in a chapter of an app's documents."""
    for page in ("README.md", "docs/recipes.md"):
        text = (project / page).read_text("utf-8")
        if f"{heading}\n" in text:
            chapter = text.partition(f"{heading}\n")[2].partition("\n## ")[0]
            return re.findall(r"^```python\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL)[-1]
    raise AssertionError(f"there is no {heading}")


def written(code: str) -> list[str]:
    """The lines that somebody writes: those that are not in my_reply.py as baked."""
    baked = (ROOT / "{{cookiecutter.project_slug}}" / "my_reply.py").read_text("utf-8").splitlines()
    return [line for line in code.splitlines() if line.strip() and line not in baked]


@pytest.fixture
def put(bake: Bake, tmp_path: Path) -> Iterator[Put]:
    """Puts a recipe into a bake, with the modules that it imports, and starts its provider."""
    drivers: list[Driver] = []

    def put(heading: str, environment: dict[str, str] | None = None, **modules: str) -> Driver:
        project = copied(bake(llm_provider="custom"), tmp_path / "app")
        code = recipe(project, heading)
        assert len(written(code)) <= MOST_LINES, code
        (project / "my_reply.py").write_text(code, "utf-8")
        for module, file in modules.items():
            shutil.copy(OWN / f"{file}.py", project / f"{module}.py")
        drivers.append(Driver(project, **environment or {}))
        return drivers[-1]

    yield put
    for driver in drivers:
        driver.close()


def kinds(outcome: dict[str, Any]) -> list[str]:
    """The kinds of the parts of a reply."""
    return [part["kind"] for part in outcome["parts"]]


def test_a_generator(put: Put) -> None:
    driver = put("## A generator")
    assert driver.ask(["one\ntwo"])["text"] == "1. one\n2. two\n"
    assert driver.ask(["x" * 2000])["error"] == "This is too long. Ask in a thousand characters or fewer."


def test_langgraph(put: Put) -> None:
    outcome = put(LANGGRAPH, agent="langgraph_agent").ask(["How many live in Paris?"])
    assert outcome["text"].strip() == "Paris: 2,100,000 people. This was question 1 of the thread."
    step, _ = outcome["parts"]
    assert (step["name"], step["input"], step["output"]) == ("people", "{'city': 'Paris'}", "Paris: 2,100,000")
    assert step["status"] == "done"


def test_pydantic_ai(put: Put) -> None:
    outcome = put("## pydantic-ai", agent="pydantic_agent").ask(["One?", "First.", "Two?"])
    assert outcome["text"].strip() == "One? | First. | Two?", outcome


def test_a_service_over_http(put: Put) -> None:
    with serving() as url:
        driver = put("## A service over HTTP", {"SERVICE_URL": url})
        outcome = driver.ask(["Is Paris large?"])
        assert outcome["text"].strip() == "Paris [1] is large [2], “1” so far: Is Paris large?."
        assert kinds(outcome) == ["source", "source", "text"]
        assert driver.ask(["Fail"])["status"] == "failed"


def test_openai_with_a_prompt(put: Put, wire: Wire) -> None:
    settings = {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": wire.base_url("openai")}
    outcome = put("## OpenAI, with a prompt of your own", settings).ask(["One?", "First.", "Two?"])
    assert (outcome["text"], outcome["status"]) == (TEXT, "complete"), outcome
    assert outcome["tokens"]
    sent = [turn["content"] for turn in wire.requests[0].body["input"]]
    assert sent == ["One?", "First.", "Answer like a librarian, in one sentence: Two?"]


def test_retrieval(put: Put, wire: Wire) -> None:
    settings = {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": wire.base_url("openai")}
    outcome = put("## Retrieval, with its sources", settings, library="library").ask(["Is Paris large?"])
    assert (outcome["text"], outcome["status"]) == (TEXT, "complete"), outcome
    assert kinds(outcome) == ["step", "source", "source", "text"]
    assert outcome["parts"][0]["output"] == "2 passages"
    assert "[2] 2,100,000 people live in Paris." in wire.requests[0].body["input"]


# -- the apps that docs/recipes.md tells of, in a browser


def assert_told(code: str, chapter: str) -> None:
    """The page says how many lines were written."""
    told = (ROOT / "docs" / "recipes.md").read_text("utf-8").partition(f"## {chapter}\n")[2].partition("\n## ")[0]
    assert f"the {len(written(code))} lines" in " ".join(told.split())


def test_a_langgraph_agent_with_steps_and_a_memory_of_its_own(own_app: Open, bake: Bake) -> None:
    answers = {"history": "database"}
    code = recipe(bake(llm_provider="custom", **answers), LANGGRAPH)
    assert_told(code, "A LangGraph agent")
    app = own_app(code, agent=OWN / "langgraph_agent.py", **answers)
    app.ask("How many live in Paris?")
    reply = app.messages.nth(1)
    expect(reply).to_contain_text("Paris: 2,100,000 people. This was question 1 of the thread.")
    app.ask("And now?")
    expect(app.messages.nth(3)).to_contain_text("This was question 2 of the thread.")
    step = reply.get_by_text(re.compile(r"^people · \d+\.\d s$"))
    step.click()
    expect(reply.get_by_text("{'city': 'Paris'}")).to_be_visible()
    app.picture("langgraph")
    app.ask("Slowly")
    expect(app.messages.nth(5)).to_contain_text("This")
    app.press("Stop")
    expect(app.page.get_by_text("The reply was stopped.")).to_be_visible()
    app.page.reload()
    expect(app.messages).to_have_count(6)
    expect(app.messages.nth(3)).to_contain_text("This was question 2 of the thread.")
    expect(step).to_be_visible()
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    app.ask("And here?")
    expect(app.messages.nth(1)).to_contain_text("This was question 1 of the thread.")


def test_a_service_that_remembers_with_sources(own_app: Open, bake: Bake) -> None:
    code = recipe(bake(llm_provider="custom"), "## A service over HTTP")
    assert_told(code, "A service that remembers")
    with serving() as url:
        app = own_app(code, environment={"SERVICE_URL": url})
        app.ask("Is Paris large?")
        expect(app.messages.nth(1)).to_contain_text("“1” so far: Is Paris large?.")
        app.ask("And Madrid?")
        reply = app.messages.nth(3)
        expect(reply).to_contain_text("“2” so far: Is Paris large?, And Madrid?.")
        expect(reply.get_by_role("link", name="https://atlas.example/france")).to_be_visible()
        expect(reply.get_by_text("javascript:alert(1)")).to_be_visible()
        expect(reply.get_by_text("<b>2,100,000</b> people live there.")).to_be_visible()
        expect(reply.locator("a[href^=javascript]")).to_have_count(0)
        expect(reply.get_by_role("link", name="[1]")).to_be_visible()
        app.picture("service")
        app.ask("Fail")
        expect(app.page.get_by_test_id("stAlert")).to_have_text(re.compile("The reply failed"))
        expect(app.page.locator("body")).not_to_contain_text("canary of a service")
