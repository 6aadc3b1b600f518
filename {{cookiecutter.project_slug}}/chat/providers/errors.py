"""What went wrong, told from the exceptions of the SDKs: one mapping for them all."""

import re  # {% if cookiecutter is using("gemini") %}
from collections.abc import Mapping
from typing import Any

from chat.providers import SENTENCES, Provider, ProviderError

# What a person is told about each kind of failure.
TOLD = {
    **SENTENCES,
    "auth": "{provider.label} did not accept the key. Check {provider.key}.",
    "quota": "The account at {provider.label} has no credit or quota left. Top it up, or come back later.",
    "rate_limit": "{provider.label} has had too many requests. Try again in {wait}.",
    "bad_request": "{provider.label} did not accept this request. The log has its reason.",
    # {% if cookiecutter.attachments != "none" %}
    "image": "{provider.label} did not accept an image. Choose a model that sees, or ask without it.",
    # {% endif %}
    "not_found": "{provider.label} has no such model. Choose another one.",
    "overloaded": "{provider.label} is overloaded. Try again in {wait}.",
    "timeout": "{provider.label} did not answer in time. Try again.",
    "connection": "{provider.label} could not be reached. Check the network and the address, then try again.",
    "blocked": "{provider.label} declined to answer this. Ask it in another way.",
}

KINDS_BY_STATUS = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "not_found",
    408: "timeout",
    413: "context",
    429: "rate_limit",
}
# More exact than the status; an error inside a stream has no other.
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
    "permission_error": "auth",
    "billing_error": "quota",
    "not_found_error": "not_found",
    "request_too_large": "context",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "overloaded",
    "api_error": "overloaded",
    "timeout_error": "timeout",
    # {% endif %}
    # {% if cookiecutter is using("gemini") %}
    "PERMISSION_DENIED": "auth",
    "DEADLINE_EXCEEDED": "timeout",
    "INTERNAL": "overloaded",
    "UNAVAILABLE": "overloaded",
    # {% endif %}
    # {% if cookiecutter is using("bedrock") %}
    "UnrecognizedClientException": "auth",
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
# Some errors can be told by their words alone.
NO_CREDIT = ("credit balance", "current quota", "per day", "perday")
TOO_LONG = (
    "context window",
    "context length",
    "context_size",
    "maximum context",
    "too long",
    "too many tokens",
    "token count",
)
# SDKs let some errors of their HTTP library through as they are; the names are the same in all of them.
TIMEOUTS = ("Timeout",)
LOST_CONNECTIONS = ("Connect", "ReadError", "WriteError", "Protocol", "NetworkError")


def provider_error(
    error: Any, provider: Provider, code: str = "", status: int = 0, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The ProviderError for an exception of an SDK or of the HTTP library below it, or an error in a stream.

    Reads the words, the code, the status and the names of the exception's classes: every SDK has classes of its own,
    but these are alike in all of them. `code`, `status` and `headers` are for an SDK that keeps them elsewhere.
    """
    detail = f"{type(error).__name__}: {error}"
    return failure(kind_of(error, code, status), provider, detail, retry_after(error, headers))


def failure(kind: str, provider: Provider, detail: str, wait: float | None = None) -> ProviderError:
    """The ProviderError for a kind of failure, a key of TOLD, after which to wait so many seconds."""
    error = ProviderError(kind, detail, TOLD[kind].format(provider=provider, wait=in_words(wait)))
    error.retry_after = wait
    return error


def in_words(seconds: float | None) -> str:
    """How long to wait, for a person; a minute where nobody knows."""
    if seconds is None or 50 <= seconds < 90:
        return "a minute"
    if seconds < 50:
        return f"{max(2, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"


def kind_of(error: Any, code: str = "", status: int = 0) -> str:
    """The kind of failure: a key of TOLD."""
    words = f"{error} {getattr(error, 'body', '')}".lower()
    # {% if cookiecutter is using("gemini") %}
    if "api_key_invalid" in words:
        return "auth"
    if "perminute" in words:
        return "rate_limit"
    # {% endif %}
    if any(text in words for text in NO_CREDIT):
        return "quota"
    own_code = getattr(error, "code", None)
    for name in (code, own_code, getattr(error, "type", None)):
        if name in KINDS_BY_CODE:
            return KINDS_BY_CODE[name]
    if any(text in words for text in TOO_LONG):
        return "context"
    status = status or getattr(error, "status_code", None) or (own_code if isinstance(own_code, int) else 0)
    # {% if cookiecutter.attachments != "none" %}
    if 400 <= status < 429 and "image" in words:
        return "image"
    # {% endif %}
    if status >= 400:
        return KINDS_BY_STATUS.get(status, "overloaded" if status >= 500 else "bad_request")
    names = [cls.__name__ for cls in type(error).__mro__]
    if any(part in name for name in names for part in TIMEOUTS):
        return "timeout"
    if any(part in name for name in names for part in LOST_CONNECTIONS):
        return "connection"
    return "cut_off"


def retry_after(error: Any, headers: Mapping[str, str] | None = None) -> float | None:
    """The seconds to wait that the provider named, if it did."""
    # {% if cookiecutter is using("gemini") %}
    if named := re.search(r"'retryDelay': '([\d.]+)s'", str(error)):
        return float(named[1])
    # {% endif %}
    headers = headers or getattr(getattr(error, "response", None), "headers", {})
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:  # none, or a date
        return None
