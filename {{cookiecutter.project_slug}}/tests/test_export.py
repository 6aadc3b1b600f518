"""A conversation saved, and opened again."""

import json
import math

import pytest
from streamlit.testing.v1 import AppTest

from chat.conversation.export import MOST_MESSAGES, from_json, to_json, to_markdown
from chat.conversation.messages import Conversation, Usage
from chat.conversation.parts import Reasoning
from chat.ui.usage import details
from tests.conftest import ScriptedProvider
from tests.test_messages import answer, talk, texts


@pytest.fixture
def conversation() -> Conversation:
    """A conversation with versions, and everything that a message can have."""
    conversation = talk("one?", "one “1”.", "two?", "two.")
    conversation.ask_again(conversation.messages[1])
    reply = answer(conversation, "once more.", "stopped")
    reply.usage, reply.model, reply.seconds = Usage(1, 2), "some model", 2.5
    reply.parts.insert(0, Reasoning("Hm.", 1.5))
    return conversation


def test_json_keeps_everything(conversation: Conversation) -> None:
    opened = from_json(to_json(conversation))
    assert opened.id != conversation.id
    assert texts(opened) == texts(conversation) == ["one?", "once more."]
    first, second = json.loads(to_json(conversation)), json.loads(to_json(opened))
    for messages in (first["messages"], second["messages"]):
        names = {message["id"]: number for number, message in enumerate(messages)}
        for message in messages:
            message["after"] = names.get(message["after"])
            del message["id"]
    assert first == second
    opened.messages[0].shown = 0
    assert texts(opened) == ["one?", "one “1”.", "two?", "two."]


def test_a_reply_that_was_still_coming_was_interrupted() -> None:
    conversation = talk("one?", "one.")
    conversation.ask("two?")
    conversation.take_waiting()
    assert from_json(to_json(conversation)).messages[-1].status == "interrupted"


def test_a_file_of_a_time_without_a_field_is_opened(conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    for message in saved["messages"]:
        del message["left_out"]
    assert texts(from_json(json.dumps(saved))) == texts(conversation)


def test_a_file_from_before_messages_had_parts_is_read(conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    for message in saved["messages"]:
        parts = {part["kind"]: part for part in message.pop("parts")}
        message["text"] = parts["text"]["text"]
        thoughts = parts.get("reasoning", {"text": "", "seconds": None})
        message["reasoning"], message["reasoning_seconds"] = thoughts["text"], thoughts["seconds"]
    opened = from_json(json.dumps(saved))
    assert [message.parts for message in opened.everything()] == [
        message.parts for message in conversation.everything()
    ]


def test_a_part_that_this_app_does_not_know_is_kept(conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    for message in saved["messages"]:
        message["parts"].append({"kind": "hologram", "depth": 3})
    again = json.loads(to_json(from_json(json.dumps(saved))))
    assert [message["parts"] for message in again["messages"]] == [message["parts"] for message in saved["messages"]]


def test_markdown_is_what_stands_on_the_page(conversation: Conversation) -> None:
    # {% if cookiecutter is peopled %}
    assert to_markdown(conversation) == "Persona: Assistant\n\n## Question\n\none?\n\n## Reply\n\nonce more.\n"
    # {% else %}
    assert to_markdown(conversation) == "## Question\n\none?\n\n## Reply\n\nonce more.\n"
    # {% endif %}


@pytest.mark.parametrize(
    "change",
    [
        {"role": "system"},
        {"role": "assistant"},
        {"parts": [{"kind": "text", "text": 5}]},
        {"time": "yesterday"},
        {"usage": ["a", "b"]},
        {"status": "running"},
        {"after": "nobody"},
        {"seconds": "long"},
        {"seconds": 10**400},
        {"usage": [math.inf, 1]},
        {"parts": [{"kind": "reasoning", "text": "Hm.", "seconds": math.nan}]},
        {"left_out": -(2**63)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_no_conversation_is_refused_with_a_reason(
    conversation: Conversation, change: dict[str, object]
) -> None:
    saved = json.loads(to_json(conversation))
    saved["messages"][0].update(change)
    with pytest.raises(ValueError, match=r"\w"):
        from_json(json.dumps(saved))


def test_a_number_that_is_none_is_named(conversation: Conversation) -> None:
    saved = to_json(conversation).replace('"seconds": 2.5', '"seconds": 1e400')
    with pytest.raises(ValueError, match="seconds cannot be inf"):
        from_json(saved)


def test_more_messages_than_the_app_bears_are_refused(conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    first, reply = saved["messages"][:2]
    versions = [{**reply, "id": str(number), "after": first["id"]} for number in range(MOST_MESSAGES)]
    with pytest.raises(ValueError, match="more than 10,000 messages"):
        from_json(json.dumps({"messages": [first, *versions]}))


def test_texts_in_a_file_are_well_formed(conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    for message in saved["messages"]:
        message["parts"] = [{"kind": "text", "text": "\ud83d\ude00 \ud83d \0"}]
    assert texts(from_json(json.dumps(saved))) == ["\U0001f600 \ufffd "] * 2


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"messages": [{}]}', '{"messages": 5}', "[" * 100_000])
def test_any_other_text_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_json(text)


def test_a_saved_conversation_is_opened(page: AppTest, scripted: ScriptedProvider, conversation: Conversation) -> None:
    page.file_uploader[0].upload("chat.json", to_json(conversation).encode(), "application/json").run()
    assert not page.exception
    assert page.chat_message[1].markdown[-1].value == "once more."
    scripted.will_say("three.")
    page.chat_input[0].set_value("three?").run()
    assert [message.text for message in scripted.requests[0].messages] == ["one?", "once more.", "three?"]


def test_what_a_file_says_is_shown_as_words(page: AppTest, conversation: Conversation) -> None:
    saved = json.loads(to_json(conversation))
    saved["messages"][0]["role"] = "[click](https://elsewhere.example)"
    page.file_uploader[0].upload("chat.json", json.dumps(saved).encode(), "application/json").run()
    assert page.error[0].value.startswith("This file is not a saved conversation: ")
    assert r"\[click\](`https://elsewhere.example`)" in page.error[0].value
    saved["messages"][0]["role"] = "user"
    for message in saved["messages"]:
        message["error"] = "[click](https://elsewhere.example)"
        message["status"] = "complete" if message["role"] == "user" else "failed"
    page.file_uploader[0].upload("again.json", json.dumps(saved).encode(), "application/json").run()
    assert {box.value for box in page.error} == {r"\[click\](`https://elsewhere.example`)"}


def test_a_reply_of_a_provider_that_this_app_lacks_has_details(conversation: Conversation) -> None:
    reply = conversation.messages[1]
    reply.provider = "elsewhere"
    lines = details(reply)
    assert lines[0] == "some model"
    assert "1 tokens in, 2 tokens out" in lines
    assert "$" not in "".join(lines)
