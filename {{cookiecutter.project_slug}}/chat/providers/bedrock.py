"""Amazon Bedrock, through its Converse API: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html."""

import os
from base64 import b64decode, b64encode  # {% if cookiecutter is tooled %}
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from functools import lru_cache
from typing import Any

from chat import settings
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request, keys
from chat.providers.calls import Round, Turn, as_dict, failed, kept, turns_of  # {% if cookiecutter is tooled %}
from chat.providers.errors import failure, is_document, provider_error
from chat.providers.keys import api_key, base_url, key_setting
from chat.providers.sources import Sources  # {% if cookiecutter is stepped %}
from chat.providers.threads import in_thread

REGION = settings.secret("AWS_REGION") or settings.secret("AWS_DEFAULT_REGION") or "us-east-1"
# Used instead of statuses: exceptions in a stream have none, and those of others say less.
STATUSES = {
    **dict.fromkeys(("UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"), 401),
    **dict.fromkeys(("internalServerException", "modelStreamErrorException"), 500),
    **dict.fromkeys(("serviceUnavailableException", "ModelNotReadyException"), 503),
}

_has_credentials = False


def problem(provider: Provider) -> str | None:
    """What to do about a missing key, else None; other AWS credentials work too."""
    return keys.problem(provider, key_if_any)


def prepare(provider: Provider) -> None:
    """Import the SDK, look for credentials and create the client: a second saved from the first question."""
    global _has_credentials
    import boto3

    _has_credentials = boto3.Session().get_credentials() is not None
    if not problem(provider):
        with suppress(Exception):  # the first reply reports a failure
            client(key_if_any(provider), base_url(provider))


def key_if_any(provider: Provider) -> str:
    """The key; empty if other AWS credentials are used."""
    return "" if _has_credentials and not settings.secret(key_setting(provider)) else api_key(provider)


@lru_cache(maxsize=1)
def client(key: str, url: str | None) -> Any:
    """The client, created once: its connections stay open between replies."""
    import boto3
    from botocore.config import Config

    # The SDK reads its key only from the environment, and would even use an empty one.
    os.environ.pop("AWS_BEARER_TOKEN_BEDROCK", None)
    if key:
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = key
    config = Config(
        connect_timeout=settings.CONNECT_SECONDS,
        read_timeout=settings.SILENCE_SECONDS,
        retries={"total_max_attempts": 1},
        max_pool_connections=100,  # each running reply has one
    )
    return boto3.client("bedrock-runtime", region_name=REGION, endpoint_url=url, config=config)


async def models(provider: Provider) -> list[str]:
    """The ids of the models to choose from, by the settings: a key for replies has no permission to list them."""
    return list(provider.models)


# {% if cookiecutter.attachments != "none" %}
def content(text: str, images: tuple[Attachment, ...]) -> list[dict[str, Any]]:
    """The parts of a message: its images and its text."""
    parts: list[dict[str, Any]] = [
        {"image": {"format": image.type.removeprefix("image/"), "source": {"bytes": image.image}}} for image in images
    ]
    return [*parts, {"text": text}] if text else parts


# {% endif %}
# {% if cookiecutter is tooled %}
def messages_of(turn: Turn) -> list[dict[str, Any]]:
    """A message; for a round, the model's blocks, reasoning included, then a message with all results."""
    if not isinstance(turn, Round):
        # {% if cookiecutter.attachments == "none" %}
        return [{"role": turn.role, "content": [{"text": turn.text}]}]
        # {% else %}
        return [{"role": turn.role, "content": content(turn.text, turn.attachments)}]
        # {% endif %}
    ids = [block["toolUse"]["toolUseId"] for block in turn.items if "toolUse" in block]
    results = [
        {
            "toolResult": {
                "toolUseId": tool_use_id,
                "content": [{"text": call.result}],
                "status": "error" if failed(call) else "success",
            }
        }
        for tool_use_id, call in zip(ids, turn.calls, strict=True)
    ]
    said = {"role": "assistant", "content": [with_bytes(block) for block in turn.items]}
    return [said, {"role": "user", "content": results}] if results else [said]


def grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add a delta to its block: text, the JSON of a tool's input, reasoning or its signature."""
    match delta:
        case {"text": text}:
            block["text"] = block.get("text", "") + text
        case {"toolUse": {"input": text}}:
            block["toolUse"]["input"] = block["toolUse"].get("input", "") + text
        case {"reasoningContent": {"redactedContent": data}}:
            block["reasoningContent"] = {"redactedContent": data}
        case {"reasoningContent": dict(pieces)}:
            reasoning = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})["reasoningText"]
            for name, piece in pieces.items():
                reasoning[name] = reasoning.get(name, "") + piece


def turn_of(request: Request, blocks: list[dict[str, Any]]) -> list[Chunk]:
    """What is kept of a finished turn with these blocks; blank texts are left out, since the API refuses them."""
    calls = []
    for block in blocks:
        match block:
            case {"toolUse": dict(tool_use)}:
                calls.append((tool_use["name"], tool_use.get("input") or "{}"))
                tool_use["input"] = as_dict(tool_use.get("input", ""))
            case {"reasoningContent": {"redactedContent": data}}:  # bytes, which JSON cannot contain
                block["reasoningContent"] = {"redactedContent": b64encode(data).decode()}
    return kept(request, [block for block in blocks if block.get("text", "-").strip()], calls)


