"""The key and the address of a provider."""

from collections.abc import Callable
from urllib.parse import urlsplit

from chat import settings
from chat.providers import Provider, ProviderError


def key_setting(provider: Provider) -> str:
    """The name of the setting for the key."""
    # {% if not cookiecutter.extra_providers %}
    return "LLM_API_KEY" if settings.secret("LLM_API_KEY") else provider.key
    # {% else %}
    return provider.key
    # {% endif %}


def address_setting(provider: Provider) -> str:
    """The name of the setting for the address."""
    # {% if not cookiecutter.extra_providers %}
    return "LLM_BASE_URL" if settings.secret("LLM_BASE_URL") else provider.base_url_setting
    # {% else %}
    return provider.base_url_setting
    # {% endif %}


def api_key(provider: Provider) -> str:
    """The key; empty if none is needed and none is set.

    Raises:
        ProviderError: if it is missing, or a header cannot carry it.
    """
    name = key_setting(provider)
    key = settings.secret(name) or ""
    if not key and provider.key_page:
        raise ProviderError("auth", f"{name} is not set", f"{missing(name)} You get one at {provider.key_page}")
    if not (key.isascii() and key.isprintable()):
        raise ProviderError("auth", f"{name} is no key", f"{name} contains a character that no key has. Copy it again.")
    return key


def base_url(provider: Provider) -> str | None:
    """The address; None if the SDK knows it.

    Raises:
        ProviderError: if it is not an address.  # {% if not cookiecutter is unaddressed %}
        ProviderError: if it is needed and missing, or not an address.  # {% if cookiecutter is unaddressed %}
    """
    name = address_setting(provider)
    url = settings.secret(name) or provider.base_url
    # {% if cookiecutter is unaddressed %}
    if not url and (example := provider.base_url_example):
        raise ProviderError("address", f"{name} is not set", f"{missing(name)} It looks like {example}")
    # {% endif %}
    if url and not is_address(url):
        example = provider.base_url  # {% if not cookiecutter is unaddressed %}
        example = provider.base_url or provider.base_url_example  # {% if cookiecutter is unaddressed %}
        looks = f" It looks like {example}" if example else ""
        raise ProviderError("address", f"{name} is no address", f"{name} is not a valid address.{looks}")
    return url


def is_address(url: str) -> bool:
    """Whether a text is a well-formed HTTP address with a host."""
    try:
        parts = urlsplit(url)
        written = url.isprintable() and " " not in url
        return written and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # from an invalid port or bracket
        return False


def problem(provider: Provider, key: Callable[[Provider], str] = api_key) -> str | None:
    """What to do about a missing or invalid key or address, else None."""
    try:
        key(provider)
        base_url(provider)
    except ProviderError as error:
        return error.sentence
    return None


def missing(setting: str) -> str:
    """What to do about a missing setting."""
    return (
        f"There is no {setting} yet. Put it into .streamlit/secrets.toml, as in secrets.toml.example "
        "next to it, or into the environment."
    )
