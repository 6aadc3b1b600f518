"""The context window: how much of a conversation is sent to a model."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.conversation.messages import CONTINUE, Message
from chat.providers import Chunk, ProviderError, Request, Stream
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}
from chat.replies.attachments import as_sent  # {% if cookiecutter.attachments != "none" %}
from chat.replies.calls import calls_as_sent, note_refusal  # {% if cookiecutter is tooled %}

# UTF-8. English has four or five bytes per token; three hardly underestimates any text.
BYTES_PER_TOKEN = 3
SHORTEST_END = 100  # tokens of a reply to be continued
# {% if cookiecutter.attachments != "none" %}
IMAGE_TOKENS = 2000  # most models count fewer for images of the size sent
# {% endif %}


async def fitted(stream: Stream, request: Request) -> AsyncGenerator[Chunk]:
    """The chunks of `stream` for as much of a request as fits the model's context.

    The oldest turns are left out if need be, but never the system prompt or the question.
    """
    asked = request  # {% if cookiecutter is tooled %}
    # {% if cookiecutter.attachments != "none" and cookiecutter is using("custom") %}
    request = replace(request, messages=as_sent(request), asked=request.messages[-1])
    # {% elif cookiecutter.attachments != "none" %}
    request = replace(request, messages=as_sent(request))
    # {% endif %}
    request = calls_as_sent(request)  # {% if cookiecutter is tooled %}
    context = request.provider.context_tokens
    room = context - min(request.max_tokens, context // 2) - tokens(request.system_prompt)
    kept = fitting(request.messages, room)
    refused = False  # the system prompt, by the model's template  # {% if cookiecutter is promptless %}
    while True:
        if left_out := len(request.messages) - len(kept):
            yield Chunk(left_out=left_out)
        shortened = replace(request, messages=kept)
        # {% if cookiecutter is promptless %}
        if refused:
            shortened = prompt_in_question(shortened)
        # {% endif %}
        telemetry.asked(shortened)  # {% if cookiecutter.telemetry != "none" %}
        try:
            async with aclosing(stream(shortened)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except ProviderError as error:
            # {% if cookiecutter is promptless %}
            if error.kind == "system_prompt" and shortened.system_prompt:
                refused = True
                continue
            # {% endif %}
            # {% if cookiecutter is tooled %}
            if error.kind == "tools" and request.tools:
                note_refusal(request)
                async with aclosing(fitted(stream, asked)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            # {% endif %}
            # The estimate was too low, or the model's context is smaller than assumed.
            sent = total(kept)
            kept = fitting(kept, sent // 2)
            if error.kind != "context" or total(kept) == sent:
                raise


# {% if cookiecutter is promptless %}
def prompt_in_question(request: Request) -> Request:
    """A request with its system prompt before the first question."""
    first, *later = request.messages
    first = first.replaced(f"{request.system_prompt}\n\n{first.text}")
    return replace(request, system_prompt="", messages=[first, *later])


# {% endif %}
def fitting(messages: list[Message], room: int) -> list[Message]:
    """The last messages that fit into `room` tokens, from the start of a turn; at least the question.

    To continue a reply, at least its question and its end.
    """
    kept, left = 0, room
    while kept < len(messages) and (left := left - tokens_of(messages[-1 - kept])) >= 0:
        kept += 1
    if messages[-1].text == CONTINUE and kept < 3 <= len(messages):
        question, reply, go_on = messages[-3:]
        most = BYTES_PER_TOKEN * max(room - total([question, go_on]), SHORTEST_END)
        return [question, reply.replaced(reply.text.encode()[-most:].decode(errors="ignore")), go_on]
    later = messages[-max(1, kept) :]  # {% if not cookiecutter is tooled %}
    # {% if cookiecutter is tooled %}
    least = 2 if messages[-1].role == "assistant" else 1  # a model that waits for results needs its question too
    later = messages[-max(least, kept) :]
    # {% endif %}
    return later[1:] if len(later) > 1 and later[0].role == "assistant" else later


def total(messages: list[Message]) -> int:
    """The estimated tokens of messages together."""
    return sum(map(tokens_of, messages))


def tokens_of(message: Message) -> int:
    """The estimated tokens of a message."""
    # {% if cookiecutter.attachments != "none" or cookiecutter is tooled %}
    count = tokens(message.text)
    count += len(message.attachments) * IMAGE_TOKENS  # {% if cookiecutter.attachments != "none" %}
    # {% if cookiecutter is tooled %}
    count += sum(tokens(f"{call.name}{call.arguments}{call.result}") for call in message.calls)
    # {% endif %}
    return count
    # {% else %}
    return tokens(message.text)
    # {% endif %}


def tokens(text: str) -> int:
    """The estimated tokens of a text, rather too many than too few."""
    return len(text.encode()) // BYTES_PER_TOKEN + 4
