"""What went wrong, told from the exceptions of the SDKs: one mapping for them all."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path
from typing import Any

from chat.providers import SENTENCES, Provider, ProviderError
from chat.providers.keys import address_setting, example, key_setting

# What a person is told about each kind of failure. The reason that the provider gave is behind "Details".
TOLD = {
    **SENTENCES,
    "auth": "{provider.label} did not accept the key. Check {key}.",
    "forbidden": "{provider.label} does not allow this. Details has its reason.",
    "region": "{provider.label} does not serve the country or region from which it is asked.",
    "quota": "{provider.label} says that the account has no credit or quota left. Top it up, or come back later.",
    "rate_limit": "{provider.label} has had too many requests. Try again in {wait}.",
    "too_large": "{provider.label} takes fewer tokens in a minute than this needs. "
    "Lower the max tokens per reply, or ask something shorter.",
    "bad_request": "{provider.label} did not accept this request. Details has its reason.",
    "system_prompt": "This model takes no system prompt. Empty it in the options, or choose another model.",
    # {% if cookiecutter.attachments != "none" %}
    "image": "{provider.label} did not accept an image. Choose a model that sees, or ask without it.",
    # {% endif %}
    "not_found": "{provider.label} has no such model. Choose another one.",
    "address": "{provider.label} is not what answered. Check {address}.",
    "memory": "The model needs more memory than there is. Choose a smaller one, or ask something shorter.",
    "overloaded": "{provider.label} is overloaded, or has a fault just now. Try again in {wait}.",
    "timeout": "{provider.label} did not answer in time. Try again.",
    "connection": "{provider.label} could not be reached. Check the network and {address}, then try again.",
    "plain": "{provider.label} could not be reached safely: what answers speaks no TLS. Check {address}.",
    "certificate": "{provider.label} could not be reached safely: its certificate is not known here. "
    "If the network has one of its own, name its file in SSL_CERT_FILE.",
    "unsent": "The request could not be made. Check {cause}.",
    "unknown": "{provider.label} gave no answer, and why is not known. Details has what was said. Try again.",
    "blocked": "{provider.label} declined to answer this. Rephrase the question.",
}

KINDS_BY_STATUS = {
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "address",
    405: "address",
    408: "timeout",
    413: "context",
    429: "rate_limit",
}
# More exact than the status; an error inside a stream may have no other.
KINDS_BY_CODE = {
    # {% if cookiecutter is using("openai") or cookiecutter is using("openai_compatible") %}
    "invalid_api_key": "auth",
    "content_filter": "blocked",
    "insufficient_quota": "quota",
    "model_not_found": "not_found",
    "context_length_exceeded": "context",
    "rate_limit_exceeded": "rate_limit",
    "server_error": "overloaded",
    # {% endif %}
    # {% if cookiecutter is using("anthropic") %}
    "authentication_error": "auth",
    "billing_error": "quota",
    "permission_error": "forbidden",
    "request_too_large": "context",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "overloaded",
    "api_error": "overloaded",
    "timeout_error": "timeout",
    # {% endif %}
    # {% if cookiecutter is using("gemini") %}
    "DEADLINE_EXCEEDED": "timeout",
    "INTERNAL": "overloaded",
    "UNAVAILABLE": "overloaded",
    # {% endif %}
    # {% if cookiecutter is using("bedrock") %}
    "UnrecognizedClientException": "auth",
    "InvalidSignatureException": "auth",
    "ExpiredTokenException": "auth",
    "ResourceNotFoundException": "not_found",
    "ThrottlingException": "rate_limit",
    "ModelTimeoutException": "timeout",
    "ModelNotReadyException": "overloaded",
    "ServiceUnavailableException": "overloaded",
    "internalServerException": "overloaded",
    "modelStreamErrorException": "overloaded",
    "serviceUnavailableException": "overloaded",
    "throttlingException": "rate_limit",
    # {% endif %}
}
# Some can be told by their words alone, and by these before anything else.
KINDS_BY_WORDS = {
    "address": r"<!doctype html|<html",
    "region": r"country, region|unsupported_country|location is not supported|not available in your (country|region)",
    "too_large": r"too large\b.*\btokens? per min",
    "auth": r"(api|x-api).key.{0,20}(not valid|invalid|incorrect|expired|revoked|leaked|disabled)|"
    r"(invalid|incorrect|expired|revoked|missing|no) (x-)?api.?key|api_key_invalid|locate credentials",
    "rate_limit": r"perminute",  # {% if cookiecutter is using("gemini") %}
    "quota": r"credit balance|insufficient (balance|credit)|more credits|current quota|per ?day",
    "memory": r"out of memory|more system memory|insufficient memory|failed to allocate",
    "system_prompt": r"(system|developer) (role|message|prompt|instruction)s? (is |are )?not (supported|enabled)|"
    r"roles must alternate|only user and assistant roles|(not|n\\?'t) support .{0,3}system",
    "not_found": r"(models?|deployment)\b.{0,80}\b(not exist|not found|is invalid|not supported by any provider)|"
    r"(invalid|unknown|no such) model|not a valid model|unable to access model|no endpoints found for|: 'model: ",
    "blocked": r"flagged|content management policy|moderation",
    "context": r"context.?(window|length|size)|maximum context|token count|(?<!took )too long|"
    r"too many tokens(?!, please wait)",
    "overloaded": r"over ?capacity|at capacity|overloaded",
}
# SDKs let some exceptions of their HTTP library through, and wrap others; these parts of names are the same in all.
KINDS_BY_NAMES = {
    "Proxy": "unknown",  # what is known is the setting
    **dict.fromkeys(("ReadError", "WriteError", "Protocol", "Closed"), "nothing"),
    **dict.fromkeys(("Connect", "NetworkError"), "connection"),
    "Timeout": "timeout",
}
# Where an HTTP library reads how to reach the network. It says of none which it was.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
# {% if cookiecutter is using("bedrock") %}
CERTIFICATES += ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")
# {% endif %}
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
LONGEST_RETRY_AFTER = 30 * 24 * 3600  # seconds; more is a mistake


def provider_error(
    error: Any, provider: Provider, code: str = "", status: int = 0, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The ProviderError for an exception of an SDK or of the HTTP library below it, or an error in a stream.

    Reads the words, the code, the status and the names of the exceptions' classes: every SDK has classes of its own,
    but these are alike in all of them. `code`, `status` and `headers` are for an SDK that keeps them elsewhere.
    """
    errors = [*behind(error)]
    detail = ", because of ".join(f"{type(one).__name__}: {one}" for one in errors) or str(error)
    kind, cause = kind_of(error, code, status), unusable(errors)
    if kind == "unknown" and cause:
        kind = "unsent"
    return failure(kind, provider, detail, retry_after(error, headers), cause)


