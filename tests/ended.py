"""Run by pytest in the folder of a bake: a run of the page is ended at each of its Streamlit calls.

Streamlit ends a run in one place, `ScriptRunner._maybe_handle_execution_control_request`, which almost every call goes
through. The tests end a run there: at its first call, at its second, and so on, until there are no more calls.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import ScriptRunner, StopException
from streamlit.testing.v1 import AppTest

from chat.conversation.messages import Conversation
from chat.history import conversations as store
from chat.providers import Chunk, Request
from chat.replies.answering import api
from chat.replies.reply import running
from waiting import HANG, wait_until

STORED = find_spec("chat.history.tables") is not None
if STORED:
    from chat.history.engine import engine

CHECK = ScriptRunner._maybe_handle_execution_control_request


async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """A reply of a few words."""
    yield Chunk("Some ")
    await asyncio.sleep(0)
    yield Chunk("words.", stop_reason="complete")


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider that answers at once."""
    monkeypatch.setattr(api, "stream", stream)
    monkeypatch.setattr(api, "problem", lambda provider: None)
    monkeypatch.setattr(api, "prepare", lambda provider: None)
    monkeypatch.setattr(type(st.context), "cookies", {"visitor": "ann"})
    yield
    st.cache_resource.clear()


def new_page() -> AppTest:
    """The page, opened."""
    return AppTest.from_file(str(Path("page.py").resolve()), default_timeout=HANG).run()


def ended_at(calls: int, do: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do something that runs the page, and end the run at its call number `calls`; False if it makes fewer."""
    made = 0

    def check(runner: ScriptRunner) -> None:
        nonlocal made
        if runner._execing:
            made += 1
            if made == calls:
                raise StopException
        CHECK(runner)

    with monkeypatch.context() as ending:
        ending.setattr(ScriptRunner, "_maybe_handle_execution_control_request", check)
        do()
    return made >= calls


def ask(page: AppTest) -> None:
    """Ask a question."""
    page.chat_input[0].set_value("Well?").run()


def click(page: AppTest, label: str) -> None:
    """Click the button of a turn with this label, if there is one."""
    for button in page.button:
        if button.label == label and (button.key or label == "Ask"):
            button.click().run()
            break


def edit(page: AppTest) -> None:
    """Edit the first question."""
    next(area for area in page.text_area if area.label == "Question").set_value("And so?")
    click(page, "Ask")


def path(conversation: Conversation) -> list[tuple[str, str, str]]:
    """Every message, with its status and text."""
    return [(message.id, message.status, message.text) for message in conversation.everything()]


@pytest.mark.parametrize(
    ("before", "do"),
    [
        (None, ask),
        (None, lambda page: click(page, "Regenerate")),
        (lambda page: click(page, "Edit"), edit),
        (lambda page: page.menu_button[0].click("Delete the turn").run(), lambda page: click(page, "Delete")),
        ("stopped", lambda page: click(page, "Continue")),
    ],
    ids=["ask", "regenerate", "edit", "delete", "continue"],
)
def test_whatever_call_a_run_ends_at_the_conversation_goes_on(
    before: Callable[[AppTest], object] | str | None,
    do: Callable[[AppTest], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, made = 0, True
    while made:
        calls += 1
        page = new_page()
        if do is not ask:
            ask(page)
        conversation = page.session_state["conversation"]
        if before == "stopped":
            with store.changing(conversation):
                conversation.messages[1].status = "stopped"
            page.run()
        elif before:
            before(page)
        made = ended_at(calls, lambda page=page: do(page), monkeypatch)
        wait_until(lambda: not running)
        assert not page.exception
        assert not any(message.status == "streaming" for message in conversation.everything()), calls
        if conversation.messages and STORED:
            read = Conversation(id=conversation.id)
            with engine().connect() as connection:
                store.read(read, store.Saved(), connection)
            assert path(read) == path(conversation), calls
        ask(page.run())
        assert not page.exception
        assert conversation.messages[-1].text == "Some words.", calls
        # A stopped reply is still stopped if the click on Continue had no effect.
        assert {message.status for message in conversation.messages} <= {"complete", before}, calls
    assert calls > 30
