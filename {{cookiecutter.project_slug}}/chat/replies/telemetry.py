"""A trace of each reply, sent over OTLP/HTTP to where the standard variables of OpenTelemetry say.

It has one span, from the begin of the reply to its end, by the conventions for generative AI:
https://github.com/open-telemetry/semantic-conventions-genai. Without those variables nothing is made, nor imported.
"""

import json
import sys
import time  # {% if cookiecutter is tooled %}
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

from chat import settings
from chat.conversation.calls import ToolCall  # {% if cookiecutter is tooled %}
from chat.conversation.messages import Message, Usage
from chat.conversation.parts import Part  # {% if cookiecutter is stepped %}
from chat.conversation.steps import Step  # {% if cookiecutter is stepped %}
from chat.log import about, masked
from chat.providers import ProviderError, Request

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

CLOSE_SECONDS = 3
FINISH_REASONS = {"complete": "stop", "max_tokens": "length"}  # where the conventions have a word of their own


def make_tracer_provider() -> "TracerProvider | None":
    """What makes spans and sends them; None where no variable says where to."""
    if not any(map(settings.secret, ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))):
        return None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))  # which sends in a thread of its own
    trace.set_tracer_provider(provider)
    return provider


TRACER_PROVIDER = make_tracer_provider()  # while the server starts, so that no reply waits for the imports


@dataclass(eq=False)
class Trace:
    """The span of a reply that is coming, and what a reply that is continued had before."""

    span: "Span"
    message: Message
    begun_before: bool
    length_before: int  # of its text
    usage_before: Usage | None
    asked: dict[str, Any] = field(default_factory=dict)  # what was asked last, as attributes
    # {% if cookiecutter is stepped %}
    steps: dict[str, "Span"] = field(default_factory=dict)  # the spans of its steps, by their ids
    # {% endif %}


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)  # of the reply that a task fills


def begin(message: Message) -> Trace | None:
    """Begin the span of a reply, whose message gets the id of its trace; None where no spans are made."""
    if not TRACER_PROVIDER:
        return None
    from opentelemetry.trace import SpanKind, get_tracer

    span = get_tracer("chat").start_span(
        f"chat {message.model}",
        kind=SpanKind.CLIENT,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": message.provider,  # until it is asked
            "gen_ai.request.model": message.model,
        },
    )
    message.trace_id = f"{span.get_span_context().trace_id:032x}" if span.is_recording() else ""
    return Trace(span, message, message.first_token_seconds is not None, len(message.text), message.usage)


def enter(trace: Trace | None) -> None:
    """Let what this task does from now on belong to a trace, also what libraries note of themselves."""
    if trace:
        from opentelemetry.context import attach
        from opentelemetry.trace import set_span_in_context

        attach(set_span_in_context(trace.span))
        _current.set(trace)


def asked(request: Request) -> None:
    """Note who is asked for the reply of this task, and how."""
    if not (trace := _current.get()):
        return
    trace.asked = {
        "gen_ai.provider.name": request.provider.trace_name,
        "gen_ai.request.model": request.model,
        "gen_ai.request.max_tokens": request.max_tokens,
        "gen_ai.request.temperature": request.temperature,  # {% if cookiecutter is tempered %}
    }
    if settings.TRACE_TEXT:
        system = {"type": "text", "content": shortened(request.system_prompt)}
        trace.asked["gen_ai.system_instructions"] = json.dumps([system], ensure_ascii=False)
        trace.asked["gen_ai.input.messages"] = as_json(request.messages)


def event(name: str, error: ProviderError, **facts: float) -> None:
    """Note that who was asked last for the reply of this task has failed, and what comes of it."""
    if trace := _current.get():
        who = {key: trace.asked[key] for key in ("gen_ai.provider.name", "gen_ai.request.model")}
        what = {f"app.{key}": value for key, value in facts.items()}
        trace.span.add_event(name, {"error.type": error.kind, **who, **what})


# {% if cookiecutter is stepped %}
def step(part: Part) -> None:
    """Begin the span of a step when it first comes, inside that of its reply or of another step, and end it with it."""
    if not (trace := _current.get()) or not isinstance(part, Step):
        return
    from opentelemetry.trace import get_tracer, set_span_in_context

    if part.id not in trace.steps:
        outer = set_span_in_context(trace.steps.get(part.within, trace.span))
        trace.steps[part.id] = get_tracer("chat").start_span(part.name, outer, start_time=int(part.began * 1e9))
    span = trace.steps[part.id]
    if part.status != "running" and span.is_recording():
        finish(span, part.status, {"app.step.input": part.input, "app.step.output": part.output})