def with_bytes(block: dict[str, Any]) -> dict[str, Any]:
    """A kept block, as the SDK accepts it."""
    match block:
        case {"reasoningContent": {"redactedContent": data}}:
            return {"reasoningContent": {"redactedContent": b64decode(data)}}
    return block


# {% endif %}
# {% if cookiecutter is stepped %}
def source_of(citation: dict[str, Any]) -> tuple[str, str, str, int | None]:
    """Title, address, words and page of a cited web page, search result or file."""
    location = citation.get("location", {})
    address = location.get("web", {}).get("url") or citation.get("source", "")
    words = "".join(content.get("text", "") for content in citation.get("sourceContent", []))
    return citation.get("title", ""), address, words, location.get("documentPage", {}).get("start")


# {% endif %}
async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    from botocore.exceptions import ClientError

    provider = request.provider
    opened = []
    # {% if cookiecutter is tooled %}
    turns = [message for turn in turns_of(request) for message in messages_of(turn)]
    tools = [
        {"toolSpec": {"name": tool.name, "description": tool.description, "inputSchema": {"json": tool.schema}}}
        for tool in request.tools
    ]
    blocks: dict[int, dict[str, Any]] = {}
    # {% elif cookiecutter.attachments == "none" %}
    turns = [{"role": message.role, "content": [{"text": message.text}]} for message in request.messages]
    # {% else %}
    turns = [
        {"role": message.role, "content": content(message.text, message.attachments)} for message in request.messages
    ]
    # {% endif %}
    sources = Sources(request)  # {% if cookiecutter is stepped %}

    def converse(hand_over: Callable[[dict[str, Any]], bool]) -> None:
        response = client(key_if_any(provider), base_url(provider)).converse_stream(
            modelId=request.model,
            system=[{"text": request.system_prompt}] if request.system_prompt else [],
            messages=turns,
            inferenceConfig={"maxTokens": request.max_tokens},
            **({"toolConfig": {"tools": tools}} if tools else {}),  # {% if cookiecutter is tooled %}
        )
        if is_document(headers := response["ResponseMetadata"]["HTTPHeaders"]):
            raise failure("address", provider, headers["content-type"])
        opened.append(response["stream"])
        for event in response["stream"]:
            if hand_over(event):
                break
        response["stream"].close()

    try:
        async with aclosing(in_thread(converse)) as events:
            async for event in events:
                # {% if cookiecutter is tooled %}
                match event:
                    case {"contentBlockStart": {"contentBlockIndex": index, "start": start}}:
                        blocks[index] = {**start}
                    case {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}:
                        grow(blocks.setdefault(index, {}), delta)
                    case {"messageStop": {"stopReason": "tool_use" | "end_turn" | "stop_sequence"}}:
                        for chunk in turn_of(request, [*blocks.values()]):
                            yield chunk
                # {% endif %}
                match event:
                    case {"contentBlockDelta": {"delta": {"text": text}}}:
                        yield Chunk(text)
                    case {"contentBlockDelta": {"delta": {"reasoningContent": {"text": text}}}}:
                        yield Chunk(reasoning=text)
                    # {% if cookiecutter is stepped %}
                    case {"contentBlockDelta": {"delta": {"citation": citation}}}:
                        sources.add(*source_of(citation))
                    case {"contentBlockStop": _}:
                        yield Chunk(sources.marks())
                    # {% endif %}
                    case {"metadata": {"usage": {"inputTokens": int(sent), "outputTokens": int(said)}}}:
                        yield Chunk(usage=Usage(sent, said))
                    case {"messageStop": {"stopReason": "max_tokens" | "model_context_window_exceeded"}}:
                        yield Chunk(stop_reason="max_tokens")
                    case {"messageStop": {"stopReason": "guardrail_intervened" | "content_filtered" as reason}}:
                        raise failure("blocked", provider, reason)
                    case {"messageStop": {"stopReason": "end_turn" | "stop_sequence"}}:
                        yield Chunk(stop_reason="complete")
                    # {% if cookiecutter is tooled %}
                    case {"messageStop": {"stopReason": "tool_use"}}:
                        yield Chunk(stop_reason="tools")
                    # {% endif %}
                    case {"messageStop": stop}:
                        yield Chunk(stop_reason="ended_early", detail=stop.get("stopReason", ""))
            # {% if cookiecutter is stepped %}
            for source in sources.chunks():
                yield source
            # {% endif %}
    except ProviderError:
        raise
    except ClientError as error:
        http: Any = error.response.get("ResponseMetadata", {})
        status = STATUSES.get(error.response["Error"]["Code"]) or http.get("HTTPStatusCode", 0)
        raise provider_error(error, provider, status, http.get("HTTPHeaders", {}).get("retry-after", "")) from error
    except Exception as error:
        raise provider_error(error, provider) from error
    finally:
        for events in opened:  # wakes the thread if it waits for the next event
            with suppress(RuntimeError, ValueError):
                events._raw_stream.shutdown()
