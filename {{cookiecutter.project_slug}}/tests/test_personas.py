"""The personas: picked before a conversation begins, and kept with it."""

import json
from pathlib import Path  # {% if cookiecutter.feedback != "none" and not cookiecutter is stored %}

import pytest
from sqlalchemy import text  # {% if cookiecutter is stored %}
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.export import from_json, to_json, to_markdown
from chat.conversation.messages import Conversation
from chat.history import ratings  # {% if cookiecutter.feedback != "none" %}
from chat.history.engine import engine  # {% if cookiecutter is stored %}
from chat.history.listing import entries  # {% if cookiecutter is stored %}
from tests.conftest import ScriptedProvider, new_page

FIRST, TUTOR, *_ = settings.PERSONAS


def opened(persona: str) -> AppTest:
    """The page, at an address that names a persona."""
    page = new_page()
    page.query_params["persona"] = persona
    return page.run()


def ask(page: AppTest, scripted: ScriptedProvider) -> Conversation:
    """Ask something; return the conversation."""
    scripted.will_say("Paris.")
    page.chat_input[0].set_value("Capital of France?").run()
    assert not page.exception
    return page.session_state.conversation


def pills(page: AppTest) -> list[str]:
    """The choices on the page."""
    return [group.label for group in page.button_group]


def test_the_first_answers_where_nobody_picks_another(page: AppTest, scripted: ScriptedProvider) -> None:
    assert pills(page) == ["Persona", "Suggestions"]
    conversation = ask(page, scripted)
    assert conversation.persona == FIRST.name
    (request,) = scripted.requests
    assert request.persona == FIRST.name  # {% if cookiecutter is using("custom") %}
    assert request.system_prompt.startswith(FIRST.system_prompt)


def test_one_is_picked_before_the_conversation_begins(page: AppTest, scripted: ScriptedProvider) -> None:
    page.button_group[0].set_value(TUTOR.name).run()
    assert page.query_params["persona"] == TUTOR.name
    assert TUTOR.description in [text.value for text in page.text]
    assert page.button_group[1].options == [*TUTOR.suggestions]
    conversation = ask(page, scripted)
    assert conversation.persona == TUTOR.name
    (request,) = scripted.requests
    assert request.persona == TUTOR.name  # {% if cookiecutter is using("custom") %}
    assert request.system_prompt.startswith(TUTOR.system_prompt)
    assert pills(page) == []
    assert any(TUTOR.label in caption.value for caption in page.caption)
    assert page.chat_message[1].avatar == TUTOR.avatar
    again = new_page()
    again.query_params["c"] = conversation.id
    assert again.run().chat_message[1].avatar == TUTOR.avatar


@pytest.mark.usefixtures("scripted")
def test_a_new_conversation_begins_with_the_first(scripted: ScriptedProvider) -> None:
    page = opened(TUTOR.name)
    ask(page, scripted)
    next(button for button in page.button if button.label == "New chat").click().run()
    assert page.button_group[0].value == FIRST.name
    assert "persona" not in page.query_params


@pytest.mark.usefixtures("scripted")
def test_the_address_names_one() -> None:
    assert opened(TUTOR.name).button_group[0].value == TUTOR.name
    nobody = opened("nobody")
    assert not nobody.exception
    assert nobody.button_group[0].value == FIRST.name


def test_the_address_changes_no_conversation_that_has_begun(page: AppTest, scripted: ScriptedProvider) -> None:
    conversation = ask(page, scripted)
    other = new_page()
    other.query_params["c"], other.query_params["persona"] = conversation.id, TUTOR.name
    assert not other.run().exception
    assert conversation.persona == FIRST.name
    assert any(FIRST.label in caption.value for caption in other.caption)


# {% if cookiecutter is listing %}
def test_one_may_have_a_model_of_its_own(monkeypatch: pytest.MonkeyPatch, scripted: ScriptedProvider) -> None:
    # {% if cookiecutter.extra_providers %}
    *_, provider = settings.PROVIDERS
    monkeypatch.setitem(vars(TUTOR), "provider", provider)
    # {% endif %}
    monkeypatch.setitem(vars(TUTOR), "model", "a model of its own")
    ask(opened(TUTOR.name), scripted)
    (request,) = scripted.requests
    assert request.model == "a model of its own"
    # {% if cookiecutter.extra_providers %}
    assert request.provider.name == provider
    # {% endif %}


# {% endif %}
# {% if cookiecutter is stored %}
def test_the_list_and_another_process_know_it(scripted: ScriptedProvider) -> None:
    page = opened(TUTOR.name)
    conversation = ask(page, scripted)
    with engine().connect() as connection:
        assert connection.scalar(text("SELECT persona FROM conversations")) == TUTOR.name
    (entry,) = entries(conversation.owner, "", 20)
    assert entry.persona == TUTOR.name
    listed = next(button for button in page.button if button.label.startswith("Capital"))
    assert listed.proto.icon == TUTOR.avatar


# {% endif %}
# {% if cookiecutter.feedback != "none" and cookiecutter is stored %}
def test_a_rating_tells_who_answered(scripted: ScriptedProvider) -> None:
    conversation = ask(opened(TUTOR.name), scripted)
    reply = conversation.messages[1]
    reply.rating = 0
    ratings.save(conversation, reply)
    (entry,) = ratings.rated()
    assert entry.persona == TUTOR.name


# {% elif cookiecutter.feedback != "none" %}
def test_a_rating_tells_who_answered(scripted: ScriptedProvider, file: Path) -> None:
    conversation = ask(opened(TUTOR.name), scripted)
    reply = conversation.messages[1]
    reply.rating = 0
    ratings.save(conversation, reply)
    assert json.loads(file.read_text("utf-8"))["persona"] == TUTOR.name


# {% endif %}
def test_it_is_kept_in_files(scripted: ScriptedProvider) -> None:
    conversation = ask(opened(TUTOR.name), scripted)
    assert to_markdown(conversation).startswith(f"Persona: {TUTOR.label}\n")
    saved = json.loads(to_json(conversation))
    assert from_json(json.dumps(saved)).persona == TUTOR.name
    for unknown in ("nobody", 5, None):
        assert from_json(json.dumps({**saved, "persona": unknown})).persona == FIRST.name
    del saved["persona"]  # as another app saved it
    assert from_json(json.dumps(saved)).persona == FIRST.name
