"""What a person sees and can do on the page."""

import re
from typing import cast
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.messages import (
    CONTINUE,
    Conversation,  # {% if not cookiecutter is stored %}
    Usage,
)
from chat.conversation.parts import Reasoning
from chat.history.conversations import changing, find  # {% if not cookiecutter is stored %}
from chat.providers import Chunk, ProviderError
from chat.replies.answering import api  # {% if cookiecutter is listing %}
from chat.ui import models as choice  # {% if cookiecutter is listing %}
from chat.ui import text as drawing
from chat.ui.models import listing  # {% if cookiecutter is listing %}
from tests.conftest import END, ScriptedProvider, new_page

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


def told(system_prompt: str) -> str:
    """What the model is told if this is the system prompt."""
    # {% if cookiecutter is tooled %}
    parts = [system_prompt]
    parts.append(settings.DRAWING)  # {% if cookiecutter.rich_replies == "yes" and cookiecutter is remote %}
    parts += [settings.CALLING] * PROVIDER.calls_tools
    return "\n\n".join(filter(None, parts))
    # {% elif cookiecutter.rich_replies == "yes" and cookiecutter is remote %}
    return f"{system_prompt}\n\n{settings.DRAWING}".strip()
    # {% else %}
    return system_prompt
    # {% endif %}


def shown(page: AppTest) -> list[str]:
    """The texts of the messages on the page."""
    assert not page.exception
    return [
        message.text[0].value if message.name == "user" else message.markdown[-1].value for message in page.chat_message
    ]


def ask(page: AppTest, scripted: ScriptedProvider, question: str, reply: str) -> None:
    """Ask a question and get this reply."""
    scripted.will_say(reply)
    page.chat_input[0].set_value(question).run()


def choose(page: AppTest, action: str, turn: int = 0) -> None:
    """Choose an action in the menu of a turn."""
    page.menu_button[turn].click(action).run()
    assert not page.exception


def delete(page: AppTest) -> None:
    """Delete the first turn, and confirm it."""
    choose(page, "Delete the turn")
    click(page, "Delete")


def click(page: AppTest, label: str) -> None:
    """Click the button with this label."""
    next(button for button in page.button if button.label == label).click().run()


def test_the_first_page_says_what_this_is_and_who_answers(page: AppTest, scripted: ScriptedProvider) -> None:
    assert settings.DESCRIPTION in [text.value for text in page.text]
    # {% if cookiecutter is remote %}
    assert page.selectbox[-1].value == PROVIDER.model
    # {% elif cookiecutter is using("embedded") %}
    assert f"{PROVIDER.label} answers with {PROVIDER.model}." in [text.value for text in page.sidebar.text]
    # {% endif %}
    assert not page.chat_message
    ask(page, scripted, "Capital of France?", "Paris.")
    assert settings.DESCRIPTION not in [text.value for text in page.text]


