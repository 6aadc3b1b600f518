"""Google's Gemini API (`streamGenerateContent` as server-sent events)."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from starlette.responses import JSONResponse

from .reply import INPUT_TOKENS, Reply, is_object, signature, sse

FINISH_REASONS = {
    "complete": "STOP",
    "tools": "STOP",
    "length": "MAX_TOKENS",
    "blocked": "SAFETY",
    "failed": "MALFORMED_RESPONSE",
}
QUOTA = "You exceeded your current quota, please check your plan and billing details."


def models(ids: list[str]) -> dict[str, Any]:
    """The list of models."""
    return {
        "models": [
            {
                "name": f"models/{i}",
                "version": "1",
                "displayName": i,
                "inputTokenLimit": 1_048_576,
                "outputTokenLimit": 65_536,
                "supportedGenerationMethods": ["generateContent", "countTokens"],
            }
            for i in ids
        ]
    }


class GenerateContent(Reply):
    """A reply of `streamGenerateContent`, in whichever version of the API."""

    reply_path = "/{version}/models/{model}:streamGenerateContent"
    lists = (("/{version}/models", models),)

    malformed = False  # whether the model wrote a call that is none

    def turns(self) -> Any:
        return self.body["contents"]

    def start(self) -> bytes:
        return b""

    def calls(self, calls: Iterable[tuple[str, str]]) -> Iterator[bytes]:
        signed = False
        for number, (name, arguments) in enumerate(calls):
            if not is_object(arguments):  # it hands on no other
                self.malformed = True
                return
            self.tokens["call"] += 1
            call = {"id": self.call_id(number), "name": name, "args": json.loads(arguments)}
            # Of parallel calls the first alone has a signature.
            part = {"functionCall": call} | ({} if signed else {"thoughtSignature": call_signature(call)})
            signed = True
            yield self._candidate({"content": {"role": "model", "parts": [part]}})

    def delta(self, text: str) -> bytes:
        part = {"text": text, "thought": True} if self.kind == "reasoning" else {"text": text}
        return self._candidate({"content": {"role": "model", "parts": [part]}})

    def stop(self, reason: str) -> bytes:
        # The last chunk has no parts.
        ended = "MALFORMED_FUNCTION_CALL" if self.malformed else FINISH_REASONS[reason]
        finish = {"content": {"role": "model"}, "finishReason": ended}
        return self._candidate(finish)

    def refuse(self) -> bytes:
        return self._chunk(promptFeedback={"blockReason": "PROHIBITED_CONTENT"})

    def error_event(self) -> bytes:
        return sse({"error": {"code": 500, "message": "Internal error.", "status": "INTERNAL"}})

    def broken_rule(self) -> str | None:
        asked: list[tuple[str, str]] = []  # in the turn before: name and id of each call
        for number, turn in enumerate(self.turns()):
            calls = [part for part in turn["parts"] if "functionCall" in part]
            results = [part["functionResponse"] for part in turn["parts"] if "functionResponse" in part]
            if len(asked) != len(results):
                return (
                    "Please ensure that the number of function response parts is equal to the number of function call "
                    "parts of the function call turn."
                )
            if [(result["name"], result["id"]) for result in results] != asked:
                return "Please ensure that function response turn comes immediately after a function call turn."
            if calls and calls[0].get("thoughtSignature") != call_signature(calls[0]["functionCall"]):
                missing = "is missing a thought_signature in functionCall parts"
                at = f"function call `default_api:{calls[0]['functionCall']['name']}`, position {number}"
                return f"Function call {missing}. This is required for tools to work correctly. Additional data, {at}."
            asked = [(part["functionCall"]["name"], part["functionCall"]["id"]) for part in calls]
        return None

    def bad_request(self, message: str) -> JSONResponse:
        error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": []}
        return JSONResponse({"error": error}, 400)

    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        code, status, message, details = {
            "auth": (  # a bad key is a bad request here
                400,
                "INVALID_ARGUMENT",
                "API key not valid. Please pass a valid API key.",
                [_detail("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")],
            ),
            "not_found": (
                404,
                "NOT_FOUND",
                f"models/{self.model} is not found for API version v1, or is not supported for generateContent.",
                [],
            ),
            "context": (
                400,
                "INVALID_ARGUMENT",
                "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
                [],
            ),
            # Only the details tell a limit per minute from a quota that is used up.
            "rate_limit": (
                429,
                "RESOURCE_EXHAUSTED",
                QUOTA,
                [
                    _exceeded("GenerateRequestsPerMinutePerProjectPerModel"),
                    _detail("RetryInfo", retryDelay=f"{retry_after}s"),
                ],
            ),
            "quota": (
                429,
                "RESOURCE_EXHAUSTED",
                QUOTA,
                [_exceeded("GenerateRequestsPerDayPerProjectPerModel")],
            ),
            "overloaded": (
                503,
                "UNAVAILABLE",
                "The model is overloaded. Please try again later.",
                [],
            ),
        }[kind]
        error = {"code": code, "message": message, "status": status, "details": details}
        return JSONResponse({"error": error}, code)

    def _candidate(self, candidate: dict[str, Any]) -> bytes:
        return self._chunk(candidates=[candidate | {"index": 0}])

    def _chunk(self, **fields: Any) -> bytes:
        usage = {
            "promptTokenCount": INPUT_TOKENS,
            "candidatesTokenCount": self.tokens["text"] + self.tokens["call"],
            "thoughtsTokenCount": self.tokens["reasoning"],
            "totalTokenCount": INPUT_TOKENS + self.output_tokens,
        }
        return sse(fields | {"usageMetadata": usage, "modelVersion": self.model, "responseId": "wire"})


def call_signature(call: dict[str, Any]) -> str:
    """The signature of a call."""
    return signature(call["name"], json.dumps(call.get("args")))


def _detail(type_: str, **fields: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/google.rpc.{type_}"} | fields


def _exceeded(quota: str) -> dict[str, Any]:
    return _detail("QuotaFailure", violations=[{"quotaId": quota, "quotaValue": "10"}])
