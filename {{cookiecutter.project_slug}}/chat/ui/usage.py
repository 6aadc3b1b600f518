"""The usage of a reply: tokens, time and cost."""

from chat import settings  # {% if cookiecutter is listing %}
from chat.conversation.messages import Message


def details(reply: Message) -> list[str]:
    """The details of a reply: model, tokens, times in seconds, and cost."""
    # {% if cookiecutter.extra_providers %}
    provider = settings.PROVIDERS.get(reply.provider)  # None: the conversation was saved in another app
    # {% elif cookiecutter is remote %}
    # None: the conversation was saved in another app.
    provider = settings.PROVIDER if reply.provider == settings.PROVIDER.name else None
    # {% endif %}
    lines = [f"{reply.model} by {provider.label}" if provider else reply.model]  # {% if cookiecutter is listing %}
    lines = [reply.model]  # {% if not cookiecutter is listing %}
    if reply.usage:
        lines.append(f"{reply.usage.input_tokens:,} tokens in, {reply.usage.output_tokens:,} tokens out")
    if reply.first_token_seconds is not None:
        lines.append(f"First token after {reply.first_token_seconds:.1f} s, complete after {reply.seconds:.1f} s")
    # {% if cookiecutter is remote %}
    if provider and reply.usage and reply.model in provider.prices:
        per_million_in, per_million_out = provider.prices[reply.model]
        dollars = (reply.usage.input_tokens * per_million_in + reply.usage.output_tokens * per_million_out) / 1_000_000
        about = f"About ${dollars:.4f}" if dollars >= 0.0001 else "Less than $0.0001"
        lines.append(f"{about}, at the prices of {provider.prices_of}")
    # {% endif %}
    if reply.detail:
        lines.append(f"Reason: {reply.detail}")
    return lines
