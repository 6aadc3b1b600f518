"""One mapping of the exceptions of all SDKs to what went wrong."""

import json  # {% if cookiecutter is using("openai", "openai_compatible", "anthropic") %}
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress  # {% if cookiecutter is using("openai", "openai_compatible", "anthropic") %}
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path
from typing import Any

from chat.providers import SENTENCES, Provider, ProviderError
from chat.providers.keys import address_setting, key_setting

# What people are told about each kind of failure. The provider's own reason is under "Details".
TOLD = {
    **SENTENCES,
    "auth": "{provider.label} rejected the key. Check {key}.",
    "forbidden": "{provider.label} does not allow this. See Details.",
    "region": "{provider.label} is not available in this country or region.",
    "quota": "The account with {provider.label} has no credit or quota left. Top it up, or try again later.",
    "rate_limit": "{provider.label} received too many requests. Try again in {wait}.",
    "too_large": "This needs more tokens than {provider.label} allows per minute. "
    "Lower the max tokens per reply, or ask something shorter.",
    "bad_request": "{provider.label} rejected this request. See Details.",
    # {% if cookiecutter is promptless %}
    "system_prompt": "This model does not support system prompts. Clear it in the options, or choose another model.",
    # {% endif %}
    # {% if cookiecutter.attachments != "none" %}
    "image": "{provider.label} rejected an image. Choose a model that accepts images, or ask without it.",
    # {% endif %}
    "tools": "This model cannot call tools. Choose another one.",  # {% if cookiecutter is tooled %}
    "not_found": "{provider.label} has no such model. Choose another one.",
    "address": "The answer did not come from {provider.label}. Check {address}.",
    # {% if cookiecutter is using("openai_compatible") %}
    "memory": "The model needs more memory than is available. Choose a smaller one, or ask something shorter.",
    # {% endif %}
    "overloaded": "{provider.label} is overloaded or temporarily down. Try again in {wait}.",
    "timeout": "{provider.label} did not answer in time. Try again.",
    "connection": "{provider.label} could not be reached. Check {causes} and {address}, then try again.",
    "plain": "{provider.label} could not be reached securely: the server does not use TLS. Check {address}.",
    "certificate": "{provider.label} could not be reached securely: its certificate is not trusted. "
    "If your network uses its own certificate, name its file in SSL_CERT_FILE.",
    "unsent": "The request could not be sent. Check {causes}.",
    "unknown": "{provider.label} failed for an unknown reason. See Details, or try again.",
    "blocked": "{provider.label} declined to answer this. Rephrase the question.",
}

