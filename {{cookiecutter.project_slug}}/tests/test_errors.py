"""Exceptions of SDKs and what a person is told of them."""

from types import SimpleNamespace

import pytest

from chat import settings
from chat.providers.errors import KINDS_BY_CODE, KINDS_BY_STATUS, TOLD, failure, provider_error

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


class SdkError(Exception):
    """An exception with what SDKs put on theirs."""

    def __init__(self, message: str = "", **attributes: object) -> None:
        super().__init__(message)
        vars(self).update(attributes)


class ReadTimeoutError(Exception):
    """Named like those of an HTTP library."""


class RemoteProtocolError(Exception):
    """Named like those of an HTTP library."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (SdkError(status_code=401), "auth"),
        (SdkError(status_code=404), "not_found"),
        (SdkError(status_code=429), "rate_limit"),
        # {% if cookiecutter is using("openai") or cookiecutter is using("openai_compatible") %}
        (SdkError(code="insufficient_quota", status_code=429), "quota"),
        (SdkError(code="rate_limit_exceeded"), "rate_limit"),
        # {% endif %}
        (SdkError("Your credit balance is too low.", status_code=400), "quota"),
        (SdkError("prompt is too long: 300000 tokens", status_code=400), "context"),
        (SdkError(status_code=400), "bad_request"),
        # {% if cookiecutter.attachments != "none" %}
        (SdkError("This model does not support image input.", status_code=400), "image"),
        # {% endif %}
        (SdkError(status_code=529), "overloaded"),
        (SdkError(code=502), "overloaded"),
        # {% if cookiecutter is using("anthropic") %}
        (SdkError(status_code=200, type="overloaded_error"), "overloaded"),
        # {% endif %}
        (ReadTimeoutError(), "timeout"),
        (RemoteProtocolError(), "connection"),
        (ValueError("no JSON"), "cut_off"),
    ],
)
def test_kinds(error: Exception, kind: str) -> None:
    assert provider_error(error, PROVIDER).kind == kind


def test_every_kind_has_its_sentence() -> None:
    assert {*KINDS_BY_STATUS.values(), *KINDS_BY_CODE.values()} <= TOLD.keys()
    for kind in TOLD:
        assert "{" not in failure(kind, PROVIDER, "").sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "a minute"),
        (1, "2 seconds"),
        (20, "20 seconds"),
        (60, "a minute"),
        (600, "10 minutes"),
        (9000, "2 hours"),
    ],
)
def test_a_person_is_told_when_to_come_back(seconds: float | None, words: str) -> None:
    assert f"Try again in {words}." in failure("rate_limit", PROVIDER, "", seconds).sentence


def test_the_time_to_wait_is_kept() -> None:
    response = SimpleNamespace(headers={"retry-after": "7"})
    assert provider_error(SdkError(status_code=429, response=response), PROVIDER).retry_after == 7
    assert provider_error(SdkError(status_code=429), PROVIDER).retry_after is None