def finish(span: "Span", status: str, texts: dict[str, str]) -> None:
    """End the span of something done on the way to a reply, with these texts where a trace may hold them."""
    from opentelemetry.trace import StatusCode

    if status == "failed":
        span.set_status(StatusCode.ERROR)
    if settings.TRACE_TEXT:
        span.set_attributes({name: shortened(text) for name, text in texts.items()})
    span.end()


# {% endif %}
# {% if cookiecutter is tooled %}
def called(call: ToolCall) -> None:
    """Note that a tool has been called for the reply of this task."""
    if not (trace := _current.get()):
        return
    from opentelemetry.trace import get_tracer, set_span_in_context

    span = get_tracer("chat").start_span(
        f"execute_tool {call.name}",
        set_span_in_context(trace.span),
        start_time=int((time.time() - call.seconds) * 1e9),
        attributes={
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": call.name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": call.id,
        },
    )
    texts = {"gen_ai.tool.call.arguments": call.arguments, "gen_ai.tool.call.result": call.result}
    finish(span, call.status, texts)


# {% endif %}
def failed() -> None:
    """Note that the reply of this task has failed, by the exception that is being handled."""
    if trace := _current.get():
        error = sys.exception()
        trace.span.set_attribute("error.type", getattr(error, "kind", type(error).__name__))


def end(trace: Trace | None) -> None:
    """End the span of a reply that has ended, whatever ended it."""
    if not trace:
        return
    from opentelemetry.trace import StatusCode

    span, message = trace.span, trace.message
    reason = message.stop_reason and FINISH_REASONS.get(message.stop_reason, message.stop_reason)
    conversation = about(message)["facts"].get("conversation")
    facts: dict[str, Any] = {
        **trace.asked,
        "gen_ai.conversation.id": conversation,
        "session.id": conversation,  # what Langfuse and Phoenix call it
        "gen_ai.request.stream": True,
        "gen_ai.response.finish_reasons": reason and [reason],
        "app.message.id": message.id,
        "app.reply.status": message.status,
    }
    if not trace.begun_before:
        facts["gen_ai.response.time_to_first_chunk"] = message.first_token_seconds
    if (usage := message.usage) and usage is not trace.usage_before:
        before = trace.usage_before or Usage(0, 0)
        facts["gen_ai.usage.input_tokens"] = usage.input_tokens - before.input_tokens
        facts["gen_ai.usage.output_tokens"] = usage.output_tokens - before.output_tokens
    if settings.TRACE_TEXT:
        new = Message.saying("assistant", message.text[trace.length_before :])
        facts["gen_ai.output.messages"] = as_json([new], finish_reason=reason or message.status)
    span.update_name(f"chat {message.model}")
    span.set_attributes({name: value for name, value in facts.items() if value is not None})
    if message.status == "failed":
        span.set_status(StatusCode.ERROR)
    # {% if cookiecutter is stepped %}
    for each in trace.steps.values():
        if each.is_recording():  # a step that the end of the reply has ended
            each.end()
    # {% endif %}
    span.end()


def close() -> None:
    """Send what waits to be sent, as far as that is quick; for the end of a server, which a signal ends."""
    if TRACER_PROVIDER:
        sending = Thread(target=TRACER_PROVIDER.shutdown, daemon=True)
        sending.start()
        sending.join(CLOSE_SECONDS)


def shortened(text: str) -> str:
    """A text as a trace may hold it."""
    return masked(text)[: settings.TRACE_CHARACTERS]


def as_json(messages: list[Message], **more: str) -> str:
    """Messages as the conventions have them: the last of them, where all are longer than a trace may be."""
    left, kept = settings.TRACE_CHARACTERS, []
    for message in reversed(messages):
        text = masked(message.text)[:left]
        kept.insert(0, {"role": message.role, "parts": [{"type": "text", "content": text}], **more})
        left -= len(text)
        if not left:
            break
    return json.dumps(kept, ensure_ascii=False)
