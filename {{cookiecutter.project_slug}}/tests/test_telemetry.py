"""A trace of each reply, as a collector takes it."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.calls import ToolCall  # {% if cookiecutter is tooled %}
from chat.conversation.export import from_json, to_json
from chat.conversation.messages import Message, Usage
from chat.conversation.steps import Step  # {% if cookiecutter is stepped %}
from chat.history import ratings  # {% if cookiecutter.feedback != "none" %}
from chat.providers import Chunk, ProviderError, Request
from chat.providers.errors import failure  # {% if cookiecutter is remote %}
from chat.replies import telemetry
from chat.replies.answering import answer, api
from chat.tools.offered import as_offered  # {% if cookiecutter is tooled %}
from tests.collector import Collector, collecting, values
from tests.conftest import END, ROOT, ScriptedProvider
from tests.test_page import click
from tests.test_replies import Pen, begin, wait_until

PROVIDER, *OTHERS = settings.PROVIDERS.values()  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
KEY = "sk-canary-0123456789"
QUESTION, REPLY = f"What do my colleagues earn? {KEY}", f"They earn enough. {KEY}"
ALWAYS = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": PROVIDER.trace_name,
    "gen_ai.request.model": PROVIDER.model,
    "gen_ai.request.stream": True,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Collector]:
    """A collector, to which the app sends its traces."""
    with collecting() as collector, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20secret")
        patch.setenv("OTEL_SERVICE_NAME", "the-chat")
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")  # milliseconds, after which spans are sent
        patch.setattr(telemetry, "TRACER_PROVIDER", telemetry.make_tracer_provider())
        yield collector
        telemetry.close()


@pytest.fixture
def collector(running: Collector, page: AppTest) -> Iterator[Collector]:
    """The collector, with no spans yet."""
    yield running
    running.gate.set()
    assert telemetry.TRACER_PROVIDER
    telemetry.TRACER_PROVIDER.force_flush()
    running.spans.clear()


def span_of(collector: Collector, message: Message) -> Any:
    """The span of a reply, once received: the root of its trace."""

    def found() -> list[Any]:
        sent = [span for span in collector.spans if span.trace_id.hex() == message.trace_id]
        return [span for span in sent if not span.parent_span_id]

    assert len(message.trace_id) == 32
    wait_until(found)
    (span,) = found()
    return span


def ask(page: AppTest, question: str = QUESTION) -> Message:
    """Ask, and return the reply."""
    page.chat_input[0].set_value(question).run()
    return page.session_state["conversation"].messages[-1]


def test_a_reply_is_a_span_by_the_conventions(collector: Collector, page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say(REPLY)
    reply = ask(page)
    span = span_of(collector, reply)
    assert (span.name, span.kind) == (f"chat {PROVIDER.model}", Span.SPAN_KIND_CLIENT)
    assert span.status.code == Status.STATUS_CODE_UNSET
    noted = values(span.attributes)
    assert span.start_time_unix_nano < span.end_time_unix_nano
    conversation = page.session_state["conversation"].id
    assert noted == {
        **ALWAYS,
        "gen_ai.request.max_tokens": PROVIDER.max_tokens,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.response.time_to_first_chunk": reply.first_token_seconds,
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.conversation.id": conversation,
        "session.id": conversation,
        "app.message.id": reply.id,
        "app.reply.status": "complete",
    }
    path, headers = collector.requests[0]
    assert (path, headers["Authorization"]) == ("/v1/traces", "Basic secret")
    assert collector.resources[0]["service.name"] == "the-chat"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(ProviderError("cut_off", QUESTION), "cut_off"), (ZeroDivisionError(QUESTION), "ZeroDivisionError")],
)
def test_a_failure_is_told_by_its_kind(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, error: Exception, kind: str
) -> None:
    scripted.replies.append([Chunk("They"), error])
    span = span_of(collector, ask(page))
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert values(span.attributes).items() >= {"error.type": kind, "app.reply.status": "failed"}.items()
    assert "colleagues" not in str(span)


def test_a_reply_without_a_text_or_an_end_has_failed(
    collector: Collector, page: AppTest, scripted: ScriptedProvider
) -> None:
    scripted.replies.append([END])
    assert values(span_of(collector, ask(page)).attributes)["error.type"] == "empty"


@pytest.mark.parametrize("status", ["stopped", "interrupted"])
def test_a_reply_that_is_ended_is_told_of_too(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, status: Any
) -> None:
    pen, message = Pen(), Message("assistant", provider=PROVIDER.name, model=PROVIDER.model)
    monkeypatch.setattr(api, "stream", lambda request: pen.chunks())
    question = Message.saying("user", QUESTION)
    reply = begin(message, answer(Request(PROVIDER, PROVIDER.model, "", 100, messages=[question])))
    pen.words.append("one ")
    wait_until(lambda: message.text)
    reply.stop(status)
    span = span_of(collector, message)
    assert span.status.code == Status.STATUS_CODE_UNSET
    assert values(span.attributes).items() >= {**ALWAYS, "app.reply.status": status}.items()


def test_a_reply_that_is_continued_counts_its_own_tokens(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TRACE_TEXT", True)
    scripted.replies.append([Chunk("They earn"), Chunk(usage=Usage(5, 7)), ProviderError("cut_off")])
    scripted.will_say(" enough.")
    first = span_of(collector, ask(page))
    click(page, "Continue")
    reply = page.session_state["conversation"].messages[-1]
    assert reply.text == "They earn enough."
    second = span_of(collector, reply)
    assert first.trace_id != second.trace_id
    noted = values(second.attributes)
    assert noted["gen_ai.usage.output_tokens"] == 7
    assert "gen_ai.response.time_to_first_chunk" not in noted
    assert json.loads(noted["gen_ai.output.messages"])[0]["parts"][0]["content"] == " enough."


# {% if cookiecutter is remote %}
def events_of(span: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of a span, with their attributes."""
    return [(event.name, values(event.attributes)) for event in span.events]


