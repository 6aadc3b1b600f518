"""Undocumented answers of providers and servers: a table, in each wire format where they occur.

The pages of the providers have a section made from it. A quirk is told as something that happens; what the app makes of
it is a kind of failure, or none, and the text that is kept.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .bedrock import event as bedrock_event
from .bedrock import frame
from .reply import sse

TEXT = "Paris, of course."


@dataclass(frozen=True)
class Raw:
    """A response as it goes over the wire."""

    body: bytes
    status: int = 200
    media_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False  # whether the connection is closed without the end of the body


@dataclass(frozen=True)
class Quirk:
    """Something that happens, and what the app makes of it."""

    name: str
    happens: str
    raw: Mapping[str, Raw]  # by wire format
    kind: str | None = None  # of the failure
    text: str = TEXT  # what is kept
    requests: int = 1
    reasoning: str = ""
    stop_reason: str | None = "complete"
    detail: str = ""  # words that Details has


def chat(**fields: Any) -> bytes:
    """An event of Chat Completions."""
    return sse({"id": "1", "object": "chat.completion.chunk", "model": "m"} | fields)


def delta(content: Any, **fields: Any) -> bytes:
    """A piece of text in Chat Completions."""
    return chat(choices=[{"index": 0, "delta": {"content": content} | fields, "finish_reason": None}])


def anthropic(kind: str, **fields: Any) -> bytes:
    """An event of Anthropic."""
    return sse({"type": kind} | fields, event=kind)


ANTHROPIC_START = anthropic(
    "message_start",
    message={"id": "1", "type": "message", "role": "assistant", "content": [], "usage": {"input_tokens": 1}},
)

# What comes before any text, the text in two pieces, and the end with a reason, in each wire format.
START = {"chat": b"", "openai": b"", "gemini": b"", "anthropic": ANTHROPIC_START, "bedrock": b""}
SAY: dict[str, Callable[[str], bytes]] = {
    "chat": delta,
    "openai": lambda text: sse({"type": "response.output_text.delta", "delta": text}),
    "anthropic": lambda text: anthropic("content_block_delta", index=0, delta={"type": "text_delta", "text": text}),
    "gemini": lambda text: sse({"candidates": [{"content": {"parts": [{"text": text}]}}]}),
    "bedrock": lambda text: bedrock_event("contentBlockDelta", contentBlockIndex=0, delta={"text": text}),
}
END: dict[str, Callable[[str], bytes]] = {
    "chat": lambda reason: chat(choices=[{"index": 0, "delta": {}, "finish_reason": reason}]),
    "openai": lambda reason: sse(
        {"type": "response.completed", "response": {"status": "completed"}}
        if reason == "completed"
        else {
            "type": "response.incomplete",
            "response": {"status": "incomplete", "incomplete_details": reason and {"reason": reason}},
        }
    ),
    "anthropic": lambda reason: anthropic("message_delta", delta={"stop_reason": reason}, usage={"output_tokens": 2}),
    "gemini": lambda reason: sse({"candidates": [{"content": {}, "finishReason": reason}]}),
    "bedrock": lambda reason: bedrock_event("messageStop", stopReason=reason),
}
GOOD = {"chat": "stop", "openai": "completed", "anthropic": "end_turn", "gemini": "STOP", "bedrock": "end_turn"}
FORMATS = tuple(GOOD)
MEDIA_TYPES = {"bedrock": "application/vnd.amazon.eventstream"}


def raw(wire_format: str, body: bytes, **options: Any) -> Raw:
    """A stream of events, after what begins one."""
    media_type = MEDIA_TYPES.get(wire_format, "text/event-stream")
    return Raw(START[wire_format] + body, media_type=media_type, **options)


def said(wire_format: str, text: str = TEXT) -> bytes:
    """A text, in two pieces."""
    half = len(text) // 2
    return SAY[wire_format](text[:half]) + SAY[wire_format](text[half:])


def good(wire_format: str) -> bytes:
    """A whole reply."""
    return said(wire_format) + END[wire_format](GOOD[wire_format])


def each(make: Callable[[str], Raw], formats: tuple[str, ...] = FORMATS) -> dict[str, Raw]:
    """The same in several wire formats."""
    return {name: make(name) for name in formats}


def refusal(status: int, message: str, code: Any = None, **headers: str) -> dict[str, Raw]:
    """A response with a status and an error, as each writes it."""
    words = {"message": message, "type": code, "code": code}
    bodies: dict[str, Any] = {
        "chat": {"error": words},
        "openai": {"error": words},
        "anthropic": {"type": "error", "error": {"type": code or "api_error", "message": message}},
        "gemini": {"error": {"code": status, "message": message, "status": code or "UNKNOWN"}},
        "bedrock": {"message": message},
    }
    given = {"x-amzn-errortype": str(code or "ValidationException")} | headers
    return {name: Raw(json.dumps(body).encode(), status, "application/json", given) for name, body in bodies.items()}


def only(raws: dict[str, Raw], *formats: str) -> dict[str, Raw]:
    """Those of some wire formats."""
    return {name: raws[name] for name in formats}


def completion(*events: bytes, **options: Any) -> dict[str, Raw]:
    """A stream of Chat Completions."""
    return {"chat": raw("chat", b"".join(events), **options)}


DONE = sse("[DONE]")
STOP = END["chat"]("stop")
PAGE = b"<!DOCTYPE html><html><body>Sign in to the network</body></html>"

READ = [
    Quirk("good", "A whole reply", each(lambda name: raw(name, good(name)))),
    Quirk("choices_null", "Chunks without choices", completion(chat(choices=None), said("chat"), STOP, DONE)),
    Quirk(
        "no_delta",
        "A choice without a delta, or with an empty one, as from a content filter",
        completion(
            chat(choices=[], prompt_filter_results=[{"prompt_index": 0}]),
            chat(choices=[{"index": 0, "finish_reason": None, "content_filter_results": {}}]),
            chat(choices=[{"index": 0, "delta": None}, None]),
            said("chat"),
            STOP,
            DONE,
        ),
    ),
    Quirk(
        "parts",
        "The content as a list of parts, some of an unknown kind",
        completion(
            delta([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]),
            delta([{"type": "text", "text": TEXT[:5]}, {"type": "reference", "reference_ids": [1]}, 7]),
            delta([{"type": "text", "text": TEXT[5:]}, TEXT[:0], None]),
            STOP,
        ),
        reasoning="Hm.",
    ),
    Quirk("a_message", "A whole message in place of a delta", completion(
        chat(choices=[{"index": 0, "message": {"content": TEXT}, "finish_reason": "stop"}]), DONE
    )),
    Quirk("crlf", "Other line ends, and no space after the colon", completion(
        (said("chat") + STOP + DONE).replace(b"data: ", b"data:").replace(b"\n", b"\r\n")
    )),
    Quirk("separators", "Line separators of Unicode in the text", completion(delta("a\u2028b\u0085"), STOP, DONE),
          text="a\u2028b\u0085"),
    Quirk("done", "An end without a reason to end", completion(said("chat"), DONE)),
    Quirk("no_done", "A reason to end, and no end", completion(said("chat"), STOP)),
    Quirk("eos", "A reason to end in other words", completion(said("chat"), END["chat"]("EOS"), DONE)),
    Quirk(
        "usage_null",
        "No count of tokens, or half of one",
        each(lambda name: raw(name, {
            "chat": said(name) + chat(choices=[], usage=None) + STOP + chat(choices=[], usage={"prompt_tokens": 1}),
            "openai": said(name) + sse({
                "type": "response.completed", "response": {"usage": {"input_tokens": None, "output_tokens": 2}}
            }),
            "anthropic": said(name) + anthropic("message_delta", delta={"stop_reason": "end_turn"}, usage=None),
            "gemini": good(name) + sse({"usageMetadata": {"promptTokenCount": None}}),
            "bedrock": good(name) + bedrock_event("metadata", usage={"inputTokens": 1}),
        }[name])),
    ),
    Quirk("dropped_after", "A connection closed after the end", each(lambda name: raw(name, good(name), drop=True))),
    Quirk(
        "error_after",
        "An error after the end",
        {
            "chat": raw("chat", good("chat") + sse({"error": {"message": "usage failed", "code": 500}})),
            "anthropic": raw("anthropic", good("anthropic") + anthropic("error", error={"type": "api_error"})),
            "gemini": raw("gemini", good("gemini") + DONE),
            "openai": raw("openai", good("openai") + b"data: {\n\n"),
        },
    ),
    Quirk(
        "unknown_events",
        "Events that are not documented",
        {
            "anthropic": raw("anthropic", anthropic("future", content=None) + good("anthropic")),
            "openai": raw("openai", sse({"type": "future"}) + sse({"no": "type"}) + good("openai")),
            "bedrock": raw("bedrock", bedrock_event("future", a=1) + good("bedrock")),
            "gemini": raw("gemini", sse({"candidates": [{"content": {"parts": None}}, {}]}) + good("gemini")),
        },
    ),
    Quirk(
        "text_in_start",
        "Text in the beginning of a block",
        {
            "anthropic": raw(
                "anthropic",
                anthropic("content_block_start", index=0, content_block={"type": "text", "text": TEXT[:5]})
                + SAY["anthropic"](TEXT[5:])
                + END["anthropic"]("end_turn"),
            )
        },
    ),
    Quirk("message_stop", "An end without a reason to end", {
        "anthropic": raw("anthropic", said("anthropic") + anthropic("message_stop"))
    }),
    Quirk("think", "Thoughts in the text, between tags", completion(
        delta("\n<thi"), delta("nk>Hm. Is <b> it?</"), delta("thi"), delta("nk>\n\n" + TEXT[:3]), delta(TEXT[3:]), STOP
    ), reasoning="Hm. Is <b> it?"),
    Quirk("half_think", "Thoughts in the text, with the closing tag alone", completion(
        delta("Hm. Is "), delta("it?\n</th"), delta("ink>"), delta("\n\n" + TEXT), STOP
    ), reasoning="Hm. Is it?\n"),
    Quirk("tags", "An answer about such tags", completion(delta("Between `<think>` and `</think>` <"), STOP),
          text="Between `<think>` and `</think>` <"),
    Quirk("cut_off_thinking", "A connection closed in the middle of a tag",
          completion(delta("1 </thi")), kind="cut_off", text="1 </thi"),
]  # fmt: skip

EARLY = {
    "chat": ("insufficient_system_resource", "model_length", "abort", "surprise"),
    "openai": ("", "surprise"),
    "anthropic": ("pause_turn", "surprise"),
    "gemini": ("OTHER", "MALFORMED_FUNCTION_CALL"),
    "bedrock": ("malformed_model_output", "surprise"),
}
READ += [
    Quirk(
        f"ended_early_{number}",
        "A reason to end that is none of the good ones",
        {
            name: raw(name, said(name) + END[name](reasons[number]))
            for name, reasons in EARLY.items()
            if reasons[number:]
        },
        stop_reason="ended_early",
    )
    for number in range(4)
]

# The same error object, in a stream that has status 200.
IN_STREAM: list[tuple[str, Any, str, int]] = [
    ("a number", {"message": "Provider returned error", "code": 429}, "rate_limit", 3),
    ("a number in a text", {"message": "Provider returned error", "code": "503"}, "overloaded", 3),
    ("words alone", "Over capacity", "overloaded", 3),
    ("words without a code", {"message": "Something odd"}, "overloaded", 3),
    ("no credit", {"message": "Insufficient credits", "code": 402}, "quota", 1),
    ("a bad request", {"message": "No", "type": "invalid_request_error"}, "bad_request", 1),
    ("no memory", {"message": "CUDA out of memory", "code": 500}, "memory", 1),
]
FAILED = [
    quirk
    for number, (what, error, kind, requests) in enumerate(IN_STREAM)
    for quirk in (
        Quirk(f"error_{number}", f"An error in the stream, with {what}", completion(sse({"error": error})),
              kind, "", requests, stop_reason=None),
        Quirk(f"error_later_{number}", f"The same in the middle of the text, with {what}",
              completion(said("chat"), sse({"error": error})), kind, stop_reason=None),
    )
]  # fmt: skip
FAILED += [
    Quirk("bare_text", "A bare text in place of an event", completion(sse('"Over capacity"')), "overloaded", "", 3),
    Quirk("object_error", "An error that is an event", completion(
        sse({"object": "error", "message": "The model `m` does not exist.", "code": 404})), "not_found", ""),
    Quirk("anthropic_busy", "An error in the stream", {
        "anthropic": raw("anthropic", anthropic("error", error={"type": "overloaded_error", "message": "Overloaded"}))
    }, "overloaded", "", 3),
    Quirk("openai_busy", "An error in the stream", {
        "openai": raw("openai", sse({"type": "error", "code": "rate_limit_exceeded", "message": "Slow down"}))
    }, "rate_limit", "", 3),
    Quirk("openai_bare", "An error in the stream that is a text", {
        "openai": raw("openai", sse({"error": "Over capacity"}))
    }, "overloaded", "", 3),
    Quirk("openai_failed", "A reply that failed", {"openai": raw("openai", said("openai") + sse(
        {"type": "response.failed", "response": {"error": {"code": "server_error", "message": "Sorry"}}}
    ))}, "overloaded", detail="Sorry"),
    Quirk("bedrock_busy", "An error in the stream", {
        "bedrock": raw("bedrock", frame("exception", "throttlingException", {"message": "Slow down"}))
    }, "rate_limit", "", 3),
    Quirk("bedrock_fault", "An error in the stream", {
        "bedrock": raw("bedrock", frame("exception", "internalServerException", {"message": "Sorry"}))
    }, "overloaded", "", 3),
    Quirk("bedrock_token", "A key that is refused", {"bedrock": refusal(
        403, "The security token included in the request is invalid.", "UnrecognizedClientException")["bedrock"]
    }, "auth", ""),
    Quirk("bedrock_model", "A model that there is not", {"bedrock": refusal(
        404, "Could not resolve the foundation model.", "ResourceNotFoundException")["bedrock"]
    }, "not_found", ""),
    Quirk("gemini_busy", "An error in the stream", {
        "gemini": raw("gemini", sse({"error": {"code": 503, "message": "Busy", "status": "UNAVAILABLE"}}))
    }, "overloaded", "", 3),
    # What is too large for a minute is too large in every minute.
    Quirk("too_large", "More tokens than the plan allows in a minute", only(refusal(
        413, "Request too large for model `m` in organization `o` service tier `on_demand` on tokens per minute (TPM): "
        "Limit 8000, Requested 8262, please reduce your message size and try again.", "rate_limit_exceeded",
    ), "chat", "openai"), "too_large", "", detail="Limit 8000"),
    Quirk("too_large_429", "The same, as a limit of the rate", only(refusal(
        429, "Request too large for gpt on tokens per min (TPM): Limit 30000, Requested 40000. The input or output "
        "tokens must be reduced in order to run successfully.", "rate_limit_exceeded",
    ), "chat", "openai"), "too_large", ""),
    Quirk("larger_than_the_limit", "A limit of tokens that the request alone passes", only(refusal(
        429, "Rate limit reached on tokens per min: Limit 6,000, Used 0, Requested 8,192.", "tokens",
    ), "chat", "openai"), "too_large", ""),
    Quirk("full_minute", "A limit of tokens a minute that is used up", only(refusal(
        429, "Rate limit reached on tokens per min (TPM): Limit 6000, Used 5900, Requested 200.", "tokens",
    ), "chat", "openai"), "rate_limit", "", 3),
    Quirk("no_model", "A model that there is not", {
        "chat": Raw(b'{"error":{"message":"model \\"m\\" not found, try pulling it first"}}', 404, "application/json"),
        "openai": refusal(404, "The model `m` does not exist.", "model_not_found")["openai"],
        "anthropic": refusal(404, "model: claude", "not_found_error")["anthropic"],
        "gemini": refusal(404, "models/m is not found for API version v1beta.", "NOT_FOUND")["gemini"],
        "bedrock": refusal(400, "The provided model identifier is invalid.", "ValidationException")["bedrock"],
    }, "not_found", ""),
    Quirk("wrong_path", "Nothing at this address", each(
        lambda name: Raw(b"404 page not found", 404, "text/plain")), "address", ""),
    Quirk("wrong_path_json", "Nothing at this address, in JSON", each(
        lambda name: Raw(b'{"detail":"Not Found"}', 404, "application/json")), "address", ""),
    Quirk("html_404", "A page that says so", each(lambda name: Raw(PAGE, 404, "text/html")), "address", ""),
    Quirk("html", "A page in place of a stream", each(lambda name: Raw(PAGE, media_type="text/html")), "address", "",
          detail="html"),
    Quirk("json", "A document in place of a stream", each(
        lambda name: Raw(b'{"status": "ok"}', media_type="application/json")), "address", ""),
    Quirk("json_list", "A list in place of a stream", each(
        lambda name: Raw(b'[{"status": "ok"}]', media_type="application/json")), "address", ""),
    Quirk("json_error", "An error as a document that has status 200", only({
        name: Raw(one.body, media_type="application/json") for name, one in refusal(429, "Slow", 429).items()
    }, "chat", "openai"), "rate_limit", "", 3),
    Quirk("html_502", "A gateway's page", each(
        lambda name: Raw(b"<html><h1>502 Bad Gateway</h1></html>", 502, "text/html")), "overloaded", "", 3),
    Quirk("moved", "The address of another place", each(
        lambda name: Raw(b"", 308, "text/plain", {"location": "/elsewhere"})), "address", ""),
    Quirk("nothing", "A stream without a word", each(lambda name: raw(name, b"")), "nothing", "", 3),
    Quirk("closed", "A connection closed before the first word", each(lambda name: raw(name, b"", drop=True)),
          "nothing", "", 3),
    Quirk("half", "A connection closed in the middle", each(lambda name: raw(name, said(name), drop=True)), "cut_off"),
    Quirk("forbidden", "Something that the account may not do", refusal(
        403, "Your organization's policy does not allow this model.", "AccessDeniedException"), "forbidden", ""),
    Quirk("refused_key", "A key that is refused", refusal(
        403, "Invalid API key provided.", "AccessDeniedException"), "auth", ""),
    Quirk("region", "A country that is not served", refusal(
        403, "Country, region, or territory not supported", "unsupported_country_region_territory"), "region", ""),
    Quirk("region_400", "A country that is not served", only(refusal(
        400, "User location is not supported for the API use.", "FAILED_PRECONDITION"), "gemini"), "region", ""),
    Quirk("moderation", "A question that was taken as forbidden", only(refusal(
        403, "m requires moderation. Your input was flagged for violence.", 403), "chat"), "blocked", ""),
    Quirk("memory", "A model that is too large for the machine", only(refusal(
        500, "model requires more system memory (5.6 GiB) than is available (3.1 GiB)"), "chat"), "memory", ""),
    Quirk("odd_request", "Something that it does not take", refusal(400, "Unknown parameter.", "ValidationException"),
          "bad_request", "", detail="Unknown parameter."),
]  # fmt: skip
QUIRKS = [*READ, *FAILED]
