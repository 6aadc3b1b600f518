"""Amazon Bedrock's ConverseStream, in the binary frames of AWS event streams."""

import json
from binascii import crc32
from itertools import pairwise
from struct import pack
from typing import Any

from starlette.responses import JSONResponse

from . import anthropic
from .reply import INPUT_TOKENS, REFUSAL, Reply, signature

STOP_REASONS = {
    "complete": "end_turn",
    "tools": "tool_use",
    "length": "max_tokens",
    "blocked": "content_filtered",
    "failed": "malformed_model_output",
}


class ConverseStream(Reply):
    """A reply of ConverseStream."""

    reply_path = "/model/{model:path}/converse-stream"
    media_type = "application/vnd.amazon.eventstream"

    def start(self) -> bytes:
        return event("messageStart", role="assistant")

    def open_block(self) -> bytes:
        if self.kind != "call":
            return b""
        call_id, name = self.called
        start = {"toolUse": {"toolUseId": call_id, "name": name}}
        return event("contentBlockStart", contentBlockIndex=self.index, start=start)

    def delta(self, text: str) -> bytes:
        if self.kind == "call":
            return self._delta(toolUse={"input": text})
        if self.kind == "reasoning":
            return self._delta(reasoningContent={"text": text})
        return self._delta(text=text)

    def close_block(self) -> bytes:
        signed = b""
        if self.kind == "reasoning":
            signed = self._delta(reasoningContent={"signature": signature(self.said)})
        return signed + event("contentBlockStop", contentBlockIndex=self.index)

    def stop(self, reason: str) -> bytes:
        return self._stop(STOP_REASONS[reason])

    def refuse(self) -> bytes:
        # A guardrail puts its own words in place of the reply.
        return self.say("text", REFUSAL) + self._end_block() + self._stop("guardrail_intervened")

    def error_event(self) -> bytes:
        fields = {
            "message": "The system encountered an unexpected error during processing.",
            "originalStatusCode": 500,
            "originalMessage": "Internal error.",
        }
        return frame("exception", "modelStreamErrorException", fields)

    def call_id(self, number: int) -> str:
        return f"tooluse_{len(self.turns())}_{number}"

    def broken_rule(self) -> str | None:
        turns = self.turns()
        if any(turn["role"] == after["role"] for turn, after in pairwise(turns)):
            return "A conversation must alternate between user and assistant roles."
        used = any("toolUse" in block or "toolResult" in block for turn in turns for block in turn["content"])
        if used and "toolConfig" not in self.body:
            return "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        same = [{"content": [as_anthropic(block) for block in turn["content"]]} for turn in turns]
        broken = anthropic.broken_rule(same, self.body.get("toolConfig"))
        return broken and f"The model returned the following errors: {broken}"

    def bad_request(self, message: str) -> JSONResponse:
        return JSONResponse({"message": message}, 400, {"x-amzn-errortype": "ValidationException"})

    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        status, type_, message = {
            "auth": (
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            "not_found": (
                404,
                "ResourceNotFoundException",
                "This model version has reached the end of its life.",
            ),
            "context": (400, "ValidationException", "Input is too long for requested model."),
            "rate_limit": (
                429,
                "ThrottlingException",
                "Too many tokens, please wait before trying again.",
            ),
            "quota": (  # only the message tells it from a rate limit
                429,
                "ThrottlingException",
                "Too many tokens per day, please wait before trying again.",
            ),
            "overloaded": (
                503,
                "ServiceUnavailableException",
                "Bedrock is unable to process your request.",
            ),
        }[kind]
        return JSONResponse({"message": message}, status, {"x-amzn-errortype": type_})

    def _delta(self, **delta: Any) -> bytes:
        return event("contentBlockDelta", contentBlockIndex=self.index, delta=delta)

    def _stop(self, reason: str) -> bytes:
        usage = {
            "inputTokens": INPUT_TOKENS,
            "outputTokens": self.output_tokens,
            "totalTokens": INPUT_TOKENS + self.output_tokens,
        }
        stop = event("messageStop", stopReason=reason)
        return stop + event("metadata", usage=usage, metrics={"latencyMs": 1})


def as_anthropic(block: dict[str, Any]) -> dict[str, Any]:
    """A block as Anthropic's own API has it."""
    match block:
        case {"text": text}:
            return {"type": "text", "text": text}
        case {"reasoningContent": {"reasoningText": {"text": text} as reasoning}}:
            return {"type": "thinking", "thinking": text, "signature": reasoning.get("signature")}
        case {"reasoningContent": {"redactedContent": data}}:
            return {"type": "redacted_thinking", "data": data}
        case {"toolUse": {"toolUseId": call_id, "input": written}}:
            return {"type": "tool_use", "id": call_id, "input": written}
        case {"toolResult": {"toolUseId": call_id, "content": [_, *_]}}:
            return {"type": "tool_result", "tool_use_id": call_id}
    return {"type": "image"}


def event(kind: str, **fields: Any) -> bytes:
    """The frame of one event."""
    return frame("event", kind, fields)


def frame(message_type: str, kind: str, fields: dict[str, Any]) -> bytes:
    """One message: lengths and their checksum, headers, payload, checksum of it all."""
    headers = b"".join(
        # Length and text of the name, type 7 (string), length and text of the value.
        pack("!B", len(name)) + name.encode() + pack("!BH", 7, len(value)) + value.encode()
        for name, value in {
            f":{message_type}-type": kind,
            ":content-type": "application/json",
            ":message-type": message_type,
        }.items()
    )
    payload = json.dumps(fields, ensure_ascii=False).encode()
    lengths = pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = lengths + pack("!I", crc32(lengths)) + headers + payload
    return message + pack("!I", crc32(message))