def test_a_question_gets_its_reply_and_both_stay(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("Par", "is.")
    scripted.will_say("Two", " million.")
    page.chat_input[0].set_value("Capital of France?").run()
    assert shown(page) == ["Capital of France?", "Paris."]
    page.chat_input[0].set_value("How many live there?").run()
    assert shown(page) == ["Capital of France?", "Paris.", "How many live there?", "Two million."]
    sent = scripted.requests[1]
    assert [message.text for message in sent.messages] == ["Capital of France?", "Paris.", "How many live there?"]
    assert sent.system_prompt == told(settings.SYSTEM_PROMPT)


def test_a_question_is_shown_as_it_was_typed(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("Yes.")
    question = "What does *this* do?\n\n    print('$a$ :smile: <b>')"
    page.chat_input[0].set_value(question).run()
    assert page.chat_message[0].text[0].value == question


def test_a_failed_reply_keeps_what_came_and_can_be_tried_again(page: AppTest, scripted: ScriptedProvider) -> None:
    error = ProviderError("cut_off", "the connection was reset")
    scripted.replies.append([Chunk("The capital of"), error])
    scripted.will_say("Paris.")
    page.chat_input[0].set_value("Capital of France?").run()
    assert shown(page) == ["Capital of France?", "The capital of"]
    assert [box.value for box in page.error] == [error.sentence]
    click(page, "Regenerate")
    assert shown(page) == ["Capital of France?", "Paris."]
    assert not page.error


@pytest.mark.parametrize(("chunk", "kind"), [(Chunk("The capital of"), "cut_off"), (END, "empty")])
def test_a_reply_without_an_end_or_without_a_word_failed(
    page: AppTest, scripted: ScriptedProvider, chunk: Chunk, kind: str
) -> None:
    scripted.replies.append([chunk])
    page.chat_input[0].set_value("Capital of France?").run()
    assert [box.value for box in page.error] == [ProviderError(kind).sentence]


def test_an_unexpected_error_shows_no_details(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([ZeroDivisionError("secret details")])
    page.chat_input[0].set_value("Hello").run()
    assert page.chat_message[0].text[0].value == "Hello"
    assert "secret" not in page.error[0].value


@pytest.mark.parametrize(
    ("end", "said", "detail", "usage"),
    [
        (
            Chunk(usage=Usage(1, 2), stop_reason="max_tokens"),
            "length limit",
            "1 tokens in",
            "6 tokens in, 9 tokens out",
        ),
        (Chunk(stop_reason="ended_early", detail="abort"), "ended the reply early", "Reason: abort", "5 tokens in"),
    ],
)
def test_a_reply_that_ended_early_says_so_and_can_be_continued(
    page: AppTest, scripted: ScriptedProvider, end: Chunk, said: str, detail: str, usage: str
) -> None:
    scripted.replies.append([Chunk("Par"), end])
    scripted.will_say("is.")
    page.chat_input[0].set_value("Capital of France?").run()
    assert said in page.info[0].value
    choose(page, "Details")
    assert detail in page.text[-1].value
    click(page, "Continue")
    assert shown(page) == ["Capital of France?", "Paris."]
    assert not page.info
    assert [message.text for message in scripted.requests[1].messages] == ["Capital of France?", "Paris.", CONTINUE]
    choose(page, "Details")
    assert usage in page.text[-1].value


def test_why_a_reply_failed_is_behind_details(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([ProviderError("context", "x" * 501)])
    page.chat_input[0].set_value("Capital of France?").run()
    choose(page, "Details")
    assert page.text[-1].value.endswith(f"\nReason: {'x' * 500}")


def test_what_was_thought_stands_apart(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([Chunk(reasoning="Hm."), Chunk("Paris."), Chunk(stop_reason="complete")])
    scripted.will_say("Two million.")
    page.chat_input[0].set_value("Capital of France?").run()
    assert page.status[0].label.startswith("Thought for ")
    assert page.status[0].markdown[0].value == "Hm."
    page.chat_input[0].set_value("How many live there?").run()
    assert "Hm." not in [message.text for message in scripted.requests[1].messages]


# {% if cookiecutter is using("openai_compatible") %}
def test_what_turns_out_to_be_thoughts_is_taken_out_of_the_answer(page: AppTest, scripted: ScriptedProvider) -> None:
    taken = Chunk("Paris.", reasoning="Hm. Is it?", take_back=len("Hm. Is it?"))
    scripted.replies.append([Chunk("Hm. Is it?"), taken, Chunk(stop_reason="complete")])
    page.chat_input[0].set_value("Capital of France?").run()
    assert shown(page) == ["Capital of France?", "Paris."]
    assert page.status[0].markdown[0].value == "Hm. Is it?"


# {% endif %}
# {% if cookiecutter is remote %}
def test_what_a_reply_waits_for_is_shown_meanwhile() -> None:
    def draw_a_reply_that_waits() -> None:
        from types import SimpleNamespace
        from typing import Any

        import streamlit as st

        from chat.conversation.messages import Message
        from chat.ui.stream import draw_reply

        def texts():
            yield ""
            yield ""
            message.error = "It is busy: retrying in 4 s (2 of 3)"
            yield ""
            st.stop()

        message = Message("assistant", status="streaming")
        reply: Any = SimpleNamespace(message=message, follow=texts)
        draw_reply(reply, st.empty(), lambda: None)

    page = AppTest.from_function(draw_a_reply_that_waits).run()
    assert not page.exception
    assert "It is busy: retrying in 4 s (2 of 3)" in [*page.text, *page.markdown][-1].value


# {% endif %}
def test_it_is_said_what_a_reply_took(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    choose(page, "Details")
    details = page.text[-1].value
    assert details.startswith(PROVIDER.model)
    assert "5 tokens in, 7 tokens out" in details
    assert "First token after" in details


def test_what_is_copied_is_the_markdown_of_a_reply(page: AppTest, scripted: ScriptedProvider) -> None:
    text = '**Paris**, "100 %" <b> --> &amp;\n\n  \n    été 👋'
    ask(page, scripted, "Capital of France?", text)
    (button,) = page.chat_message[1].html
    (quoted,) = re.findall(r'data-text="([^"<>&\n]*)"', button.value)
    assert unquote(quoted) == text


def test_a_reply_that_failed_without_a_word_is_neither_copied_nor_rated(
    page: AppTest, scripted: ScriptedProvider
) -> None:
    scripted.replies.append([ProviderError("cut_off")])
    page.chat_input[0].set_value("Capital of France?").run()
    assert not page.feedback  # {% if cookiecutter.feedback != "none" %}
    assert [button.label for button in page.chat_message[1].button] == ["Regenerate"]
    assert not page.chat_message[1].html


def test_another_reply_keeps_the_first(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    ask(page, scripted, "How many live there?", "Two million.")
    scripted.will_say("It is Paris.")
    click(page, "Regenerate")
    assert shown(page) == ["Capital of France?", "It is Paris."]
    assert shown(page) == ["Capital of France?", "It is Paris."]
    assert page.chat_message[1].text[0].value == "2/2"
    page.pagination[0].set_value(1).run()
    assert shown(page) == ["Capital of France?", "Paris.", "How many live there?", "Two million."]


def test_a_question_can_be_asked_in_another_way(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of Farnce?", "Where?")
    click(page, "Edit")
    scripted.will_say("Paris.")
    next(area for area in page.text_area if area.label == "Question").set_value("Capital of France?")
    click(page, "Ask")
    assert shown(page) == ["Capital of France?", "Paris."]
    page.pagination[0].set_value(1).run()
    assert shown(page) == ["Capital of Farnce?", "Where?"]
    click(page, "Edit")
    click(page, "Cancel")
    assert shown(page) == ["Capital of Farnce?", "Where?"]


def test_a_turn_can_be_deleted(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    ask(page, scripted, "Capital of Spain?", "Madrid.")
    choose(page, "Delete the turn")
    click(page, "Cancel")
    assert shown(page) == ["Capital of France?", "Paris.", "Capital of Spain?", "Madrid."]
    delete(page)
    assert shown(page) == ["Capital of Spain?", "Madrid."]


def test_a_click_on_what_another_page_changed_does_nothing(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    scripted.will_say("It is Paris.")
    click(page, "Regenerate")
    page.pagination[0].set_value(1).run()
    page.session_state["conversation"].messages[0].versions.pop()
    page.pagination[0].set_value(2).run()
    assert shown(page) == ["Capital of France?", "Paris."]
    other = new_page()
    other.query_params["c"] = page.query_params["c"]
    assert shown(other.run()) == ["Capital of France?", "Paris."]


def test_a_double_click_on_the_form_of_a_question_counts_once(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of Farnce?", "Where?")
    click(page, "Edit")
    scripted.will_say("Paris.")
    next(area for area in page.text_area if area.label == "Question").set_value("Capital of France?")
    for button in [button for button in page.button if button.label in {"Ask", "Cancel"}]:
        button.set_value(True)
    page.run()
    assert shown(page)[0] in {"Capital of France?", "Capital of Farnce?"}
    assert shown(page.run())[0] in {"Capital of France?", "Capital of Farnce?"}


def test_a_message_that_cannot_be_drawn_is_drawn_as_text(
    page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(page, scripted, "Capital of France?", "**Paris**")
    with monkeypatch.context() as broken:
        broken.setattr(drawing, "safe_markdown", lambda blocks: 1 / 0)
        page.run()
        assert not page.exception
        assert [text.value for text in page.chat_message[1].text] == ["**Paris**"]
        assert "could not be drawn" in page.chat_message[1].caption[0].value
    page.session_state["conversation"].messages[1].parts.insert(0, Reasoning("Hm.", cast("float", "a while")))
    assert "could not be drawn" in page.run().chat_message[1].caption[0].value
    ask(page, scripted, "And of Spain?", "Madrid.")
    assert page.chat_message[-1].markdown[-1].value == "Madrid."


@pytest.mark.parametrize("text", ["[report.pdf]()", "![]()", "[]()", "``", "a\ud83d"])
def test_a_text_that_comes_to_nothing_is_drawn(page: AppTest, scripted: ScriptedProvider, text: str) -> None:
    ask(page, scripted, "Well?", text)
    assert len(page.run().chat_message) == 2
    assert not page.exception


def test_a_suggestion_is_asked(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("Paris.")
    suggestion = settings.SUGGESTIONS[0]  # {% if not cookiecutter is peopled %}
    suggestion = settings.PERSONAS[0].suggestions[0]  # {% if cookiecutter is peopled %}
    page.button_group[-1].set_value(suggestion).run()
    assert shown(page) == [suggestion, "Paris."]
    assert not page.button_group or page.button_group[0].label != "Suggestions"


def test_a_long_conversation_shows_its_end(page: AppTest, scripted: ScriptedProvider) -> None:
    for number in range(20):
        ask(page, scripted, f"{number}?", f"{number}.")
    assert shown(page)[0] == "10?"
    assert len(page.chat_message) == 20
    click(page, "Show earlier")
    assert shown(page)[0] == "0?"
    assert not [button for button in page.button if button.label == "Show earlier"]


def test_another_page_goes_on_where_the_first_is(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, scripted, "Capital of France?", "Paris.")
    other = new_page()
    other.query_params["c"] = page.query_params["c"]
    assert shown(other.run()) == ["Capital of France?", "Paris."]
    stranger = new_page()
    stranger.query_params["c"] = "some-other-id"
    assert shown(stranger.run()) == []
    assert "c" not in stranger.query_params
    # What one page deletes, nothing can be done with on the other.
    delete(page)
    click(other, "Regenerate")
    assert shown(other) == []


def test_it_is_said_what_the_model_was_not_sent(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([Chunk(left_out=4), Chunk("Paris."), Chunk(stop_reason="complete")])
    page.chat_input[0].set_value("Capital of France?").run()
    assert "oldest 4 messages" in page.chat_message[1].text[0].value


def test_a_new_conversation_knows_nothing_of_the_last_and_has_its_own_options(
    page: AppTest, scripted: ScriptedProvider
) -> None:
    scripted.will_say("Hi.")
    scripted.will_say("Hi.")
    page.text_area[0].set_value("Be brief.").run()
    page.number_input[0].set_value(50).run()
    page.chat_input[0].set_value("Hi").run()
    click(page, "New chat")
    assert shown(page) == []
    page.chat_input[0].set_value("Hello").run()
    assert [message.text for message in scripted.requests[1].messages] == ["Hello"]
    asked = [(request.system_prompt, request.max_tokens) for request in scripted.requests]
    assert asked == [(told("Be brief."), 50), (told(settings.SYSTEM_PROMPT), PROVIDER.max_tokens)]


# {% if cookiecutter is listing %}
def test_a_model_can_be_chosen(page: AppTest, scripted: ScriptedProvider) -> None:
    listing(PROVIDER.name, PROVIDER).result()
    page.run()
    model = page.selectbox[-1]
    assert model.options == [PROVIDER.model, "model-1", "model-2"]
    model.set_value("model-2").run()
    scripted.will_say("Hi.")
    page.chat_input[0].set_value("Hello").run()
    assert scripted.requests[0].model == "model-2"
    choose(page, "Details")
    assert "model-2" in page.text[-1].value


def test_a_list_of_models_that_fails_is_logged_and_asked_for_again(
    page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def models(provider: object) -> list[str]:
        monkeypatch.setattr(api, "models", scripted.models)
        raise ConnectionError

    listing.clear()
    monkeypatch.setattr(choice, "AGAIN_SECONDS", 1)
    monkeypatch.setattr(api, "models", models)
    assert listing(PROVIDER.name, PROVIDER).result() == ["model-1", "model-2"]
    assert "models not listed" in caplog.messages


# {% endif %}
# {% if not cookiecutter is stored %}
def test_no_more_conversations_are_held_than_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOLD_CONVERSATIONS", 2)
    ids = []
    for _ in range(3):
        with changing(conversation := Conversation()):
            ids.append(conversation.id)
    assert [find(name) is None for name in ids] == [True, False, False]


def test_a_conversation_that_a_page_still_has_is_held_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOLD_CONVERSATIONS", 1)
    with changing(conversation := Conversation()):
        pass
    with changing(Conversation()):
        pass
    assert find(conversation.id) is conversation


# {% endif %}
def test_a_problem_of_the_provider_is_said_and_the_page_stays(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.problem = "It cannot answer now."
    assert not page.run().exception
    assert [box.value for box in page.warning] == ["It cannot answer now."]
    assert page.chat_input[0].disabled
