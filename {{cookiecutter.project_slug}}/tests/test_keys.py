"""The key and the address of a provider: where they are looked for, and what the page says without them."""

import pytest

from chat import settings
from chat.providers import ProviderError  # {% if cookiecutter is keyed %}
from chat.providers.keys import api_key, base_url, missing, problem

# {% if not cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER
# {% elif cookiecutter is keyed %}
PROVIDER = next(provider for provider in settings.PROVIDERS.values() if provider.key_page)
# {% else %}
PROVIDER = next(provider for provider in settings.PROVIDERS.values() if provider.key)
# {% endif %}


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a key or an address."""
    for setting in (PROVIDER.key, PROVIDER.base_url_setting, "LLM_API_KEY", "LLM_BASE_URL"):
        monkeypatch.delenv(setting, raising=False)


# {% if cookiecutter is keyed %}
def test_a_missing_key_is_named_with_its_place_and_source() -> None:
    said = problem(PROVIDER)
    assert said
    for words in (PROVIDER.key, ".streamlit/secrets.toml", PROVIDER.key_page):
        assert words in said
    with pytest.raises(ProviderError) as raised:
        api_key(PROVIDER)
    assert PROVIDER.key in raised.value.sentence


# {% else %}
def test_no_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROVIDER.base_url_setting, "http://localhost:1")
    assert problem(PROVIDER) is None
    assert api_key(PROVIDER) == ""


# {% endif %}
def test_a_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROVIDER.key, " a key\r\n")
    monkeypatch.setenv(PROVIDER.base_url_setting, "http://localhost:1")
    assert problem(PROVIDER) is None
    assert api_key(PROVIDER) == "a key"


@pytest.mark.parametrize("key", ["sk-“quoted”", "sk-1\nsk-2", "sk-\x00", "sk-Ключ"])
def test_a_key_that_no_header_can_carry_is_said(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr("streamlit.secrets._secrets", {PROVIDER.key: key})
    assert problem(PROVIDER) == f"{PROVIDER.key} contains a character that no key has. Copy it again."


@pytest.mark.parametrize(
    "address",
    ["localhost:1/v1", "http://localhost:port", "http://localhost:99999", "http://a b/v1", "http://[::1", "no-address"],
)
def test_an_address_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(PROVIDER.key, "a key")
    monkeypatch.setenv(PROVIDER.base_url_setting, address)
    said = problem(PROVIDER)
    assert said
    assert f"{PROVIDER.base_url_setting} is not a valid address" in said
    assert address not in said.replace("http://localhost:8000/v1", "")


def test_another_address_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert base_url(PROVIDER) == PROVIDER.base_url  # {% if not cookiecutter is unaddressed %}
    monkeypatch.setenv(PROVIDER.base_url_setting, "http://localhost:1")
    assert base_url(PROVIDER) == "http://localhost:1"
    assert PROVIDER.base_url_setting in missing(PROVIDER.base_url_setting)


# {% if not cookiecutter.extra_providers %}
def test_what_a_gateway_needs_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROVIDER.key, "a key")
    monkeypatch.setenv("LLM_API_KEY", "the key of a gateway")
    monkeypatch.setenv("LLM_BASE_URL", "http://localhost:2")
    assert api_key(PROVIDER) == "the key of a gateway"
    assert base_url(PROVIDER) == "http://localhost:2"


# {% endif %}
def test_the_secrets_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROVIDER.key, "a key")
    monkeypatch.setattr("streamlit.secrets._secrets", {PROVIDER.key: "a secret key"})
    assert api_key(PROVIDER) == "a secret key"
