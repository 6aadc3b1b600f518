"""The test server, as the providers' own SDKs see it."""

import asyncio
import socket
import time
from collections.abc import Coroutine, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import anthropic
import boto3
import httpx2
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from google import genai
from google.genai.errors import APIError as GeminiError

from waiting import HANG
from wire import (
    DIALECTS,
    ERRORS,
    INPUT_TOKENS,
    REASONING,
    REFUSAL,
    STREAMS,
    TEXT,
    Wire,
    first_half,
)

MODEL = "wire.model-1:0"
QUESTION = "What now?"
TIMEOUT = 1  # seconds, where nothing comes

# What each SDK makes of a scenario: the stop reason where the stream ends (None: it never came),
# or the exception with status and code.
ENDS = {
    "openai": {
        "good": "completed",
        "empty": "completed",
        "refusal": "completed",
        "max_tokens": "incomplete max_output_tokens",
        "content_filter": "incomplete content_filter",
        "failed": "failed server_error",
        "cut_off": None,
        "silent": "APITimeoutError",
        "stall": "APITimeoutError",
        "drop": "APIConnectionError",
        "error_event": "error server_error",
        "garbage": "UnicodeDecodeError",
        "auth": "AuthenticationError 401 invalid_api_key",
        "not_found": "NotFoundError 404 model_not_found",
        "context": "BadRequestError 400 context_length_exceeded",
        "rate_limit": "RateLimitError 429 rate_limit_exceeded",
        "quota": "RateLimitError 429 insufficient_quota",
        "overloaded": "InternalServerError 503 None",
    },
    "chat": {
        "good": "stop",
        "empty": "stop",
        "refusal": "stop",
        "max_tokens": "length",
        "content_filter": "content_filter",
        "failed": "error",
        "cut_off": None,
        "silent": "APITimeoutError",
        "stall": "APITimeoutError",
        "drop": "APIConnectionError",
        "error_event": "APIError None 502",
        "garbage": "UnicodeDecodeError",
        "auth": "AuthenticationError 401 invalid_api_key",
        "not_found": "NotFoundError 404 model_not_found",
        "context": "BadRequestError 400 context_length_exceeded",
        "rate_limit": "RateLimitError 429 rate_limit_exceeded",
        "quota": "RateLimitError 429 insufficient_quota",
        "overloaded": "InternalServerError 503 None",
    },
    "anthropic": {
        "good": "end_turn",
        "empty": "end_turn",
        "refusal": "refusal",
        "max_tokens": "max_tokens",
        "content_filter": "refusal",
        "failed": "APIStatusError 200 overloaded_error",
        "cut_off": None,
        "silent": "APITimeoutError",
        "stall": "ReadTimeout",
        "drop": "RemoteProtocolError",
        "error_event": "APIStatusError 200 overloaded_error",
        "garbage": "UnicodeDecodeError",
        "auth": "AuthenticationError 401 authentication_error",
        "not_found": "NotFoundError 404 not_found_error",
        "context": "BadRequestError 400 invalid_request_error",
        "rate_limit": "RateLimitError 429 rate_limit_error",
        "quota": "BadRequestError 400 invalid_request_error",
        "overloaded": "OverloadedError 529 overloaded_error",
    },
    "gemini": {
        "good": "STOP",
        "empty": "STOP",
        "refusal": "PROHIBITED_CONTENT",
        "max_tokens": "MAX_TOKENS",
        "content_filter": "SAFETY",
        "failed": "MALFORMED_RESPONSE",
        "cut_off": None,
        "silent": "ReadTimeout",
        "stall": "ReadTimeout",
        "drop": "RemoteProtocolError",
        "error_event": "ServerError 500 INTERNAL",
        "garbage": "UnknownApiResponseError",
        "auth": "ClientError 400 INVALID_ARGUMENT",
        "not_found": "ClientError 404 NOT_FOUND",
        "context": "ClientError 400 INVALID_ARGUMENT",
        "rate_limit": "ClientError 429 RESOURCE_EXHAUSTED",
        "quota": "ClientError 429 RESOURCE_EXHAUSTED",
        "overloaded": "ServerError 503 UNAVAILABLE",
    },
    "bedrock": {
        "good": "end_turn",
        "empty": "end_turn",
        "refusal": "guardrail_intervened",
        "max_tokens": "max_tokens",
        "content_filter": "content_filtered",
        "failed": "malformed_model_output",
        "cut_off": None,
        "silent": "ReadTimeoutError",
        "stall": "ReadTimeoutError",
        "drop": "ProtocolError",
        "error_event": "EventStreamError 400 modelStreamErrorException",
        "garbage": "ChecksumMismatch",
        "auth": "ClientError 403 UnrecognizedClientException",
        "not_found": "ResourceNotFoundException 404 ResourceNotFoundException",
        "context": "ValidationException 400 ValidationException",
        "rate_limit": "ThrottlingException 429 ThrottlingException",
        "quota": "ThrottlingException 429 ThrottlingException",
        "overloaded": "ServiceUnavailableException 503 ServiceUnavailableException",
    },
}
# The others end as a good reply does.
SAME_AS_GOOD = STREAMS - ENDS["openai"].keys()

