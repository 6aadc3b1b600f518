"""The interface of a provider: chunks of a reply, or a ProviderError.

A provider's module has these functions:

- `problem(provider: Provider) -> str | None`: a sentence for the page if it cannot answer at present.
- `prepare(provider: Provider) -> None`: slow work before the first reply, done while the server starts.
- `stream(request: Request) -> AsyncGenerator[Chunk]`: the reply; ends with usage and the stop reason.
- `models(provider: Provider) -> list[str]`: asynchronous; the ids of the models to choose from.  # {% if cookiecutter is listing %}
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any  # {% if cookiecutter is tooled %}

from chat.conversation.messages import (
    Message,
    StopReason,
    Usage,
    new_id,  # {% if cookiecutter is using("custom") %}
)
from chat.conversation.parts import Part  # {% if cookiecutter is parted %}
from chat.settings import Provider


# {% if cookiecutter is tooled %}
@dataclass(frozen=True)
class Tool:
    """A function that a model can call, as described to it."""

    name: str
    description: str
    schema: dict[str, Any]  # JSON schema of its arguments, an object


# {% endif %}
@dataclass(frozen=True)
class Request:
    """A request to a provider; the last message is the question."""

    provider: Provider
    model: str
    system_prompt: str
    max_tokens: int  # of the reply
    temperature: float | None = None  # None: the model's own  # {% if cookiecutter is tempered %}
    fallbacks: tuple[Provider, ...] = ()  # to ask in turn if this one fails  # {% if cookiecutter.extra_providers %}
    persona: str = ""  # its name  # {% if cookiecutter is peopled and cookiecutter is using("custom") %}
    tools: tuple[Tool, ...] = ()  # that the model can call  # {% if cookiecutter is tooled %}
    messages: list[Message] = field(default_factory=list)
    # {% if cookiecutter is using("custom") %}
    conversation: str = field(default_factory=new_id)  # the id of its conversation
    person: str = ""  # who asks  # {% if cookiecutter is owned %}
    # {% if cookiecutter.attachments != "none" %}
    asked: Message | None = None  # the question as it was typed, with all its files
    # {% endif %}
    # {% endif %}


@dataclass(frozen=True)
class Chunk:
    """A piece of a reply, or news of it."""

    text: str = ""
    reasoning: str = ""
    # {% if cookiecutter is using("openai_compatible") %}
    take_back: int = 0  # this many last characters were reasoning
    # {% endif %}
    usage: Usage | None = None
    stop_reason: StopReason | None = None
    detail: str = ""  # why it ended early, in the provider's words
    notice: str = ""  # what is waited for; the next chunk ends it  # {% if cookiecutter is remote %}
    left_out: int = 0  # number of oldest messages not sent to the model
    part: Part | None = None  # a part other than text  # {% if cookiecutter is parted %}
    # {% if cookiecutter.extra_providers %}
    instead: Provider | None = None  # the provider that answers after the chosen one has failed
    note: str = ""  # why
    # {% endif %}

    @property
    def says(self) -> bool:
        """Whether it contains a piece of the reply itself."""
        # {% if cookiecutter is parted %}
        return bool(self.text or self.reasoning or self.part)
        # {% else %}
        return bool(self.text or self.reasoning)
        # {% endif %}


# A link of the chain that produces a reply: takes a request, yields chunks, and may raise a ProviderError.
Stream = Callable[[Request], AsyncGenerator[Chunk]]

# What people are told about some kinds of failure.
SENTENCES = {
    "context": "This is too long for the model. Start a new chat, or ask something shorter.",
    "empty": "The model sent an empty reply. Try again, or rephrase the question.",
    "nothing": "The reply ended before it began. Try again.",
    "cut_off": "The reply was cut off. Try again.",
}


class ProviderError(Exception):
    """A reply that failed or was cut off.

    Attributes:
        kind: what happened, in a word.
        detail: the provider's message, for the log and Details.
        sentence: what people are told.
    """

    def __init__(self, kind: str, detail: str = "", sentence: str = "") -> None:
        """`sentence` is needed if SENTENCES lacks the kind."""
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.sentence = sentence or SENTENCES[kind]
        self.retry_after: float | None = None  # seconds to leave the provider alone  # {% if cookiecutter is remote %}
