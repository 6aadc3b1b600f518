"""OpenAI's Responses API."""

from itertools import count
from typing import Any

from starlette.responses import JSONResponse

from .reply import INPUT_TOKENS, REFUSAL, Reply, signature, sse


def models(ids: list[str]) -> dict[str, Any]:
    """The list of models, as OpenAI and those who follow it give it."""
    data = [{"id": i, "object": "model", "created": 1_790_000_000, "owned_by": "wire"} for i in ids]
    return {"object": "list", "data": data}


def error(kind: str, model: str) -> tuple[int, dict[str, Any]]:
    """Status and `error` object of a request that fails."""
    status, type_, code, message = {
        "auth": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        "not_found": (
            404,
            "invalid_request_error",
            "model_not_found",
            f"The model `{model}` does not exist or you do not have access to it.",
        ),
        "context": (
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
        ),
        "rate_limit": (
            429,
            "requests",
            "rate_limit_exceeded",
            f"Rate limit reached for {model} on requests per min (RPM): Limit 3, Used 3.",
        ),
        "quota": (
            429,
            "insufficient_quota",
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        "overloaded": (
            503,
            "service_unavailable_error",
            None,
            "The engine is currently overloaded, please try again later.",
        ),
        "refusal": (  # Azure's
            400,
            None,
            "content_filter",
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        ),
    }[kind]
    return status, {"message": message, "type": type_, "param": None, "code": code}


class Responses(Reply):
    """A reply of the Responses API."""

    base_path = "/v1"
    reply_path = "/v1/responses"
    lists = (("/v1/models", models),)

    def __init__(self, body: dict[str, Any], model: str, dialect: str | None) -> None:
        super().__init__(body, model, dialect)
        self.numbers = count()
        self.output: list[dict[str, Any]] = []  # the items that are done

    def turns(self) -> Any:
        return self.body["input"]

    def start(self) -> bytes:
        response = self._response("in_progress")
        return self._event("response.created", response=response) + self._event(
            "response.in_progress", response=response
        )

    def open_block(self) -> bytes:
        item = self._item("in_progress", [])
        added = self._event("response.output_item.added", output_index=self.index, item=item)
        if self.kind == "call":
            return added
        event = "reasoning_summary_part" if self.kind == "reasoning" else "content_part"
        return added + self._part_event(f"{event}.added", part=self._part())

    def delta(self, text: str) -> bytes:
        if self.kind == "reasoning":
            return self._part_event("reasoning_summary_text.delta", delta=text)
        if self.kind == "call":
            return self._call_event("delta", delta=text)
        return self._part_event("output_text.delta", delta=text, logprobs=[])

    def close_block(self) -> bytes:
        if self.kind == "call":
            done = self._call_event("done", arguments=self.said, name=self.called[1])
            return done + self._item_done(self._item("completed", []))
        if self.kind == "reasoning":
            done = self._part_event("reasoning_summary_text.done", text=self.said)
            done += self._part_event("reasoning_summary_part.done", part=self._part())
        else:
            done = self._part_event("output_text.done", text=self.said, logprobs=[])
            done += self._part_event("content_part.done", part=self._part())
        return done + self._item_done(self._item("completed", [self._part()]))

    def stop(self, reason: str) -> bytes:
        match reason:
            case "complete" | "tools":  # the items tell which
                return self._end("completed")
            case "failed":
                error = {"code": "server_error", "message": "The model failed to answer."}
                return self._end("failed", error=error)
            case _:
                cause = {"length": "max_output_tokens", "blocked": "content_filter"}[reason]
                return self._end("incomplete", incomplete_details={"reason": cause})

    def refuse(self) -> bytes:
        self.kind, self.index = "text", 0
        refusal = {"type": "refusal", "refusal": REFUSAL}
        item = self._item("in_progress", [])
        events = (
            self._event("response.output_item.added", output_index=0, item=item)
            + self._part_event("content_part.added", part=refusal | {"refusal": ""})
            + self._part_event("refusal.delta", delta=REFUSAL)
            + self._part_event("refusal.done", refusal=REFUSAL)
            + self._part_event("content_part.done", part=refusal)
            + self._item_done(self._item("completed", [refusal]))
        )
        return events + self.stop("complete")

    def error_event(self) -> bytes:
        message = "An error occurred while processing your request."
        return self._event("error", code="server_error", message=message, param=None)

    def broken_rule(self) -> str | None:
        items = self.turns() if isinstance(self.turns(), list) else []
        asked, thought = [], False
        for item in items:
            match item:
                case {"type": "reasoning", "id": item_id}:
                    thought = True
                    sealed = signature(item_id, *(part["text"] for part in item["summary"]))
                    if item.get("encrypted_content") != sealed:
                        return (
                            f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false."
                        )
                case {"type": "function_call", "id": item_id, "call_id": call_id}:
                    asked.append(call_id)
                    if not thought:
                        need = "was provided without its required 'reasoning' item"
                        return f"Item '{item_id}' of type 'function_call' {need}: 'rs_{item_id}'."
                case {"type": "function_call_output", "call_id": call_id}:
                    thought = False
                    if call_id not in asked:
                        return f"No tool call found for function call output with call_id {call_id}."
                    asked.remove(call_id)
                case {"role": "user"} if asked:
                    break
        return f"No tool output found for function call {asked[0]}." if asked else None

    def bad_request(self, message: str) -> JSONResponse:
        error = {"message": message, "type": "invalid_request_error", "param": "input", "code": None}
        return JSONResponse({"error": error}, 400)

    def error(self, kind: str, retry_after: float | None) -> JSONResponse:
        status, body = error(kind, self.model)
        return JSONResponse({"error": body}, status)

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind, "sequence_number": next(self.numbers)} | fields, event=kind)

    def _part_event(self, kind: str, **fields: Any) -> bytes:
        part = "summary_index" if self.kind == "reasoning" else "content_index"
        place = {"item_id": self._item_id(), "output_index": self.index, part: 0}
        return self._event(f"response.{kind}", **place, **fields)

    def _call_event(self, kind: str, **fields: Any) -> bytes:
        place = {"item_id": self._item_id(), "output_index": self.index}
        return self._event(f"response.function_call_arguments.{kind}", **place, **fields)

    def _item_done(self, item: dict[str, Any]) -> bytes:
        self.output.append(item)
        return self._event("response.output_item.done", output_index=self.index, item=item)

    def _item_id(self) -> str:
        prefix = {"reasoning": "rs", "text": "msg", "call": "fc"}[self.kind or "text"]
        return f"{prefix}_{len(self.turns())}_{self.index}"

    def _item(self, status: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
        if self.kind == "reasoning":
            sealed = signature(self._item_id(), self.said) if status == "completed" else None
            return {"type": "reasoning", "id": self._item_id(), "summary": parts, "encrypted_content": sealed}
        if self.kind == "call":
            call_id, name = self.called
            call = {"type": "function_call", "id": self._item_id(), "call_id": call_id, "name": name}
            return call | {"arguments": self.said, "status": status}
        return {
            "type": "message",
            "id": self._item_id(),
            "status": status,
            "role": "assistant",
            "content": parts,
        }

    def _part(self) -> dict[str, Any]:
        if self.kind == "reasoning":
            return {"type": "summary_text", "text": self.said}
        return {"type": "output_text", "text": self.said, "annotations": [], "logprobs": []}

    def _end(self, status: str, **fields: Any) -> bytes:
        usage = {
            "input_tokens": INPUT_TOKENS,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": self.output_tokens,
            "output_tokens_details": {"reasoning_tokens": self.tokens["reasoning"]},
            "total_tokens": INPUT_TOKENS + self.output_tokens,
        }
        response = self._response(status, usage=usage, **fields)
        return self._event(f"response.{status}", response=response)

    def _response(self, status: str, **fields: Any) -> dict[str, Any]:
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1_790_000_000,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self.model,
            "output": list(self.output),
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": None,
        } | fields
