"""The log: one line per event, with ids and numbers, without texts or keys."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.export import to_json, to_markdown
from chat.log import JSONLines
from chat.providers import Chunk, ProviderError
from tests.conftest import ScriptedProvider

KEY = "sk-canary-\"0123456789'"  # quoted in another way by Python, and by JSON
QUESTION = "What do my colleagues earn?"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The events so far."""
    log, text = logging.getLogger("chat"), io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JSONLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in text.getvalue().splitlines()]
    log.removeHandler(handler)


def test_a_reply_is_told_in_ids_and_numbers(page: AppTest, scripted: ScriptedProvider, lines: Any) -> None:
    scripted.will_say("They earn", " enough.")
    page.chat_input[0].set_value(QUESTION).run()
    begun, ended = lines()
    conversation = page.session_state["conversation"]
    ids = {"conversation": conversation.id, "message": conversation.messages[1].id}
    assert ids.items() | {("event", "reply begun"), ("level", "info")} <= begun.items()
    took = {"event": "reply ended", "status": "complete", "input_tokens": 5, "output_tokens": 7}
    assert ids.items() | took.items() <= ended.items()
    assert ended["seconds"] >= ended["first_token_seconds"] >= 0
    assert "earn" not in str([begun, ended])


def test_the_text_is_told_where_the_settings_say_so(
    page: AppTest, scripted: ScriptedProvider, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LOG_TEXT", True)
    scripted.will_say("They earn enough.")
    page.chat_input[0].set_value(QUESTION).run()
    assert lines()[-1]["text"] == "They earn enough."


@pytest.mark.parametrize("in_secrets", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        ProviderError("cut_off", f"the key {KEY} may not read: {QUESTION.upper()} or {QUESTION[:14]}"),
        ProviderError("cut_off", f"the key {KEY!r} may not read: {' ' * 470}{KEY}"),
        ZeroDivisionError(f"{KEY} {QUESTION}"),
    ],
    ids=repr,
)
def test_a_failure_tells_its_kind_and_neither_keys_nor_texts(
    page: AppTest,
    scripted: ScriptedProvider,
    lines: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    in_secrets: bool,
) -> None:
    if in_secrets:
        page.secrets["provider"] = {"api_key": KEY}
    else:
        monkeypatch.setenv("ANY_API_KEY", KEY)
    scripted.replies.append([Chunk("Let me"), error])
    page.chat_input[0].set_value(QUESTION).run()
    begun, failed, ended = lines()
    assert failed["event"] == "reply failed"
    assert failed["level"] in {"warning", "error"}
    assert ended["status"] == "failed"
    if isinstance(error, ProviderError):
        assert failed["kind"] == "cut_off"
        assert "detail" not in failed
        detail = page.session_state["conversation"].messages[1].detail
        assert detail.startswith("the key ")
        assert "*** " in detail.replace("'", " ")
    else:
        assert failed["exception"] == "ZeroDivisionError"
        assert any("stream" in place for place in failed["at"])
    conversation = page.session_state["conversation"]
    shown = str([element.value for element in (*page.markdown, *page.text, *page.error)])
    everything = str([begun, failed, ended]), to_json(conversation), to_markdown(conversation), shown
    assert not any("canary" in text for text in everything)
    assert QUESTION[:14] not in everything[0]
