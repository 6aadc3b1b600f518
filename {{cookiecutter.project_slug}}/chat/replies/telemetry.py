"""A trace of each reply, sent over OTLP/HTTP as OpenTelemetry's standard variables say.

It has one span, from the start of the reply to its end, by the conventions for generative AI:
https://github.com/open-telemetry/semantic-conventions-genai. Without those variables, nothing is created or imported.
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
FINISH_REASONS = {"complete": "stop", "max_tokens": "length"}  # where the conventions have another word


def make_tracer_provider() -> "TracerProvider | None":
    """The tracer provider, which creates and sends spans; None if no variable names a collector."""
    if not any(map(settings.secret, ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))):
        return None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))  # sends in its own thread
    trace.set_tracer_provider(provider)
    return provider


TRACER_PROVIDER = make_tracer_provider()  # at startup, so that no reply waits for the imports


@dataclass(eq=False)
class Trace:
    """The span of a running reply, and what a continued reply had before."""

    span: "Span"
    message: Message
    begun_before: bool
    length_before: int  # of its text
    usage_before: Usage | None
    asked: dict[str, Any] = field(default_factory=dict)  # the latest request, as attributes
    # {% if cookiecutter is stepped %}
    steps: dict[str, "Span"] = field(default_factory=dict)  # the spans of its steps, by id
    # {% endif %}


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)  # of the task's reply


def begin(message: Message) -> Trace | None:
    """Begin the span of a reply, and set its message's trace id; None if there is no tracing."""
    if not TRACER_PROVIDER:
        return None
    from opentelemetry.trace import SpanKind, get_tracer

    span = get_tracer("chat").start_span(
        f"chat {message.model}",
        kind=SpanKind.CLIENT,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": message.provider,  # until a provider is asked
            "gen_ai.request.model": message.model,
        },
    )
    message.trace_id = f"{span.get_span_context().trace_id:032x}" if span.is_recording() else ""
    return Trace(span, message, message.first_token_seconds is not None, len(message.text), message.usage)


def enter(trace: Trace | None) -> None:
    """Make everything that this task does from now on part of a trace, libraries' spans included."""
    if trace:
        from opentelemetry.context import attach
        from opentelemetry.trace import set_span_in_context

        attach(set_span_in_context(trace.span))
        _current.set(trace)


def asked(request: Request) -> None:
    """Record the request for the reply of this task."""
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
    """Record that the latest request for the reply of this task has failed, and what follows."""
    if trace := _current.get():
        who = {key: trace.asked[key] for key in ("gen_ai.provider.name", "gen_ai.request.model")}
        what = {f"app.{key}": value for key, value in facts.items()}
        trace.span.add_event(name, {"error.type": error.kind, **who, **what})


# {% if cookiecutter is stepped %}
def step(part: Part) -> None:
    """Begin the span of a new step, inside that of its reply or of another step; end it when the step ends."""
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
    """End the span of a step or call, with these texts if a trace may contain them."""
    from opentelemetry.trace import StatusCode

    if status == "failed":
        span.set_status(StatusCode.ERROR)
    if settings.TRACE_TEXT:
        span.set_attributes({name: shortened(text) for name, text in texts.items()})
    span.end()


# {% endif %}
# {% if cookiecutter is tooled %}
def called(call: ToolCall) -> None:
    """Record that a tool has been called for the reply of this task."""
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
    """Record that the reply of this task has failed with the current exception."""
    if trace := _current.get():
        error = sys.exception()
        trace.span.set_attribute("error.type", getattr(error, "kind", type(error).__name__))


def end(trace: Trace | None) -> None:
    """End the span of a finished reply, whatever ended it."""
    if not trace:
        return
    from opentelemetry.trace import StatusCode

    span, message = trace.span, trace.message
    reason = message.stop_reason and FINISH_REASONS.get(message.stop_reason, message.stop_reason)
    conversation = about(message)["facts"].get("conversation")
    facts: dict[str, Any] = {
        **trace.asked,
        "gen_ai.conversation.id": conversation,
        "session.id": conversation,  # Langfuse's and Phoenix's name for it
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
        if each.is_recording():  # a step ended by the end of the reply
            each.end()
    # {% endif %}
    span.end()


def close() -> None:
    """Send pending spans, for a short time: called at the end of the server, which a signal kills."""
    if TRACER_PROVIDER:
        sending = Thread(target=TRACER_PROVIDER.shutdown, daemon=True)
        sending.start()
        sending.join(CLOSE_SECONDS)


def shortened(text: str) -> str:
    """A text, cut to fit a trace."""
    return masked(text)[: settings.TRACE_CHARACTERS]


def as_json(messages: list[Message], **more: str) -> str:
    """Messages in the conventions' format: only the last ones, if all are too long for a trace."""
    left, kept = settings.TRACE_CHARACTERS, []
    for message in reversed(messages):
        text = masked(message.text)[:left]
        kept.insert(0, {"role": message.role, "parts": [{"type": "text", "content": text}], **more})
        left -= len(text)
        if not left:
            break
    return json.dumps(kept, ensure_ascii=False)
