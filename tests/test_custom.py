"""An app in which your own Python answers: as baked, and with functions of every kind."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import App
from conftest import ROOT, Bake, copied
from waiting import HANG

Open = Callable[..., App]


@pytest.fixture(scope="module")
def own_app(browser: Browser, bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Bake an app, put this code into its my_reply.py where there is some, with an agent beside it, and start it."""
    apps: list[App] = []

    def own_app(
        code: str = "",
        environment: dict[str, str] | None = None,
        agent: Path | None = None,
        *,
        watched: bool = False,
        **answers: str,
    ) -> App:
        folder = tmp_path_factory.mktemp("own")
        project = copied(bake(llm_provider="custom", **answers), folder / "app")
        if code:
            (project / "my_reply.py").write_text(code, "utf-8")
        if agent:
            shutil.copy(agent, project / "agent.py")
        arguments = {"log": folder / "log", **(environment or {})}
        watcher = "auto" if watched else "none"
        apps.append(App(project, browser, f"--server.fileWatcherType={watcher}", **arguments))
        return apps[-1]

    yield own_app
    for app in apps:
        app.close()


def test_as_baked_it_says_what_it_was_asked(own_app: Open) -> None:
    app = own_app()
    expect(app.page.get_by_text("Your own Python answers with my_reply.")).to_be_visible()
    app.ask("What is the\ncapital of *France*?")
    reply = app.messages.nth(1)
    expect(reply).to_contain_text("README.md says how")
    app.ask("And of Spain?")
    expect(app.messages.nth(3)).to_contain_text("README.md says how")
    (conversation,) = re.findall(r"[?&]c=(\w+)", app.page.url)
    for told in ("What is the", "question.messages: 1", f"question.conversation: {conversation}"):
        expect(reply).to_contain_text(told)
    expect(app.messages.nth(3)).to_contain_text("question.messages: 3, with this one")
    expect(app.messages.nth(3)).to_contain_text("question.system_prompt: You are a helpful assistant.")


def test_what_is_changed_in_it_counts_from_the_next_question_on(own_app: Open) -> None:
    app = own_app("def reply(question):\n    return 'The first.'\n", watched=True)
    app.ask("Hello?")
    expect(app.messages.nth(1)).to_contain_text("The first.")
    (app.project / "my_reply.py").write_text("def reply(question):\n    return 'The last.'\n", "utf-8")
    for number in range(1, HANG):  # Streamlit hears of it a moment later
        app.ask("And now?")
        reply = app.messages.nth(2 * number + 1)
        expect(reply).to_contain_text("The ")
        if "The last." in reply.inner_text():
            break
    expect(reply).to_contain_text("The last.")


@pytest.fixture(scope="module")
def unruly(own_app: Open) -> App:
    """An app with a function that does what a question names."""
    return own_app((ROOT / "tests" / "own" / "unruly.py").read_text("utf-8"))


@pytest.fixture
def app(unruly: App) -> App:
    """The same, with a new conversation."""
    if unruly.messages.count():
        unruly.press("New chat")
    expect(unruly.messages).to_have_count(0)
    return unruly


def test_what_never_yields_holds_nobody_up(app: App) -> None:
    app.ask("Block")
    app.press("Stop")
    expect(app.page.get_by_text("The reply was stopped.")).to_be_visible()
    app.ask("Go on")
    expect(app.messages.nth(3)).to_contain_text("released")
    app.wait_for_the_end()
    expect(app.messages.nth(1)).not_to_contain_text("too late")