# The words and codes of each kind: the first match counts, and takes precedence over the status.
KINDS_BY_WORDS = {
    "address": r"<!doctype html|<html",
    "region": r"country, region|unsupported_country|location is not supported|not available in your (country|region)",
    "auth": r"(api|x-api).key.{0,20}(not valid|invalid|incorrect|expired|revoked|leaked|disabled)|"
    r"(invalid|incorrect|expired|revoked|missing|no)[ _](x-)?api.?key|api_key_invalid|locate credentials",
    "rate_limit": r"perminute",  # {% if cookiecutter is using("gemini") %}
    "quota": r"credit balance|insufficient.(balance|credit|quota)|more credits|current quota|per ?day",
    # {% if cookiecutter is using("openai_compatible") %}
    "memory": r"out of memory|more system memory|insufficient memory|failed to allocate",
    # {% endif %}
    # {% if cookiecutter is promptless %}
    "system_prompt": r"(system|developer) (role|message|prompt|instruction)s? (is |are )?not (supported|enabled)|"
    r"roles must alternate|only user and assistant roles|(not|n\\?'t) support .{0,3}system",
    # {% endif %}
    # {% if cookiecutter is tooled %}
    "tools": r"(tools?|(tool|function).?(use|call\w*))\W{0,3}(is |are )?not (supported|enabled)|"
    r"unsupported param: tools|(not|n\\?'t) support \W?(tool|function)|endpoints found that support tool|"
    r"requires --(jinja|enable-auto-tool-choice)",
    # {% endif %}
    "not_found": r"(models?|deployment)\b.{0,80}\b(not exist|not found|is invalid|not supported by any provider)|"
    r"resourcenotfound|"  # {% if cookiecutter is using("bedrock") %}
    r"(invalid|unknown|no such) model|not a valid model|unable to access model|no endpoints found for|: 'model: |"
    r"model_not_found",
    "blocked": r"flagged|content management policy|content_filter|moderation",
    "context": r"context.?(window|length|size)|maximum context|token count|(?<!took )too long|"
    r"too many tokens(?!, please wait)",
    "timeout": r"timeout_error|deadline_exceeded",
    "overloaded": r"over ?capacity|at capacity|overloaded",
    "plain": r"wrong_version_number|record_layer",
    "certificate": r"certificate_verify_failed",
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
# SDKs wrap some exceptions of their HTTP library and let others through; all share these parts of names.
KINDS_BY_NAMES = {
    "Proxy": "unknown",  # only the setting is known
    **dict.fromkeys(("ReadError", "WriteError", "Protocol", "Closed"), "nothing"),
    **dict.fromkeys(("Connect", "NetworkError"), "connection"),
    "Timeout": "timeout",
}
# The variables that an HTTP library reads. Its exceptions do not name them.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
CERTIFICATES += ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")  # {% if cookiecutter is using("bedrock") %}
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
LONGEST_RETRY_AFTER = 30 * 24 * 3600  # seconds; more is a mistake


def provider_error(error: Any, provider: Provider, status: int = 0, wait: str = "") -> ProviderError:
    """The ProviderError for an exception of an SDK or of the HTTP library below it, or an error in a stream.

    Reads the words, the codes, the status and the names of the exceptions' classes: every SDK has its own classes,
    but these are alike in all. `status` and `wait` (Retry-After) are for an SDK that keeps them elsewhere.
    """
    errors = [*behind(error)]
    detail = "\ncaused by ".join(f"{type(one).__name__}: {one}" for one in errors) or str(error)
    kind, causes = kind_of(error, status), settings_of_the_network(errors)
    if kind == "unknown" and causes:
        kind = "unsent"
    elif kind == "connection":
        causes.insert(0, "the network")
    return failure(kind, provider, detail, retry_after(error, wait), causes)


def failure(
    kind: str, provider: Provider, detail: str, wait: float | None = None, causes: Sequence[str] = ("the network",)
) -> ProviderError:
    """The ProviderError for a kind of failure, a key of TOLD, with the provider's message in `detail`.

    `wait` is in seconds until the next attempt; `causes` are what may keep the provider from being reached.
    """
    address = address_setting(provider)
    looks = provider.base_url  # {% if not cookiecutter is unaddressed %}
    looks = provider.base_url or provider.base_url_example  # {% if cookiecutter is unaddressed %}
    if looks:
        address += f", which looks like {looks}"
    told = TOLD[kind].format(
        provider=provider, key=key_setting(provider), address=address, wait=in_words(wait), causes=" and ".join(causes)
    )
    error = ProviderError(kind, detail, told)
    error.retry_after = wait
    return error


def in_words(seconds: float | None) -> str:
    """How long to wait, in words; a minute if unknown."""
    if seconds is None or 50 <= seconds < 90:
        return "a minute"
    if seconds < 50:
        return f"{max(2, round(seconds))} seconds"
    if seconds < 48 * 3600:
        return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
    return f"{round(seconds / 86400)} days"


def kind_of(error: Any, status: int = 0) -> str:
    """The kind of failure: a key of TOLD."""
    errors = [*behind(error)]
    body = getattr(error, "body", None) or getattr(error, "response", None)
    codes = [status, *codes_of(error)]
    words = " ".join(map(str, [*errors, body, *codes] if errors else [error])).lower()
    status = next((number for one in codes if 300 <= (number := as_number(one)) < 600), 0)
    for kind, pattern in KINDS_BY_WORDS.items():
        if re.search(pattern, words) and not (kind == "address" and status >= 500):
            return kind
    # What is too large for one minute is too large for any.
    numbers = re.search(r"limit:? ([\d,]+)\b.*\brequested:? ([\d,]+)", words)
    if numbers and status in {413, 429} and as_number(numbers[1]) < as_number(numbers[2]):
        return "too_large"
    # {% if cookiecutter.attachments != "none" %}
    if 400 <= status < 429 and "image" in words:
        return "image"
    # {% endif %}
    if re.search("rate_limit_(error|exceeded)|throttling", words):
        return "rate_limit"
    if status >= 400:
        return KINDS_BY_STATUS.get(status, "overloaded" if status >= 500 else "bad_request")
    if status:  # sent elsewhere
        return "address"
    if body or not errors:  # the provider reported an unspecified error
        return "bad_request" if "invalid_request_error" in words else "overloaded"
    names = [type(one).__name__ for one in errors if not (type(one).__name__.startswith("API") and one.__cause__)]
    for name, (part, kind) in product(names, KINDS_BY_NAMES.items()):
        if part in name:
            return kind
    return "unknown"


def behind(error: Any) -> Iterator[BaseException]:
    """An exception and its causes."""
    while isinstance(error, BaseException):
        yield error
        error = error.__cause__ or error.__context__


def codes_of(error: Any) -> Iterator[Any]:
    """All possible codes of an error: in an exception, in the provider's response, and nested in that."""
    read = error.get if isinstance(error, dict) else lambda name: getattr(error, name, None)
    yield from map(read, ("code", "status_code", "status", "type"))
    inside = read("error" if isinstance(error, dict) else "body")
    if isinstance(inside, dict):
        yield from codes_of(inside)


def as_number(code: Any) -> int:
    """A code as a number, even from a text; 0 if it is not one."""
    digits = str(code).replace(",", "")
    return int(digits) if digits.isdecimal() else 0


def settings_of_the_network(errors: list[BaseException]) -> list[str]:
    """The settings that may keep a request from being made, judging by the exceptions."""
    told = " ".join(f"{type(error).__name__} {error}" for error in errors)
    if "RegionError" in told:  # {% if cookiecutter is using("bedrock") %}
        return ["AWS_REGION"]  # {% if cookiecutter is using("bedrock") %}
    if re.search("FileNotFound|SSLError|certificate", told):
        return [name for name in CERTIFICATES if name in os.environ and not Path(os.environ[name] or "none").exists()]
    if re.search("(?i)proxy|socks|InvalidURL|IPv6 URL|LocationParse|ExceptionGroup|connect", told):
        return [name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    return []


def is_document(headers: Mapping[str, str]) -> bool:
    """Whether HTML or JSON came instead of a stream."""
    return headers.get("content-type", "").startswith(("text/html", "application/json"))


# {% if cookiecutter is using("openai", "openai_compatible", "anthropic") %}
async def expect_stream(response: Any, provider: Provider) -> None:
    """Let a stream of events through.

    Raises:
        ProviderError: if something else came instead, such as a page.
    """
    if not is_document(response.headers):
        return
    body = (await response.aread()).decode(errors="replace")
    with suppress(ValueError):
        if isinstance(said := json.loads(body), dict) and said.get("error"):
            raise provider_error(said, provider)
    raise failure("address", provider, body)


# {% endif %}
def retry_after(error: Any, wait: str = "") -> float | None:
    """The seconds to wait that the provider named, if they make sense."""
    wait = wait or getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    try:
        seconds = float(wait)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(wait) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # missing, or not a date
            return None
    return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else None