TEXTS = {
    "silent": "",
    "empty": "",
    "echo": f"You said: {QUESTION}",
    **dict.fromkeys(
        ("stall", "drop", "error_event", "cut_off", "max_tokens", "content_filter", "failed"),
        first_half(),
    ),
    "garbage": first_half(),
}


@dataclass
class Seen:
    """What an SDK gave of one reply."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    end: str | None = None
    usage: tuple[int, int] | None = None
    events: list[Any] = field(default_factory=list)


# Clients take long to make, and belong to the event loop where they are used.
RUNNER = asyncio.Runner()


def run(task: Coroutine[Any, Any, Any]) -> Any:
    return RUNNER.run(task)


@cache
def openai_client(url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=url, api_key="k", max_retries=0)


@cache
def anthropic_client(url: str) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=url, api_key="k", max_retries=0)


@cache
def gemini_client(url: str) -> genai.client.AsyncClient:
    return genai.Client(api_key="k", http_options={"base_url": url}).aio


@cache
def bedrock_client(url: str, timeout: float) -> Any:
    config = Config(read_timeout=timeout, retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "k", "region_name": "us-east-1"}
    return boto3.client("bedrock-runtime", endpoint_url=url, config=config, **keys)


async def ask_openai(url: str, seen: Seen, timeout: float, **request: Any) -> None:
    stream = await openai_client(url).responses.create(
        model=MODEL, input=QUESTION, stream=True, timeout=timeout, **request
    )
    async with stream:
        async for event in stream:
            seen.events.append(event)
            match event.type:
                case "response.output_text.delta":
                    seen.text += event.delta
                case "response.reasoning_summary_text.delta":
                    seen.reasoning += event.delta
                case "response.refusal.delta":
                    seen.refusal += event.delta
                case "error":
                    seen.end = f"error {event.code}"
                case "response.completed" | "response.incomplete" | "response.failed":
                    reply = event.response
                    why = reply.incomplete_details and reply.incomplete_details.reason
                    why = why or (reply.error and reply.error.code)
                    seen.end = f"{reply.status} {why}" if why else reply.status
                    seen.usage = reply.usage.input_tokens, reply.usage.output_tokens
                    assert reply.output_text in (seen.text, "")


async def ask_chat(url: str, seen: Seen, timeout: float, **request: Any) -> None:
    request = {"stream_options": {"include_usage": True}} | request
    messages = request.pop("messages", [{"role": "user", "content": QUESTION}])
    stream = await openai_client(url).chat.completions.create(
        model=MODEL, messages=messages, stream=True, timeout=timeout, **request
    )
    async with stream:
        async for chunk in stream:
            seen.events.append(chunk)
            if chunk.usage:
                seen.usage = chunk.usage.prompt_tokens, chunk.usage.completion_tokens
            for choice in chunk.choices:
                delta = choice.delta
                seen.end = choice.finish_reason
                seen.refusal += delta.refusal or ""
                if isinstance(delta.content, list):
                    seen.reasoning += delta.content[0]["thinking"][0]["text"]
                else:
                    seen.text += delta.content or ""
                for name in ("reasoning", "reasoning_content"):
                    seen.reasoning += getattr(delta, name, "") or ""


async def ask_anthropic(url: str, seen: Seen, timeout: float) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    async with anthropic_client(url).messages.stream(
        model=MODEL, max_tokens=9, messages=messages, timeout=timeout
    ) as stream:
        async for event in stream:
            seen.events.append(event)
            if event.type == "text":
                seen.text += event.text
            elif event.type == "thinking":
                seen.reasoning += event.thinking
        message = await stream.get_final_message()
        seen.end = message.stop_reason
        seen.usage = message.usage.input_tokens, message.usage.output_tokens


async def ask_gemini(url: str, seen: Seen, timeout: float) -> None:
    config = {"http_options": {"timeout": int(timeout * 1000)}}
    stream = await gemini_client(url).models.generate_content_stream(model=MODEL, contents=QUESTION, config=config)
    async with aclosing(stream):
        async for chunk in stream:
            seen.events.append(chunk)
            usage = chunk.usage_metadata
            tokens = usage.candidates_token_count + usage.thoughts_token_count
            seen.usage = usage.prompt_token_count, tokens
            if chunk.prompt_feedback:
                seen.end = chunk.prompt_feedback.block_reason.value
            for candidate in chunk.candidates or []:
                seen.end = candidate.finish_reason and candidate.finish_reason.value
                for part in candidate.content.parts or []:
                    if part.thought:
                        seen.reasoning += part.text
                    else:
                        seen.text += part.text


async def ask_bedrock(url: str, seen: Seen, timeout: float) -> None:
    messages = [{"role": "user", "content": [{"text": QUESTION}]}]
    client = bedrock_client(url, timeout)
    with closing(client.converse_stream(modelId=MODEL, messages=messages)["stream"]) as stream:
        for event in stream:
            seen.events.append(event)
            match event:
                case {"contentBlockDelta": {"delta": {"text": text}}}:
                    seen.text += text
                case {"contentBlockDelta": {"delta": {"reasoningContent": {"text": text}}}}:
                    seen.reasoning += text
                case {"messageStop": {"stopReason": reason}}:
                    seen.end = reason
                case {"metadata": {"usage": usage}}:
                    seen.usage = usage["inputTokens"], usage["outputTokens"]


ASK = {
    "openai": ask_openai,
    "chat": ask_chat,
    "ollama": ask_chat,
    "anthropic": ask_anthropic,
    "gemini": ask_gemini,
    "bedrock": ask_bedrock,
}


def ask(wire: Wire, wire_format: str, timeout: float = HANG, **request: Any) -> Seen:
    """Ask for a reply; an exception becomes the end of what was seen."""
    seen = Seen()
    try:
        run(ASK[wire_format](wire.base_url(wire_format), seen, timeout, **request))
    except Exception as error:
        seen.end = described(error)
    assert wire.requests[-1].wait_closed()
    return seen


def described(error: Exception) -> str:
    """The class of an exception, its HTTP status and its code, as far as it has them."""
    match error:
        case openai.APIStatusError():
            facts = error.status_code, error.code
        case openai.APIConnectionError():
            facts = ()
        case openai.APIError():
            facts = None, error.code
        case anthropic.APIStatusError():
            facts = error.status_code, error.type
        case GeminiError():
            facts = error.code, error.status
        case ClientError():
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
            facts = status, error.response["Error"]["Code"]
        case _:
            facts = ()
    return " ".join([type(error).__name__, *map(str, facts)])


@pytest.fixture(scope="module")
def server() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def wire(server: Wire) -> Wire:
    server.play("good")
    server.requests.clear()
    server.listings.clear()
    return server


@pytest.mark.parametrize("scenario", sorted(STREAMS))
@pytest.mark.parametrize("wire_format", ENDS)
def test_streams(wire: Wire, wire_format: str, scenario: str) -> None:
    waits = scenario in {"silent", "stall"}
    wire.play(scenario)
    seen = ask(wire, wire_format, TIMEOUT if waits else HANG)

    assert seen.end == ENDS[wire_format]["good" if scenario in SAME_AS_GOOD else scenario]
    if scenario == "refusal":
        assert seen.text + seen.refusal == (REFUSAL if wire_format not in {"anthropic", "gemini"} else "")
    else:
        assert seen.text == TEXTS.get(scenario, TEXT)
    assert seen.reasoning == (REASONING if scenario == "reasoning" else "")
    if scenario in SAME_AS_GOOD | {"good"}:
        assert seen.usage == (INPUT_TOKENS, 16 if scenario == "reasoning" else 8)
    [request] = wire.requests
    assert request.closed_by == ("client" if waits else "server")


@pytest.mark.parametrize("scenario", sorted(ERRORS))
@pytest.mark.parametrize("wire_format", ENDS)
def test_errors(wire: Wire, wire_format: str, scenario: str) -> None:
    wire.play(scenario)
    assert ask(wire, wire_format).end == ENDS[wire_format][scenario]
    assert [r.chunks_sent for r in wire.requests] == [0]


@pytest.mark.parametrize("scenario", ["good", "reasoning", "refusal", "max_tokens", "error_event", "tools"])
def test_every_openai_event_has_the_documented_fields(wire: Wire, scenario: str) -> None:
    wire.play(scenario)
    events = ask(wire, "openai").events
    for event in events:
        type(event).model_validate(event.to_dict())
    assert [event.sequence_number for event in events] == list(range(len(events)))


@pytest.mark.parametrize("scenario", ["good", "reasoning", "refusal", "max_tokens", "tools"])
@pytest.mark.parametrize("wire_format", ["chat", "anthropic"])
def test_every_event_has_the_documented_fields(wire: Wire, wire_format: str, scenario: str) -> None:
    wire.play(scenario)
    for event in ask(wire, wire_format).events:
        type(event).model_validate(event.to_dict())


@pytest.mark.parametrize("scenario", ["good", "reasoning", "refusal", "max_tokens", "tools"])
def test_every_bedrock_event_has_the_documented_fields(wire: Wire, scenario: str) -> None:
    wire.play(scenario)
    service = bedrock_client(wire.base_url("bedrock"), HANG).meta.service_model
    shape = service.operation_model("ConverseStream").output_shape.members["stream"]
    for event in ask(wire, "bedrock").events:
        assert not ParamValidator().validate(event, shape).has_errors()


def test_the_request_is_recorded(wire: Wire) -> None:
    before = time.monotonic()
    ask(wire, "openai", instructions="Be brief.")
    ask(wire, "bedrock")
    first, second = wire.requests
    assert (first.format, first.path) == ("openai", "/openai/v1/responses")
    assert first.headers["authorization"] == "Bearer k"
    assert first.body["instructions"] == "Be brief."
    assert before < first.opened < first.closed < second.opened
    assert first.chunks_sent == 10  # beginning, eight pieces, end
    assert second.path == f"/bedrock/model/{MODEL}/converse-stream"


def test_scenarios_in_turn_and_retry_after(wire: Wire) -> None:
    wire.play(["rate_limit", "overloaded", "good"], retry_after=0.1)

    async def retried(url: str) -> str:
        client = openai_client(url).with_options(max_retries=2)
        response = await client.responses.create(model=MODEL, input=QUESTION, stream=True)
        return "".join([getattr(event, "delta", "") async for event in response])

    assert run(retried(wire.base_url("openai"))) == TEXT
    times = [request.opened for request in wire.requests]
    assert [b - a >= 0.1 for a, b in pairwise(times)] == [True, True]
    assert ask(wire, "openai").end == "completed"  # the last one stays


@pytest.mark.parametrize("seconds", [None, 3600])
def test_retry_after_is_told(wire: Wire, seconds: float | None) -> None:
    wire.play("rate_limit", retry_after=seconds)
    told = seconds or 1

    with pytest.raises(openai.RateLimitError) as limit:
        run(ask_openai(wire.base_url("openai"), Seen(), HANG))
    assert limit.value.response.headers["retry-after"] == str(told)
    with pytest.raises(GeminiError) as limit:
        run(ask_gemini(wire.base_url("gemini"), Seen(), HANG))
    assert limit.value.details["error"]["details"][1]["retryDelay"] == f"{told}s"


def test_another_status(wire: Wire) -> None:
    wire.play("overloaded", status=503)
    assert ask(wire, "anthropic").end == "ServiceUnavailableError 503 overloaded_error"


def test_an_unknown_scenario_is_refused(wire: Wire) -> None:
    with pytest.raises(ValueError, match="no scenario 'god'"):
        wire.play("god")


@pytest.mark.parametrize("scenario", ["silent", "stall"])
def test_a_client_that_leaves_is_noticed(wire: Wire, scenario: str) -> None:
    wire.play(scenario)

    async def leave() -> None:
        asking = asyncio.create_task(ask_openai(wire.base_url("openai"), Seen(), 10 * HANG))
        while not (wire.requests and (wire.requests[0].chunks_sent or scenario == "silent")):
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait([asking])

    run(leave())
    [request] = wire.requests
    assert request.wait_closed()
    assert request.closed_by == "client"


def test_pace(wire: Wire) -> None:
    wire.play("good", text="word " * 10, chunks=40, rate=200)
    seen = ask(wire, "chat")
    assert seen.text == "word " * 10
    [request] = wire.requests
    assert request.chunks_sent == 42
    assert request.closed - request.opened >= 0.2


def test_what_is_held_back_comes_when_the_request_goes_on(wire: Wire) -> None:
    wire.play("good", text="word " * 10, chunks=10, until=4)

    async def read() -> Seen:
        seen = Seen()
        asking = asyncio.create_task(ask_chat(wire.base_url("chat"), seen, HANG))
        for until in (4, 8, None):
            if wire.requests:
                wire.requests[0].go_on(until)
            while not (wire.requests and wire.requests[0].chunks_sent == (until or 12)):
                await asyncio.sleep(0.01)
        await asking
        return seen

    assert run(read()).text == "word " * 10


def test_many_chunks(wire: Wire) -> None:
    wire.play("good", text="word " * 1000, chunks=1000)
    assert ask(wire, "chat").usage == (INPUT_TOKENS, 1000)


def test_an_emoji_is_split_between_chunks(wire: Wire) -> None:
    wire.play("split_emoji")
    body = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    url = f"{wire.base_url('chat')}/chat/completions"
    with httpx2.stream("POST", url, json=body) as response:
        chunks = list(response.iter_raw())
    start, end = b"\xf0", "👋".encode()[1:]
    assert any(a.endswith(start) and b.startswith(end) for a, b in pairwise(chunks))


@pytest.mark.parametrize(
    ("dialect", "request_", "status"),
    [
        ("openai_compatible", {"max_tokens": 9}, None),
        ("azure_openai", {"max_completion_tokens": 9}, None),
        ("azure_openai", {"max_tokens": 9}, "BadRequestError 400"),
        ("groq", {"max_completion_tokens": 9}, None),
        ("groq", {"logprobs": True}, "BadRequestError 400"),
        ("groq", {"logit_bias": {"1": 1}}, "BadRequestError 400"),
        (
            "groq",
            {"messages": [{"role": "user", "name": "I", "content": QUESTION}]},
            "BadRequestError 400",
        ),
        ("mistral", {"stream_options": openai.omit, "max_tokens": 9}, None),
        ("mistral", {}, "UnprocessableEntityError 422"),
        (
            "mistral",
            {"stream_options": openai.omit, "max_completion_tokens": 9},
            "UnprocessableEntityError 422",
        ),
        ("cohere", {"stream_options": openai.omit, "max_tokens": 9}, None),
        ("cohere", {}, "BadRequestError 400"),
        ("openrouter", {"max_tokens": 9}, None),
    ],
)
def test_parameters_that_a_dialect_refuses(
    wire: Wire, dialect: str, request_: dict[str, Any], status: str | None
) -> None:
    wire.play("good", dialect=dialect)
    seen = ask(wire, "chat", **request_)
    assert (seen.end == "stop") if status is None else seen.end.startswith(status)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(wire: Wire, dialect: str) -> None:
    wire.play("reasoning", dialect=dialect)
    seen = ask(wire, "chat", stream_options=openai.omit)
    assert (seen.text, seen.reasoning, seen.end) == (TEXT, REASONING, "stop")
    unasked = {"mistral", "deepseek", "openrouter"}
    assert seen.usage == ((INPUT_TOKENS, 16) if dialect in unasked else None)

    wire.play("quota", dialect=dialect)
    pays_ahead = {"openrouter", "deepseek", "together", "huggingface"}
    status = "APIStatusError 402" if dialect in pays_ahead else "RateLimitError 429"
    assert ask(wire, "chat", stream_options=openai.omit).end.startswith(status)


def test_ollama_has_a_dialect_of_its_own(wire: Wire) -> None:
    wire.play("reasoning")
    seen = ask(wire, "ollama")
    assert (seen.text, seen.reasoning, seen.end) == (TEXT, REASONING, "stop")
    assert "reasoning" in seen.events[1].choices[0].delta.to_dict()


def test_azure_refuses_a_question_by_an_error(wire: Wire) -> None:
    wire.play("refusal", dialect="azure_openai")
    assert ask(wire, "chat").end == "BadRequestError 400 content_filter"


def test_lists_of_models(wire: Wire) -> None:
    wire.models = ["a", "b"]

    async def listed(scenario: str) -> list[list[str]]:
        wire.play(scenario)
        clients = [openai_client(wire.base_url(name)) for name in ("openai", "chat", "ollama")]
        clients.append(anthropic_client(wire.base_url("anthropic")))
        lists = [[model.id async for model in client.models.list()] for client in clients]
        gemini = await gemini_client(wire.base_url("gemini")).models.list()
        return [*lists, [model.name async for model in gemini]]

    assert run(listed("good")) == [["a", "b"]] * 4 + [["models/a", "models/b"]]
    tags = httpx2.get(f"{wire.url}/ollama/api/tags").json()
    assert [model["name"] for model in tags["models"]] == ["a", "b"]
    assert not wire.requests
    assert len(wire.listings) == 6
    with pytest.raises(openai.AuthenticationError):
        run(listed("auth"))


def test_nobody_listens_at_the_refused_url(wire: Wire) -> None:
    host, port = wire.refused_url().removeprefix("http://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=HANG)


def test_the_server_closes_what_is_open() -> None:
    async def interrupted(wire: Wire) -> None:
        asking = asyncio.create_task(ask_openai(wire.base_url("openai"), Seen(), 10 * HANG))
        while not (wire.requests and wire.requests[0].chunks_sent):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(wire.__exit__)
        with pytest.raises(openai.APIConnectionError):
            await asking

    wire = Wire().__enter__()
    wire.play("stall")
    run(interrupted(wire))
    assert wire.requests[0].closed_by == "server"