def test_an_attempt_that_failed_is_an_event(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKOFF_SECONDS", 0)
    scripted.replies.append([failure("overloaded", PROVIDER, QUESTION)])
    scripted.will_say(REPLY)
    span = span_of(collector, ask(page))
    who = {name: ALWAYS[name] for name in ("gen_ai.provider.name", "gen_ai.request.model")}
    what = {"error.type": "overloaded", **who, "app.attempt": 1, "app.wait_seconds": 0}
    assert events_of(span) == [("attempt failed", what)]
    assert span.status.code == Status.STATUS_CODE_UNSET


# {% endif %}
# {% if cookiecutter.extra_providers %}
def test_another_provider_in_place_of_one_that_fails_is_an_event(
    collector: Collector, page: AppTest, scripted: ScriptedProvider
) -> None:
    page.toggle[0].set_value(True).run()
    scripted.replies.append([ProviderError("cut_off")])
    scripted.will_say(REPLY)
    span = span_of(collector, ask(page))
    who = {name: ALWAYS[name] for name in ("gen_ai.provider.name", "gen_ai.request.model")}
    assert events_of(span) == [("fallback", {"error.type": "cut_off", **who})]
    assert span.name == f"chat {OTHERS[0].model}"
    assert values(span.attributes)["gen_ai.provider.name"] == OTHERS[0].trace_name


# {% endif %}
# {% if cookiecutter is stepped %}
@pytest.mark.parametrize("told", [True, False])
def test_steps_are_spans_inside_that_of_their_reply(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(settings, "TRACE_TEXT", told)
    step = Step("Search", "my colleagues")
    inner = Step("Fetch", within=step.id)
    parts = step, inner, inner.failed("gone"), step.done("3 pages"), Step("Think")
    scripted.replies.append([*(Chunk(part=part) for part in parts), Chunk(REPLY), END])
    span = span_of(collector, ask(page))
    by_name = {one.name: one for one in collector.spans}
    search, fetch, think = (by_name[name] for name in ("Search", "Fetch", "Think"))
    assert [one.parent_span_id for one in (search, fetch, think)] == [span.span_id, search.span_id, span.span_id]
    failed, unset = Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET
    assert [one.status.code for one in (search, fetch, think)] == [unset, failed, unset]
    assert search.start_time_unix_nano <= fetch.start_time_unix_nano
    assert fetch.end_time_unix_nano <= search.end_time_unix_nano <= span.end_time_unix_nano
    texts = {"app.step.input": "my colleagues", "app.step.output": "3 pages"}
    assert values(search.attributes) == (texts if told else {})


# {% endif %}
# {% if cookiecutter is tooled %}
def test_a_call_of_a_tool_is_a_span_inside_that_of_its_reply(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def earnings(of: str) -> str:
        return f"{of} earn enough"

    tools = {"earnings": as_offered(earnings)}
    monkeypatch.setattr("chat.replies.tools.offered", lambda: tools)
    call = ToolCall("1", "earnings", '{"of": "colleagues"}')
    for told in (False, True):
        monkeypatch.setattr(settings, "TRACE_TEXT", told)
        scripted.replies.append([Chunk(part=call), Chunk(usage=Usage(5, 7), stop_reason="tools")])
        scripted.will_say(REPLY)
        reply = ask(page)
        span = span_of(collector, reply)
        (child,) = (one for one in collector.spans if one.parent_span_id == span.span_id)
        assert child.name == "execute_tool earnings"
        noted = values(child.attributes)
        texts = [noted.pop(f"gen_ai.tool.call.{name}", None) for name in ("arguments", "result")]
        assert texts == ([call.arguments, "colleagues earn enough"] if told else [None, None])
        assert noted == {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "earnings",
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": reply.calls[0].id,
        }
        assert values(span.attributes)["gen_ai.usage.output_tokens"] == 14


# {% endif %}
def test_no_text_of_anybody_is_in_it(collector: Collector, page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say(REPLY)
    told = str(span_of(collector, ask(page)))
    assert not any(text in told for text in ("colleagues", "enough", settings.SYSTEM_PROMPT or "colleagues", KEY))


def test_texts_are_in_it_where_the_settings_say_so(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TRACE_TEXT", True)
    monkeypatch.setenv("ANY_API_KEY", KEY)
    scripted.will_say(REPLY)
    noted = values(span_of(collector, ask(page)).attributes)

    def said(role: str, text: str, **more: str) -> list[dict[str, Any]]:
        return [{"role": role, "parts": [{"type": "text", "content": text}], **more}]

    assert json.loads(noted["gen_ai.input.messages"]) == said("user", "What do my colleagues earn? ***")
    written = said("assistant", "They earn enough. ***", finish_reason="stop")
    assert json.loads(noted["gen_ai.output.messages"]) == written
    (system,) = json.loads(noted["gen_ai.system_instructions"])
    assert system["content"].startswith(settings.SYSTEM_PROMPT)


def test_long_texts_are_cut(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TRACE_TEXT", True)
    monkeypatch.setattr(settings, "TRACE_CHARACTERS", 20)
    scripted.will_say("They earn enough.")
    scripted.will_say("All of them, as far as I know.")
    ask(page, "What do my colleagues earn?")
    noted = values(span_of(collector, ask(page, "All of them?")).attributes)
    contents = [part["content"] for sent in json.loads(noted["gen_ai.input.messages"]) for part in sent["parts"]]
    assert contents == ["They ear", "All of them?"]
    assert json.loads(noted["gen_ai.output.messages"])[0]["parts"][0]["content"] == "All of them, as far "


def test_a_collector_that_is_stuck_costs_a_reply_nothing(
    collector: Collector, page: AppTest, scripted: ScriptedProvider
) -> None:
    collector.gate.clear()
    collector.held.clear()
    scripted.will_say(REPLY)
    scripted.will_say(REPLY)
    ask(page)
    assert collector.held.wait(60)
    reply = ask(page)
    assert (reply.status, reply.text) == ("complete", REPLY)
    assert not collector.spans
    collector.gate.set()
    assert span_of(collector, reply)


def test_the_log_names_the_trace(
    collector: Collector, page: AppTest, scripted: ScriptedProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chat")
    scripted.will_say(REPLY)
    reply = ask(page)
    told = [vars(record)["facts"]["trace_id"] for record in caplog.records if record.message.startswith("reply ")]
    assert told == [reply.trace_id] * 2


# {% if cookiecutter.feedback != "none" %}
def test_a_rating_names_the_trace(collector: Collector, page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say(REPLY)
    reply = ask(page)
    page.feedback[0].set_value(1).run()
    # {% if cookiecutter is stored %}
    (rated,) = ratings.rated()
    assert rated.trace_id == reply.trace_id
    # {% else %}
    (line,) = ratings.FILE.read_text("utf-8").splitlines()
    assert json.loads(line)["trace_id"] == reply.trace_id
    # {% endif %}


# {% endif %}
def test_a_conversation_that_is_opened_names_no_trace(
    collector: Collector, page: AppTest, scripted: ScriptedProvider
) -> None:
    """A file may contain anything, and the log names the trace."""
    scripted.will_say(REPLY)
    assert ask(page).trace_id
    opened = from_json(to_json(page.session_state["conversation"]))
    assert [message.trace_id for message in opened.messages] == ["", ""]


def run(code: str, **environment: str) -> str:
    """The output of code in its own process."""
    without = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    command = [sys.executable, "-B", "-c", code]
    return subprocess.check_output(command, cwd=ROOT, env={**without, **environment}, text=True)  # noqa: S603


def test_what_waits_is_sent_before_the_server_ends() -> None:
    code = """
import asyncio, os
from chat.conversation.messages import Message
from chat.replies import telemetry
from chat.server.headers import lifespan
from tests.conftest import HANG_SECONDS
from tests.test_replies import Pen, begin

telemetry.CLOSE_SECONDS = HANG_SECONDS

async def serve():
    async with lifespan(None):
        begin(Message("assistant", provider="mine", model="any"), Pen().chunks())

asyncio.run(serve())
os._exit(0)  # as after a signal
"""
    with collecting() as collector:
        run(code, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    (span,) = collector.spans
    assert values(span.attributes)["app.reply.status"] == "interrupted"


def test_without_the_variables_nothing_is_made_or_imported() -> None:
    code = """
import sys
from chat.conversation.messages import Message
from chat.replies import telemetry
from tests.test_replies import Pen, begin

pen, message = Pen(), Message("assistant")
pen.words.append("Hello.")
pen.end()
assert [*begin(message, pen.chunks()).follow()][-1] == "Hello."
print(telemetry.TRACER_PROVIDER, repr(message.trace_id), [name for name in sys.modules if "opentelemetry" in name])
"""
    assert run(code) == "None '' []\n"
