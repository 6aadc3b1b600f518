"""Several providers: each request goes to its provider's module."""

from collections.abc import AsyncGenerator

from chat.providers import (
    Chunk,
    Provider,
    Request,
    anthropic,  # {% if cookiecutter is using("anthropic") %}
    bedrock,  # {% if cookiecutter is using("bedrock") %}
    custom,  # {% if cookiecutter is using("custom") %}
    embedded,  # {% if cookiecutter is using("embedded") %}
    gemini,  # {% if cookiecutter is using("gemini") %}
    openai,  # {% if cookiecutter is using("openai") %}
    openai_compatible,  # {% if cookiecutter is using("openai_compatible") %}
)

MODULES = {
    "anthropic": anthropic,  # {% if cookiecutter is using("anthropic") %}
    "bedrock": bedrock,  # {% if cookiecutter is using("bedrock") %}
    "custom": custom,  # {% if cookiecutter is using("custom") %}
    "embedded": embedded,  # {% if cookiecutter is using("embedded") %}
    "gemini": gemini,  # {% if cookiecutter is using("gemini") %}
    "openai": openai,  # {% if cookiecutter is using("openai") %}
    "openai_compatible": openai_compatible,  # {% if cookiecutter is using("openai_compatible") %}
}


def problem(provider: Provider) -> str | None:
    """Why this provider cannot answer at present, else None."""
    return MODULES[provider.module].problem(provider)


def prepare(provider: Provider) -> None:
    """Slow work before this provider's first reply."""
    MODULES[provider.module].prepare(provider)


async def models(provider: Provider) -> list[str]:
    """The ids of this provider's models."""
    return await MODULES[provider.module].models(provider)


def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply of this request's provider."""
    return MODULES[request.provider.module].stream(request)
