"""What a provider is sent of calls, and what is kept of a turn with calls."""

import pytest

from chat import settings
from chat.conversation.calls import Replay, ToolCall
from chat.conversation.messages import Message
from chat.conversation.parts import Part, Text
from chat.providers import Request
from chat.providers.calls import (
    Round,
    as_dict,  # {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
    kept,
    outcome,  # {% if cookiecutter is using("openai", "openai_compatible") %}
    turns_of,
)

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
CALL = ToolCall("1", "time_in", '{"zone": "UTC"}', "12:30", "done")
FAILED = ToolCall("2", "time_in", "{}", "There is no zone.", "failed")
REPLAY = Replay(PROVIDER.name, "any", [{"the turn": "as it came"}])
LAST = Replay(PROVIDER.name, "any", [{"the turn": "after it"}])


def request(*messages: Message) -> Request:
    """A request with these messages after a question."""
    return Request(PROVIDER, "any", "", 100, messages=[Message.saying("user", "What time is it?"), *messages])


def reply(*parts: Part) -> Message:
    """A reply with these parts."""
    return Message("assistant", [*parts])


def told(turn: Message | Round) -> str | Round:
    """A turn, or the text of it."""
    return turn if isinstance(turn, Round) else turn.text


@pytest.mark.parametrize(
    ("parts", "after"),
    [
        ([Text("Let me look."), CALL, FAILED, REPLAY], [Round(REPLAY.items, [CALL, FAILED])]),
        ([CALL, REPLAY, Text("Half past"), Text("twelve.")], [Round(REPLAY.items, [CALL]), "Half past\n\ntwelve."]),
        ([CALL, REPLAY, Text("Half past"), LAST], [Round(REPLAY.items, [CALL]), Round(LAST.items, [])]),
        ([Text("Hello"), Text("there")], ["Hello\n\nthere"]),
    ],
)
def test_a_reply_with_calls_is_its_rounds(parts: list[Part], after: list[str | Round]) -> None:
    assert [told(turn) for turn in turns_of(request(reply(*parts)))] == ["What time is it?", *after]


def test_no_question_follows_on_results() -> None:
    asked = Message.saying("user", "And now?")
    *_, stopped, question = turns_of(request(reply(CALL, REPLAY), asked))
    assert [told(stopped), question] == ["(This reply was stopped.)", asked]


# {% if cookiecutter is using("anthropic", "bedrock", "openai_compatible") %}
def test_arguments_that_are_no_object() -> None:
    assert as_dict('{"zone": "UTC"}') == {"zone": "UTC"}
    assert as_dict("") == {}
    assert [as_dict(wrong) for wrong in ("[1]", '{"zone')] == [{"INVALID_JSON": "[1]"}, {"INVALID_JSON": '{"zone'}]


# {% endif %}
# {% if cookiecutter is using("openai", "openai_compatible") %}
def test_a_failure_is_told_in_words() -> None:
    assert [outcome(CALL), outcome(FAILED)] == ["12:30", "Error: There is no zone."]


# {% endif %}
def test_a_turn_is_kept_with_its_calls_and_after_them() -> None:
    call, replay = (chunk.part for chunk in kept(request(), REPLAY.items, [("time_in", "{}")]))
    assert isinstance(call, ToolCall)
    assert (call.name, call.arguments, call.status) == ("time_in", "{}", "running")
    assert replay == REPLAY
    assert kept(request(), REPLAY.items, []) == []
    assert [chunk.part for chunk in kept(request(reply(CALL, REPLAY)), LAST.items, [])] == [LAST]
