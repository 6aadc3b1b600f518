"""Anthropic's Messages API."""

from typing import Any

from starlette.responses import JSONResponse

from .reply import INPUT_TOKENS, Reply, signature, sse

STOP_REASONS = {"complete": "end_turn", "tools": "tool_use", "length": "max_tokens", "blocked": "refusal"}
REQUEST_ID = "req_wire"


def models(ids: list[str]) -> dict[str, Any]:
    """The list of models."""
    data = [
        {
            "type": "model",
            "id": i,
            "display_name": i,
            "created_at": "2026-09-21T00:00:00Z",
            "lifecycle": "active",
        }
        for i in ids
    ]
    return {"data": data, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}


class Messages(Reply):
    """A reply of the Messages API."""

    reply_path = "/v1/messages"
    lists = (("/v1/models", models),)

    def start(self) -> bytes:
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": 1},
        }
        return self._event("message_start", message=message) + self._event("ping")

    def open_block(self) -> bytes:
        if self.kind == "reasoning":
            block = {"type": "thinking", "thinking": "", "signature": ""}
        elif self.kind == "call":
            block = {"type": "tool_use", "id": self.called[0], "name": self.called[1], "input": {}}
        else:
            block = {"type": "text", "text": ""}
        return self._event("content_block_start", index=self.index, content_block=block)

    def delta(self, text: str) -> bytes:
        if self.kind == "reasoning":
            return self._delta(type="thinking_delta", thinking=text)
        if self.kind == "call":
            return self._delta(type="input_json_delta", partial_json=text)
        return self._delta(type="text_delta", text=text)

    def close_block(self) -> bytes:
        signed = b""
        if self.kind == "reasoning":
            signed = self._delta(type="signature_delta", signature=signature(self.said))
        return signed + self._event("content_block_stop", index=self.index)

    def stop(self, reason: str) -> bytes:
        if reason == "failed":  # there is no such stop reason
            return self.error_event()
        delta = {"stop_reason": STOP_REASONS[reason], "stop_sequence": None}
        if reason == "blocked":
            delta["stop_details"] = {
                "type": "refusal",
                "category": "general_harms",
                "explanation": None,
            }
        usage = {
            "output_tokens": self.output_tokens,
            "output_tokens_details": {"thinking_tokens": self.tokens["reasoning"]},
        }
        return self._event("message_delta", delta=delta, usage=usage) + self._event("message_stop")

    def refuse(self) -> bytes:
        return self.stop("blocked")

    def error_event(self) -> bytes:
        return self._event("error", **self._error("overloaded_error", "Overloaded"))

    def call_id(self, number: int) -> str:
        return f"toolu_{len(self.turns())}_{number}"

    def broken_rule(self) -> str | None:
        return broken_rule(self.turns(), self.body.get("tools"))

    def bad_request(self, message: str) -> JSONResponse:
        return JSONResponse({"type": "error"} | self._error("invalid_request_error", message), 400)

    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        status, type_, message = {
            "auth": (401, "authentication_error", "invalid x-api-key"),
            "not_found": (404, "not_found_error", f"model: {self.model}"),
            "context": (
                400,
                "invalid_request_error",
                "prompt is too long: 208310 tokens > 200000 maximum",
            ),
            "rate_limit": (
                429,
                "rate_limit_error",
                "This request would exceed your organization's rate limit.",
            ),
            "quota": (  # not a 429, and only the message tells it from any other bad request
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
                "Billing to upgrade or purchase credits.",
            ),
            "overloaded": (529, "overloaded_error", "Overloaded"),
        }[kind]
        body = {"type": "error"} | self._error(type_, message)
        return JSONResponse(body, status, {"request-id": REQUEST_ID})

    def _error(self, type_: str, message: str) -> dict[str, Any]:
        return {"error": {"type": type_, "message": message}, "request_id": REQUEST_ID}

    def _delta(self, **delta: str) -> bytes:
        return self._event("content_block_delta", index=self.index, delta=delta)

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind} | fields, event=kind)


def broken_rule(turns: list[dict[str, Any]], tools: Any) -> str | None:
    """What is not as it must be in messages with calls and results; Bedrock says the same of Anthropic's models."""
    asked: set[str] = set()  # in the message before
    for number, turn in enumerate(turns):
        blocks = turn["content"] if isinstance(turn["content"], list) else [{"type": "text", "text": turn["content"]}]
        kinds = [block["type"] for block in blocks]
        results = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if missing := sorted(asked - results):
            need = "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
            found = "`tool_use` ids were found without `tool_result` blocks immediately after"
            return f"messages.{number - 1}: {found}: {', '.join(missing)}. {need}"
        if unasked := sorted(results - asked):
            found = "unexpected `tool_use_id` found in `tool_result` blocks"
            return f"messages.{number}.content.0: {found}: {', '.join(unasked)}."
        if "tool_result" in kinds[kinds.count("tool_result") :]:
            return f"messages.{number}: `tool_result` blocks must come first in `content`."
        asked = {block["id"] for block in blocks if block["type"] == "tool_use"}
        if (asked or results) and not tools:
            return "Requests which include `tool_use` or `tool_result` blocks must define tools"
        if asked and kinds[0] not in {"thinking", "redacted_thinking"}:
            return f"messages.{number}.content.0.type: Expected `thinking` or `redacted_thinking`, found `{kinds[0]}`."
        for place, block in enumerate(blocks):
            path = f"messages.{number}.content.{place}"
            if block["type"] == "thinking" and block["signature"] != signature(block["thinking"]):
                return f"{path}: Invalid `signature` in `thinking` block"
            if block["type"] == "text" and not block["text"].strip():
                return f"{path}: text content blocks must contain non-whitespace text"
            if block["type"] == "tool_use" and not isinstance(block["input"], dict):
                return f"{path}.tool_use.input: Input should be a valid dictionary"
    return None