def test_ten_thousand_pieces_are_one_reply(app: App) -> None:
    app.ask("Yield")
    expect(app.messages.nth(1)).to_contain_text("9998 9999")
    expect(app.page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.parametrize("question", ["Never end", "Never end, asynchronously"])
def test_stop_is_told_to_the_function(app: App, question: str) -> None:
    app.ask(question)
    expect(app.messages.nth(1)).to_contain_text("word word")
    app.press("Stop")
    expect(app.page.get_by_text("The reply was stopped.")).to_be_visible()
    app.ask("Was it told?")
    expect(app.messages.nth(3)).to_contain_text("closed: True")
    expect(app.messages.nth(1)).to_contain_text("word word")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Raise", "The reply failed. The log has the reason."),
        ("Refuse", "The library is closed on *Sundays*."),
        ("Exit", "The reply failed. The log has the reason."),
    ],
)
def test_an_exception_is_one_sentence_below_what_had_come(app: App, question: str, said: str) -> None:
    app.ask(question)
    expect(app.page.get_by_test_id("stAlert")).to_have_text(re.compile(re.escape(said)))
    expect(app.messages.nth(1)).to_contain_text("" if question == "Exit" else "The first half.")
    app.choose("Details")
    details = app.page.get_by_role("dialog")
    expect(details).to_contain_text("Reason: ")
    expect(app.page.locator("body")).not_to_contain_text("canary of an")
    app.page.keyboard.press("Escape")
    expect(details).to_have_count(0)


def test_what_it_prints_stays_in_the_terminal(app: App) -> None:
    app.ask("Print")
    expect(app.messages.nth(1)).to_contain_text("It is printed.")
    expect(app.page.locator("body")).not_to_contain_text("canary of a print")


def test_memory_is_given_back(app: App) -> None:
    app.ask("Take memory")
    expect(app.messages.nth(1)).to_contain_text("100,000,000 bytes.")
    app.ask("Is it given back?")
    expect(app.messages.nth(3)).to_contain_text("still taken: [None]")


def test_thoughts_and_the_end_are_shown_as_a_vendor_s(app: App) -> None:
    app.ask("Think")
    expect(app.page.get_by_text("The reply hit its length limit.")).to_be_visible()
    expect(app.messages.nth(1).get_by_text("Thought for")).to_be_visible()


def test_a_step_that_never_ends_says_so(app: App) -> None:
    app.ask("Never end a step")
    expect(app.messages.nth(1)).to_contain_text("Nothing was found.")
    expect(app.messages.nth(1).get_by_text("Researching · not finished")).to_be_visible()
    app.ask("Fail in a step")
    expect(app.messages.nth(3).get_by_text("Researching · not finished")).to_be_visible()
    expect(app.messages.nth(3).get_by_test_id("stAlert")).to_have_text(re.compile("The reply failed"))


def test_a_source_that_is_no_address_is_shown_and_leads_nowhere(app: App) -> None:
    app.ask("Bring sources")
    reply = app.messages.nth(1)
    for address in ("not an address", "javascript:alert(1)", "https://bank.com@elsewhere.com", "//elsewhere.com/x"):
        expect(reply.get_by_text(f"<i>{address}</i>, {address}")).to_be_visible()
    expect(reply.get_by_text("![a](https://elsewhere.com/a.png)").first).to_be_visible()
    expect(reply.locator("img")).to_have_count(0)
    expect(reply.get_by_role("link")).to_have_text([f"[{number}]" for number in range(1, 6)])


def test_a_file_is_handed_over(app: App) -> None:
    app.ask("Hand over")
    with app.page.expect_download() as download:
        app.messages.nth(1).get_by_role("button", name="table.csv").click()
    assert Path(download.value.path()).read_text("utf-8") == "city,people\nParis,2100000\n"
    app.ask("Give nothing")
    expect(app.messages.nth(1).get_by_role("button", name="table.csv")).to_be_visible()


def test_signs_that_nothing_can_keep_are_shown_as_such(app: App) -> None:
    app.ask("Give odd signs")
    expect(app.messages.nth(1)).to_contain_text("a\ufffd")
    expect(app.messages.nth(1).get_by_text(re.compile(r"· \d\.\d s"))).to_be_visible()
    app.page.reload()
    expect(app.messages.nth(1).get_by_text(re.compile(r"· \d\.\d s"))).to_be_visible()


def test_the_log_has_kinds_and_no_words(unruly: App, tmp_path: Path) -> None:
    log = next(unruly.project.parent.glob("log")).read_text("utf-8")
    assert '"exception": "ValueError"' in log
    assert "my_reply.py:" in log
    assert "canary" not in log
