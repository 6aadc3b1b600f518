"""Exceptions of SDKs, and what people are told."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from chat import settings
from chat.providers.errors import KINDS_BY_NAMES, KINDS_BY_STATUS, KINDS_BY_WORDS, TOLD, failure, provider_error

# {% if cookiecutter.extra_providers and cookiecutter is using("custom", "embedded") %}
PROVIDER = next(one for one in settings.PROVIDERS.values() if one.key)
# {% elif cookiecutter.extra_providers %}
PROVIDER = next(iter(settings.PROVIDERS.values()))
# {% else %}
PROVIDER = settings.PROVIDER
# {% endif %}


class SdkError(Exception):
    """An exception with the attributes that SDKs add."""

    def __init__(self, message: str = "", **attributes: object) -> None:
        super().__init__(message)
        vars(self).update(attributes)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (SdkError(status_code=401), "auth"),
        (SdkError("The model `any` does not exist.", status_code=404), "not_found"),
        (SdkError("404 page not found", status_code=404), "address"),
        (SdkError("<!DOCTYPE html>Not here", status_code=404), "address"),
        (SdkError(status_code=403), "forbidden"),
        (SdkError("Invalid API key", status_code=403), "auth"),
        # {% if cookiecutter is using("openai_compatible") %}
        (SdkError("CUDA out of memory", status_code=500), "memory"),
        # {% endif %}
        (SdkError(status_code=429), "rate_limit"),
        # {% if cookiecutter is using("openai", "openai_compatible") %}
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
        (SdkError(code="503"), "overloaded"),
        ("Over capacity", "overloaded"),
        ({"message": "Slow down", "code": 429}, "rate_limit"),
        (SdkError("Too large: Limit 6,000, Requested 8,192", status_code=429), "too_large"),
        # {% if cookiecutter is using("anthropic") %}
        (SdkError(status_code=200, type="overloaded_error"), "overloaded"),
        # {% endif %}
        (type("ReadTimeoutError", (Exception,), {})(), "timeout"),
        (type("RemoteProtocolError", (Exception,), {})(), "nothing"),
        (ConnectionRefusedError(), "connection"),
        (ValueError("no JSON"), "unknown"),
    ],
)
def test_kinds(error: object, kind: str) -> None:
    assert provider_error(error, PROVIDER).kind == kind


def test_every_kind_has_its_sentence() -> None:
    assert {*KINDS_BY_STATUS.values(), *KINDS_BY_NAMES.values()} <= TOLD.keys()
    assert KINDS_BY_WORDS.keys() <= TOLD.keys()
    for kind in TOLD:
        said = failure(kind, PROVIDER, "", causes=["HTTPS_PROXY"]).sentence
        assert said[0].isupper() or said.startswith(PROVIDER.label)
        assert said.endswith(".")
        assert not any(sign in said for sign in ("{", "}", "None", "  ", "..", " ."))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "a minute"),
        (1, "2 seconds"),
        (20, "20 seconds"),
        (60, "a minute"),
        (600, "10 minutes"),
        (9000, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_a_person_is_told_when_to_come_back(seconds: float | None, words: str) -> None:
    assert f"Try again in {words}." in failure("rate_limit", PROVIDER, "", seconds).sentence


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), ("nan", None), ("inf", None), ("-1", None), ("1e30", None), ("soon", None)]
)
def test_the_time_to_wait_is_kept_where_it_makes_sense(told: str, seconds: float | None) -> None:
    response = SimpleNamespace(headers={"retry-after": told})
    assert provider_error(SdkError(status_code=429, response=response), PROVIDER).retry_after == seconds
    assert provider_error(SdkError(status_code=429), PROVIDER).retry_after is None


def test_the_time_to_wait_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    response = SimpleNamespace(headers={"retry-after": date})
    assert "in 10 minutes" in provider_error(SdkError(status_code=429, response=response), PROVIDER).sentence


def test_a_setting_that_lets_nothing_be_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://localhost")
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    for name in ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    no_package = ImportError("Using SOCKS proxy, but the 'socksio' package is not installed.")
    assert provider_error(no_package, PROVIDER).sentence == "The request could not be sent. Check HTTPS_PROXY."
    no_proxy = type("ProxyConnectionError", (OSError,), {})("Failed to connect to proxy URL")
    assert provider_error(no_proxy, PROVIDER).sentence == "The request could not be sent. Check HTTPS_PROXY."
    no_file = FileNotFoundError(2, "No such file or directory")
    assert provider_error(no_file, PROVIDER).sentence == "The request could not be sent. Check SSL_CERT_FILE."
    no_network = provider_error(ConnectionRefusedError(), PROVIDER).sentence
    assert "Check the network and HTTPS_PROXY and " in no_network
    assert "for an unknown reason" in provider_error(ValueError("odd"), PROVIDER).sentence


def test_a_network_that_is_not_safe_is_said() -> None:
    lost = ConnectionRefusedError()
    lost.__cause__ = OSError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    assert provider_error(lost, PROVIDER).kind == "plain"
    lost.__cause__ = OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    assert provider_error(lost, PROVIDER).kind == "certificate"
