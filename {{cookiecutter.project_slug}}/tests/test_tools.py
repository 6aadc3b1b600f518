"""Tools: what the model may use, its calls, and what a person is asked about them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.calls import Replay, ToolCall
from chat.conversation.export import from_json, to_json, to_markdown
from chat.conversation.messages import CONTINUE, Conversation, Message
from chat.conversation.parts import Text
from chat.history.conversations import changing, find, start_reply
from chat.providers import Chunk, ProviderError, Request
from chat.replies.answering import answer_with_tools
from chat.replies.calls import calls_as_sent, can_call
from chat.replies.reply import running
from chat.tools import __main__, functions, needs_approval, offered
from chat.tools.calling import as_offered
from tests.conftest import END, HANG_SECONDS, ScriptedProvider, new_page

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
ABLE = replace(PROVIDER, calls_tools=True)
TIME = ToolCall("1", "time_in", '{"zone": "UTC"}')
SUM = ToolCall("2", "calculate", '{"expression": "2 + 3"}')


@pytest.fixture(autouse=True)
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known about models yet, and the default one can use tools."""
    monkeypatch.setattr("chat.replies.calls._unable", set())
    # {% if cookiecutter.extra_providers %}
    monkeypatch.setattr(settings, "PROVIDERS", settings.PROVIDERS | {PROVIDER.name: ABLE})
    # {% else %}
    monkeypatch.setattr(settings, "PROVIDER", ABLE)
    # {% endif %}


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Offers the model only these functions."""

    def offer(*each: Callable[..., Any]) -> None:
        tools = {tool.tool.name: tool for tool in map(as_offered, each)}
        monkeypatch.setattr("chat.replies.tools.offered", lambda: tools)

    return offer


def filled(message: Message) -> None:
    """Wait for a reply."""
    if reply := running.get(message.id):
        for _ in reply.follow():
            pass


def will_call(scripted: ScriptedProvider, *rounds: list[Any]) -> None:
    """Let the model say these rounds."""
    scripted.replies += [[Chunk(part=each) if isinstance(each, ToolCall) else each for each in said] for said in rounds]


def reply_to(conversation: Conversation, scripted: ScriptedProvider, *rounds: list[Any]) -> Message:
    """Begin the next reply of a conversation; the model says these rounds."""
    will_call(scripted, *rounds)
    with changing(conversation):
        message = conversation.take_waiting()
        assert message
        message.provider, message.model = PROVIDER.name, "any"
    request = Request(ABLE, "any", "", 100, messages=conversation.before(message))
    start_reply(message, answer_with_tools(request, message, conversation.always))
    return message


def asked(scripted: ScriptedProvider, *rounds: list[Any]) -> Message:
    """A reply to a question, as far as it gets."""
    conversation = Conversation()
    with changing(conversation):
        conversation.ask("What time is it?")
    message = reply_to(conversation, scripted, *rounds)
    filled(message)
    return message


CALLED = Chunk(stop_reason="tools")
SAID: list[Chunk | Exception] = [Chunk("Done."), END]


def test_the_model_is_offered_the_functions_of_a_file_by_signature_and_docstring() -> None:
    tool = offered.offered()["time_in"].tool
    assert "IANA" in tool.description
    assert tool.schema["properties"] == {"zone": {"title": "Zone", "type": "string"}}
    assert tool.schema["required"] == ["zone"]
    assert [name for name, each in offered.offered().items() if each.needs_approval] == ["calculate"]


@pytest.mark.parametrize(
    ("expression", "value"), [("(2 + 3) * 4 ** 0.5", "10"), ("-7 // 2", "-4"), ("0.1 + 0.2", "0.3"), ("7 % 4", "3")]
)
def test_arithmetic_is_evaluated(expression: str, value: str) -> None:
    assert functions.calculate(expression) == value


@pytest.mark.parametrize("expression", ["__import__('os')", "a", "(1).real", "[1]", "'a' * 9", "9 ** 9 ** 9 ** 9"])
def test_nothing_else_is(expression: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        functions.calculate(expression)


def test_a_call_is_made_and_the_model_goes_on_with_its_result(scripted: ScriptedProvider) -> None:
    message = asked(scripted, [Chunk("Let me see."), TIME, CALLED], SAID)
    before, call, after = message.parts
    assert (before, after) == (Text("Let me see."), Text("Done."))
    assert isinstance(call, ToolCall)
    assert call.status == "done"
    assert "20" in call.result
    assert (message.status, message.stop_reason) == ("complete", "complete")
    first, second = scripted.requests
    assert {tool.name for tool in first.tools} == {"time_in", "calculate"}
    assert first.system_prompt == settings.CALLING
    assert [each.role for each in second.messages] == ["user", "assistant"]
    (sent,) = second.messages[-1].calls
    assert call.result in sent.result
    assert sent.result.startswith("<data ")


def test_calls_run_side_by_side(scripted: ScriptedProvider, offer: Callable[..., None]) -> None:
    both: list[str] = []
    met = asyncio.Event()

    async def meet(name: str) -> str:
        both.append(name)
        if len(both) == 2:
            met.set()
        await asyncio.wait_for(met.wait(), HANG_SECONDS)
        return f"{name} met"

    offer(meet)
    calls = [ToolCall(name, "meet", json.dumps({"name": name})) for name in ("a", "b")]
    message = asked(scripted, [*calls, CALLED], SAID)
    assert [call.result for call in message.calls] == ["a met", "b met"]


def fails() -> None:
    raise KeyError("no such thing")


async def hangs() -> None:
    await asyncio.sleep(HANG_SECONDS)


def talks() -> dict[str, str]:
    return {"said": "word " * 20_000}


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("fails", "{}", "no such thing"),
        ("hangs", "", "took longer"),
        ("talks", '{"loud": true}', "loud Unexpected keyword argument"),
        ("talks", '{"loud"', "not a JSON object"),
        ("talks", "[]", "not a JSON object"),
        ("nothing", "{}", "There is no tool nothing. There are: fails, hangs, talks."),
    ],
)
def test_a_call_that_fails_has_a_result_too(
    scripted: ScriptedProvider,
    offer: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    arguments: str,
    told: str,
) -> None:
    monkeypatch.setattr(settings, "CALL_SECONDS", 0.1)
    offer(fails, hangs, talks)
    message = asked(scripted, [ToolCall("1", name, arguments), CALLED], SAID)
    (call,) = message.calls
    assert call.status == "failed"
    assert told in call.result
    assert message.text == "Done."


def test_a_long_result_is_cut(scripted: ScriptedProvider, offer: Callable[..., None]) -> None:
    offer(talks)
    (call,) = asked(scripted, [ToolCall("1", "talks", "{}"), CALLED], SAID).calls
    assert call.status == "done"
    assert len(call.result) < settings.RESULT_CHARACTERS + 100
    assert call.result.endswith("more characters were left out]")


def test_ids_that_a_provider_repeats_are_told_apart(scripted: ScriptedProvider) -> None:
    message = asked(scripted, [TIME, CALLED], [TIME, CALLED], SAID)
    assert [call.status for call in message.calls] == ["done", "done"]
    assert len({call.id for call in message.calls}) == 2


def test_a_model_that_never_stops_calling_is_stopped_and_can_go_on(scripted: ScriptedProvider) -> None:
    conversation = Conversation()
    with changing(conversation):
        conversation.ask("What time is it?")
    message = reply_to(conversation, scripted, *[[TIME, CALLED]] * 9)
    filled(message)
    assert (message.status, len(scripted.requests)) == ("failed", 9)
    assert message.error == "The model called tools 8 times in a row. Press Continue to let it go on."
    assert [call.status for call in message.calls] == ["done"] * 8 + ["failed"]
    with changing(conversation):
        conversation.go_on(message)
    filled(reply_to(conversation, scripted, SAID))
    assert (message.status, message.text) == ("complete", "Done.")
    assert scripted.requests[-1].messages[-1].role == "assistant"


def test_stop_ends_a_call(scripted: ScriptedProvider, offer: Callable[..., None]) -> None:
    began, ended = asyncio.Event(), []

    async def waits() -> None:
        began.set()
        try:
            await asyncio.sleep(HANG_SECONDS)
        finally:
            ended.append(True)

    offer(waits)
    conversation = Conversation()
    with changing(conversation):
        conversation.ask("Wait.")
    message = reply_to(conversation, scripted, [ToolCall("1", "waits", "{}"), CALLED])
    reply = running[message.id]
    for _ in reply.follow():
        if began.is_set():
            reply.stop()
    assert message.status == "stopped"
    assert message.calls[0].status == "failed"
    assert "may have taken effect" in message.calls[0].result
    for _ in range(HANG_SECONDS * 100):
        if ended:
            break
        asyncio.run(asyncio.sleep(0.01))
    assert ended


def test_what_another_model_called_is_told_in_words(scripted: ScriptedProvider) -> None:
    message = asked(scripted, [TIME, Chunk(part=Replay(PROVIDER.name, "any", [{"signature": "x"}])), CALLED], SAID)
    question = Message.saying("user", "And now?")
    request = scripted.requests[0]
    for model, words in (("any", "Done."), ("other", "I called time_in with")):
        _, reply, _ = calls_as_sent(
            replace(request, model=model, messages=[*request.messages, message, question])
        ).messages
        assert words in reply.text
        assert bool(reply.calls) == (model == "any")
        assert any(isinstance(part, Replay) for part in reply.parts) == (model == "any")


def test_a_reply_that_another_model_takes_up_is_not_its_last_word(scripted: ScriptedProvider) -> None:
    message = asked(scripted, [TIME, CALLED], [ProviderError("cut_off")])
    sent = calls_as_sent(
        replace(scripted.requests[0], model="other", messages=[*scripted.requests[0].messages, message])
    )
    assert [each.role for each in sent.messages] == ["user", "assistant", "user"]
    assert sent.messages[-1].text == CONTINUE


def test_a_model_that_refuses_tools_answers_without(scripted: ScriptedProvider) -> None:
    message = asked(scripted, [ProviderError("tools", sentence="It takes no tools.")], SAID)
    assert message.text == "Done."
    assert [bool(request.tools) for request in scripted.requests] == [True, False]
    assert scripted.requests[1].system_prompt == ""
    assert not can_call(ABLE, "any")


def test_the_page_says_that_a_model_cannot_call_tools(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = f"{PROVIDER.model} cannot call tools."
    assert sentence not in [text.value for text in page.sidebar.text]
    monkeypatch.setattr("chat.replies.calls._unable", {(PROVIDER.name, PROVIDER.model)})
    assert sentence in [text.value for text in page.run().sidebar.text]


def click(page: AppTest, label: str) -> None:
    """Click the button with this label."""
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def labels(page: AppTest) -> list[str]:
    """The labels of the buttons."""
    assert not page.exception
    return [button.label for button in page.button]


@pytest.fixture
def asking(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """The page with a reply that asks about a call."""
    will_call(scripted, [Chunk("Let me see."), SUM, CALLED], SAID)
    page.chat_input[0].set_value("What is 2 + 3?").run()
    assert "Allow once" in labels(page)
    assert len(scripted.requests) == 1
    return page


def test_a_person_is_asked_with_the_arguments_and_the_call_is_made(asking: AppTest, scripted: ScriptedProvider) -> None:
    assert '"expression": "2 + 3"' in asking.chat_message[1].code[-1].value
    assert not running
    click(asking, "Allow once")
    assert asking.chat_message[1].markdown[-1].value == "Done."
    assert scripted.requests[1].messages[-1].calls[0].result.splitlines()[1:2] == ["5"]
    assert "Allow once" not in labels(asking)


def test_what_nobody_sees_in_arguments_is_spelled_out(page: AppTest, scripted: ScriptedProvider) -> None:
    will_call(scripted, [replace(SUM, arguments='{"expression": "1 + \u202e2\u200b + é"}'), CALLED])
    page.chat_input[0].set_value("What is that?").run()
    assert '"1 + \\u202e2\\u200b + é"' in page.chat_message[1].code[-1].value


def test_always_is_for_this_conversation_alone(asking: AppTest, scripted: ScriptedProvider) -> None:
    click(asking, "Always in this conversation")
    will_call(scripted, [replace(SUM, id="3"), CALLED], [Chunk("Again."), END])
    asking.chat_input[0].set_value("And again?").run()
    assert asking.chat_message[3].markdown[-1].value == "Again."
    click(asking, "New chat")
    will_call(scripted, [SUM, CALLED])
    asking.chat_input[0].set_value("And here?").run()
    assert "Allow once" in labels(asking)


def test_once_is_for_one_call(asking: AppTest, scripted: ScriptedProvider) -> None:
    click(asking, "Allow once")
    will_call(scripted, [replace(SUM, id="3"), CALLED])
    asking.chat_input[0].set_value("And again?").run()
    assert "Allow once" in labels(asking)


def test_a_call_that_is_declined_is_not_made(asking: AppTest, scripted: ScriptedProvider) -> None:
    click(asking, "Decline")
    assert asking.chat_message[1].markdown[-1].value == "Done."
    (call,) = scripted.requests[1].messages[-1].calls
    assert call.status == "declined"
    assert "declined" in call.result


def test_a_tool_that_changed_asks_anew(
    asking: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    @needs_approval
    def calculate(expression: str) -> str:
        """Another description."""
        return expression

    tool = as_offered(calculate)
    monkeypatch.setattr("chat.replies.tools.offered", lambda: {"calculate": tool})
    for label in ("Allow once", "Always in this conversation"):
        click(asking, label)
        assert ("Allow once" in labels(asking)) == (label == "Allow once")
    assert len(scripted.requests) == 2


def test_a_refresh_and_a_second_page_ask_too(asking: AppTest, scripted: ScriptedProvider) -> None:
    conversation = asking.session_state.conversation
    second = new_page()
    second.query_params["c"] = conversation.id
    second.run()
    click(second, "Allow once")
    assert second.chat_message[1].markdown[-1].value == "Done."
    asking.run()
    assert "Allow once" not in labels(asking)
    assert len(scripted.requests) == 2


def test_a_reply_that_asks_can_be_stopped_and_its_next_question_waits(
    asking: AppTest, scripted: ScriptedProvider
) -> None:
    asking.chat_input[0].set_value("And then?").run()
    assert "Queued" in [text.value for text in asking.chat_message[3].text]
    click(asking, "Stop")
    assert "The reply was stopped." in [info.value for info in asking.info]
    assert asking.chat_message[3].markdown[-1].value == "Done."
    (call,) = scripted.requests[1].messages[1].calls
    assert call.status == "declined"


def test_what_a_file_says_was_allowed_is_not(asking: AppTest) -> None:
    click(asking, "Always in this conversation")
    conversation = find(asking.session_state.conversation.id)
    assert conversation
    assert conversation.always
    opened = from_json(to_json(conversation))
    assert opened.messages[1].calls[0].result == "5"
    assert not opened.always
    assert "calculate" in to_markdown(opened)


def test_a_file_of_a_reply_that_asks_is_of_one_that_was_interrupted(asking: AppTest) -> None:
    opened = from_json(to_json(asking.session_state.conversation))
    reply = opened.messages[1]
    assert (reply.status, reply.calls[0].status) == ("interrupted", "declined")


def test_the_command_lists_the_tools_and_calls_one(capsys: pytest.CaptureFixture[str]) -> None:
    __main__.main([])
    assert "calculate  (asks first)" in capsys.readouterr().out
    __main__.main(["calculate", '{"expression": "6 * 7"}'])
    assert capsys.readouterr().out == "42\n"
    for words in (["calculate", "{}"], ["none"]):
        with pytest.raises(SystemExit, match=r"Missing required argument|There is no tool"):
            __main__.main(words)