def failure(kind: str, provider: Provider, detail: str, wait: float | None = None, cause: str = "") -> ProviderError:
    """The ProviderError for a kind of failure, a key of TOLD.

    Args:
        kind: the kind.
        provider: who failed.
        detail: what the provider said.
        wait: for how many seconds it wants to be left alone.
        cause: the settings that do not let it be asked.
    """
    address = address_setting(provider)
    if looks := example(provider):
        address += f", which looks like {looks}"
    told = TOLD[kind].format(
        provider=provider, key=key_setting(provider), address=address, wait=in_words(wait), cause=cause
    )
    error = ProviderError(kind, detail, told)
    error.retry_after = wait
    return error


def in_words(seconds: float | None) -> str:
    """How long to wait, for a person; a minute where nobody knows."""
    if seconds is None or 50 <= seconds < 90:
        return "a minute"
    if seconds < 50:
        return f"{max(2, round(seconds))} seconds"
    if seconds < 48 * 3600:
        return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
    return f"{round(seconds / 86400)} days"


def kind_of(error: Any, code: str = "", status: int = 0) -> str:
    """The kind of failure: a key of TOLD."""
    errors = [*behind(error)]
    body = getattr(error, "body", None) or getattr(error, "response", None)
    words = " ".join(map(str, [*errors, body] if errors else [error])).lower()
    codes = [code, status, *codes_of(error)]
    status = next((number for one in codes if 300 <= (number := as_number(one)) < 600), 0)
    for kind, pattern in KINDS_BY_WORDS.items():
        if re.search(pattern, words) and not (kind == "address" and status >= 500):
            return kind
    # What is too large for a minute is so in every minute.
    numbers = re.search(r"limit:? ([\d,]+)\b.*\brequested:? ([\d,]+)", words)
    if numbers and status in {413, 429} and as_number(numbers[1]) < as_number(numbers[2]):
        return "too_large"
    for one in codes:
        if isinstance(one, str) and one in KINDS_BY_CODE:
            return KINDS_BY_CODE[one]
    # {% if cookiecutter.attachments != "none" %}
    if 400 <= status < 429 and "image" in words:
        return "image"
    # {% endif %}
    if status >= 400:
        return KINDS_BY_STATUS.get(status, "overloaded" if status >= 500 else "bad_request")
    if status:  # sent elsewhere
        return "address"
    if "wrong_version_number" in words or "record_layer" in words:
        return "plain"
    if "certificate_verify_failed" in words:
        return "certificate"
    if body or not errors:  # the provider told of an error, without saying which
        return "bad_request" if "invalid_request_error" in codes else "overloaded"
    names = [type(one).__name__ for one in errors if not (type(one).__name__.startswith("API") and one.__cause__)]
    for name, (part, kind) in product(names, KINDS_BY_NAMES.items()):
        if part in name:
            return kind
    return "unknown"


