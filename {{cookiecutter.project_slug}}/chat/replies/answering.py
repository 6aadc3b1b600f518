"""A reply from the provider: cut to what the model can read, and asked for again where that may help."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.attachments.sending import as_sent  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Message
from chat.providers import Chunk, ProviderError, Request
from chat.providers import anthropic as api  # {% if cookiecutter is served_by("anthropic") %}
from chat.providers import bedrock as api  # {% if cookiecutter is served_by("bedrock") %}
from chat.providers import embedded as api  # {% if cookiecutter is served_by("embedded") %}
from chat.providers import gemini as api  # {% if cookiecutter is served_by("gemini") %}
from chat.providers import openai as api  # {% if cookiecutter is served_by("openai") %}
from chat.providers import openai_compatible as api  # {% if cookiecutter is served_by("openai_compatible") %}
from chat.providers import switch as api  # {% if cookiecutter.extra_providers %}
from chat.replies.retries import patiently  # {% if cookiecutter is remote %}

# Of UTF-8. English has four or five bytes a token; with three, hardly a text has more tokens than are counted.
BYTES_PER_TOKEN = 3
# {% if cookiecutter.attachments != "none" %}
IMAGE_TOKENS = 2000  # most models count fewer for an image as large as they are sent
# {% endif %}


async def answer(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it comes.

    The oldest turns are left out where all are too long for the model; the system prompt and the question never are.

    Raises:
        ProviderError: whatever went wrong.
    """
    request = replace(request, messages=as_sent(request))  # {% if cookiecutter.attachments != "none" %}
    kept = fitting(request)
    while True:
        shortened = replace(request, messages=kept)
        if left_out := len(request.messages) - len(kept):
            yield Chunk(left_out=left_out)
        reply = patiently(api.stream, shortened)  # {% if cookiecutter is remote %}
        reply = api.stream(shortened)  # {% if not cookiecutter is remote %}
        try:
            async with aclosing(reply) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except ProviderError as error:
            if error.kind != "context" or len(kept) == 1:
                raise
            # The count was too low for this text, or this model reads less than was thought.
            kept = later_turns(kept, len(kept) // 2)


def fitting(request: Request) -> list[Message]:
    """The messages of a request that fit into the context, with room for the reply; at least the question."""
    context = request.provider.context_tokens
    room = context - min(request.max_tokens, context // 2) - tokens(request.system_prompt)
    for kept, message in enumerate(reversed(request.messages)):
        room -= tokens(message.text)
        room -= len(message.attachments) * IMAGE_TOKENS  # {% if cookiecutter.attachments != "none" %}
        if room < 0:
            return later_turns(request.messages, max(1, kept))
    return request.messages


def later_turns(messages: list[Message], most: int) -> list[Message]:
    """The last messages, at most `most` of them and at least the question, from the start of a turn on."""
    later = messages[-most:]
    return later[1:] if len(later) > 1 and later[0].role == "assistant" else later


def tokens(text: str) -> int:
    """About how many tokens a text has; rather too many than too few."""
    return len(text.encode()) // BYTES_PER_TOKEN + 4
