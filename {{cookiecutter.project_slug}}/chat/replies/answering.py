"""How a reply is produced: a chain in which each link asks the next, down to the provider."""

from collections.abc import AsyncGenerator
from collections.abc import Set as AbstractSet  # {% if cookiecutter is tooled %}
from functools import partial

from chat.conversation.messages import Message  # {% if cookiecutter is tooled %}
from chat.providers import Chunk, Request, Stream
from chat.providers import anthropic as api  # {% if cookiecutter is served_by("anthropic") %}
from chat.providers import bedrock as api  # {% if cookiecutter is served_by("bedrock") %}
from chat.providers import custom as api  # {% if cookiecutter is served_by("custom") %}
from chat.providers import embedded as api  # {% if cookiecutter is served_by("embedded") %}
from chat.providers import gemini as api  # {% if cookiecutter is served_by("gemini") %}
from chat.providers import openai as api  # {% if cookiecutter is served_by("openai") %}
from chat.providers import openai_compatible as api  # {% if cookiecutter is served_by("openai_compatible") %}
from chat.providers import switch as api  # {% if cookiecutter.extra_providers %}
from chat.replies.context import fitted
from chat.replies.fallback import with_fallbacks  # {% if cookiecutter.extra_providers %}
from chat.replies.retries import retried  # {% if cookiecutter is remote %}
from chat.replies.tools import with_tools  # {% if cookiecutter is tooled %}


# {% if cookiecutter is tooled %}
def answer_with_tools(request: Request, reply: Message, always: AbstractSet[str]) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams, of a model that may call tools.

    Args:
        request: the request.
        reply: the message to fill.
        always: the fingerprints of the tools that may be called without asking.
    """
    return with_tools(answer, request, reply, always)


# {% endif %}
def answer(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    link: Stream = api.stream
    link = partial(retried, link)  # {% if cookiecutter is remote %}
    link = partial(fitted, link)
    link = partial(with_fallbacks, link)  # {% if cookiecutter.extra_providers %}
    return link(request)