def behind(error: Any) -> Iterator[BaseException]:
    """An exception, and those that it came from."""
    while isinstance(error, BaseException):
        yield error
        error = error.__cause__ or error.__context__


def codes_of(error: Any) -> Iterator[Any]:
    """Whatever may be the code of an error: in an exception, in what the provider sent, and in what that holds."""
    read = error.get if isinstance(error, dict) else lambda name: getattr(error, name, None)
    yield from map(read, ("code", "status_code", "status", "type"))
    inside = read("error" if isinstance(error, dict) else "body")
    if isinstance(inside, dict):
        yield from codes_of(inside)


def as_number(code: Any) -> int:
    """A code as a number, also where it is in a text; 0 where it is none."""
    digits = str(code).replace(",", "")
    return int(digits) if digits.isdecimal() else 0


def unusable(errors: list[BaseException]) -> str:
    """The settings of the network that keep a request from being made, as far as the exceptions tell; else nothing."""
    told = " ".join(f"{type(error).__name__} {error}" for error in errors)
    named: tuple[str, ...] = ()
    if re.search("FileNotFound|SSLError|certificate", told):
        named = tuple(name for name in CERTIFICATES if not Path(os.environ.get(name, "")).exists())
    named = PROXIES if re.search("(?i)proxy|socks|InvalidURL|LocationParse|ExceptionGroup", told) else named
    named = ("AWS_REGION",) if "RegionError" in told else named  # {% if cookiecutter is using("bedrock") %}
    return " and ".join(name for name in named if os.environ.get(name) or os.environ.get(name.lower()))


async def expect_stream(response: Any, provider: Provider) -> None:
    """Let a stream of events through.

    Raises:
        ProviderError: if something else, such as a page, came in its place.
    """
    if not response.headers.get("content-type", "").startswith(("text/html", "application/json")):
        return
    body = (await response.aread()).decode(errors="replace")
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("error"):
        raise provider_error(said, provider)
    raise failure("address", provider, body)


def retry_after(error: Any, headers: Mapping[str, str] | None = None) -> float | None:
    """The seconds to wait that the provider named, if it did and they make sense."""
    headers = headers or getattr(getattr(error, "response", None), "headers", {})
    value = headers.get("retry-after", "")
    # {% if cookiecutter is using("gemini") %}
    if named := re.search(r"'retryDelay': '(\d+(?:\.\d+)?)s'", str(error)):
        value = named[1]
    # {% endif %}
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # there is none, or its date is none
            return None
    return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else None
