"""Chat Completions, and where other providers deviate from OpenAI."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

from . import openai
from .reply import ERRORS, INPUT_TOKENS, REFUSAL, Reply, is_object, signature, sse

# From the HTTP status and OpenAI's error object.
ErrorBody = Callable[[int, dict[str, Any]], dict[str, Any]]

FINISH_REASONS = {
    "complete": "stop",
    "tools": "tool_calls",
    "length": "length",
    "blocked": "content_filter",
    "failed": "error",
}


# What some refuse in a message.
THOUGHTS = ("messages[].reasoning", "messages[].reasoning_content", "messages[].reasoning_details")


@dataclass(frozen=True)
class Dialect:
    """Where one provider deviates from OpenAI."""

    refuses: tuple[str, ...] = ()  # parameters; "messages[].name" is a field of the messages
    refusal_status: int = 400
    quota_status: int = 429
    error_body: ErrorBody = lambda status, error: {"error": error}
    errors: frozenset[str] = ERRORS
    preamble: bytes = b""
    reasoning: str = "reasoning_content"  # the field of the delta
    wants_reasoning: bool = False  # with calls, in that field
    wants_details: bool = False  # with calls: what was thought, in `reasoning_details`, with its signature
    reads_arguments: bool = True  # of calls that are sent back
    # "asked": a chunk of its own, if asked for by stream_options; "always": the same, unasked;
    # "last": in the chunk with the finish reason; "never".
    usage: str = "asked"


DIALECTS = {
    "openai_compatible": Dialect(),
    "azure_openai": Dialect(
        refuses=("max_tokens",),  # as all reasoning models do
        reads_arguments=False,
        errors=ERRORS | {"refusal"},
        preamble=sse({"id": "", "object": "", "created": 0, "model": "", "choices": []}),
    ),
    "groq": Dialect(
        refuses=("logprobs", "top_logprobs", "logit_bias", "messages[].name", "messages[].reasoning_content"),
        reasoning="reasoning",
    ),
    "mistral": Dialect(
        refuses=("stream_options", "max_completion_tokens", "store", "messages[].name", *THOUGHTS),
        refusal_status=422,
        error_body=lambda status, error: {"object": "error"} | error,
        usage="last",
    ),
    "cohere": Dialect(
        refuses=("stream_options", "max_completion_tokens", "store", "metadata", "logit_bias"),
        error_body=lambda status, error: {"id": "wire", "message": error["message"]},
        usage="never",
    ),
    "openrouter": Dialect(
        quota_status=402,
        error_body=lambda status, error: {"error": {"code": status, "message": error["message"]}},
        preamble=b": OPENROUTER PROCESSING\n\n",
        reasoning="reasoning",
        wants_details=True,
        usage="always",
    ),
    "deepseek": Dialect(quota_status=402, preamble=b": keep-alive\n\n", usage="last", wants_reasoning=True),
    "xai": Dialect(error_body=lambda status, error: {"code": error["type"], "error": error["message"]}),
    "together": Dialect(quota_status=402, reasoning="reasoning"),
    "huggingface": Dialect(quota_status=402, reasoning="reasoning"),
    "ollama": Dialect(reasoning="reasoning"),
}


class ChatCompletions(Reply):
    """A reply of Chat Completions, in one dialect."""

    base_path = "/v1"
    reply_path = "/v1/chat/completions"
    lists = (("/v1/models", openai.models),)
    default_dialect = "openai_compatible"

    def __init__(self, body: dict[str, Any], model: str, dialect: str | None) -> None:
        super().__init__(body, model, dialect or self.default_dialect)
        self.provider = DIALECTS[self.dialect]
        self.errors = self.provider.errors

    def refused_parameter(self) -> JSONResponse | None:
        for name in self.provider.refuses:
            field = name.removeprefix("messages[].")
            places = [self.body] if field == name else self.turns()
            if any(field in place for place in places):
                return self._refused(name)
        if self.body.get("tools") == []:
            return self.bad_request("[] is too short - 'tools'")
        return None

    def broken_rule(self) -> str | None:
        asked: list[str] = []
        for number, turn in enumerate(self.turns()):
            if turn["role"] == "tool":
                if turn["tool_call_id"] not in asked:
                    return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
                asked.remove(turn["tool_call_id"])
                continue
            if asked:
                break
            asked = [call["id"] for call in turn.get("tool_calls", [])]
            if asked and (broken := self._broken_call(turn)):
                return f"messages.{number}: {broken}"
        if not asked:
            return None
        return (
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(asked)}"
        )

    def _broken_call(self, turn: dict[str, Any]) -> str | None:
        written = [call["function"]["arguments"] for call in turn["tool_calls"]]
        if self.provider.reads_arguments and not all(map(is_object, written)):
            return "invalid tool call arguments"
        if self.provider.wants_reasoning and not isinstance(turn.get(self.provider.reasoning), str):
            return f"The `{self.provider.reasoning}` in the thinking mode must be passed back to the API."
        if self.provider.wants_details:
            thoughts = [detail for detail in turn.get("reasoning_details", []) if detail["type"] == "reasoning.text"]
            if not thoughts or any(one["signature"] != signature(one["text"]) for one in thoughts):
                return "Invalid `signature` in `thinking` block"
        return None

    def bad_request(self, message: str) -> JSONResponse:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        return JSONResponse(self.provider.error_body(400, error), 400)

    def calls(self, calls: Iterable[tuple[str, str]]) -> Iterator[bytes]:
        asked = [*enumerate(calls)]
        yield self._end_block()
        for index, (name, _) in asked:
            call = {"index": index, "id": self.call_id(index), "type": "function"}
            yield self._choice({"tool_calls": [call | {"function": {"name": name, "arguments": ""}}]})
        for half in (0, 1):  # those of all calls in turn
            for index, (_, arguments) in asked:
                self.tokens["call"] += 1
                edges = [0, len(arguments) // 2, len(arguments)]
                piece = {"arguments": arguments[edges[half] : edges[half + 1]]}
                yield self._choice({"tool_calls": [{"index": index, "function": piece}]})

    def start(self) -> bytes:
        return self.provider.preamble + self._choice({"role": "assistant", "content": ""})

    def delta(self, text: str) -> bytes:
        if self.kind == "text":
            return self._choice({"content": text})
        if self.dialect == "mistral":  # the content is a list then
            thinking = [{"type": "text", "text": text}]
            return self._choice({"content": [{"type": "thinking", "thinking": thinking}]})
        if self.provider.wants_details:
            detail = {"type": "reasoning.text", "text": text, "index": self.index, "format": "anthropic-claude-v1"}
            return self._choice({self.provider.reasoning: text, "reasoning_details": [detail]})
        return self._choice({self.provider.reasoning: text})

    def close_block(self) -> bytes:
        if self.kind != "reasoning" or not self.provider.wants_details:
            return b""
        detail = {"type": "reasoning.text", "signature": signature(self.said), "index": self.index}
        return self._choice({self.provider.reasoning: None, "reasoning_details": [detail]})

    def stop(self, reason: str) -> bytes:
        usage = {
            "prompt_tokens": INPUT_TOKENS,
            "completion_tokens": self.output_tokens,
            "total_tokens": INPUT_TOKENS + self.output_tokens,
            "completion_tokens_details": {"reasoning_tokens": self.tokens["reasoning"]},
        }
        asked = (self.body.get("stream_options") or {}).get("include_usage")
        finish_reason = FINISH_REASONS[reason]
        if self.provider.usage == "last":
            return self._choice({}, finish_reason, usage=usage) + sse("[DONE]")
        events = self._choice({}, finish_reason)
        if self.provider.usage == "always" or (self.provider.usage == "asked" and asked):
            events += self._chunk(choices=[], usage=usage)
        return events + sse("[DONE]")

    def refuse(self) -> bytes:
        return self._choice({"refusal": REFUSAL}) + self.stop("complete")

    def error_event(self) -> bytes:
        error = {"message": "Provider disconnected", "type": "server_error", "code": 502}
        return sse({"error": error})

    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        status, error = openai.error(kind, self.model)
        if kind == "quota":
            status = self.provider.quota_status
        return JSONResponse(self.provider.error_body(status, error), status)

    def _refused(self, name: str) -> JSONResponse:
        status = self.provider.refusal_status
        message: Any = f"Unsupported parameter: '{name}' is not supported."
        if status == 422:
            detail = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}
            message = {"detail": [detail | {"loc": ["body", name]}]}
        error = {"message": message, "type": "invalid_request_error", "param": name, "code": None}
        return JSONResponse(self.provider.error_body(status, error), status)

    def _choice(self, delta: dict[str, Any], finish_reason: str | None = None, **fields: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._chunk(choices=[choice], **fields)

    def _chunk(self, **fields: Any) -> bytes:
        chunk = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": self.model,
        }
        return sse(chunk | fields)


def tags(ids: list[str]) -> dict[str, Any]:
    """Ollama's own list of the models on the machine."""
    modified = "2026-09-21T00:00:00Z"
    return {
        "models": [
            {"name": i, "model": i, "modified_at": modified, "size": 1, "digest": "", "details": {}} for i in ids
        ]
    }


class Ollama(ChatCompletions):
    """A reply of Ollama through its Chat Completions."""

    lists = (*ChatCompletions.lists, ("/api/tags", tags))
    default_dialect = "ollama"
