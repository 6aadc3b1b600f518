"""The interface of a provider: chunks of a reply, or a ProviderError.

A provider's module has these functions:

- `problem(provider: Provider) -> str | None`: a sentence for the page if it cannot answer as things are.
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
    """What a model is told of a function that it can ask for."""

    name: str
    description: str
    schema: dict[str, Any]  # JSON schema of its arguments, an object


# {% endif %}
@dataclass(frozen=True)
class Request:
    """What a provider is asked; the last message is the question."""

    provider: Provider
    model: str
    system_prompt: str
    max_tokens: int  # of the reply
    temperature: float | None = None  # None: the model's own  # {% if cookiecutter is tempered %}
    fallbacks: tuple[Provider, ...] = ()  # whom to ask where this one fails  # {% if cookiecutter.extra_providers %}
    persona: str = ""  # the name of the one that is to answer  # {% if cookiecutter is peopled and cookiecutter is using("custom") %}
    tools: tuple[Tool, ...] = ()  # that the model can ask for  # {% if cookiecutter is tooled %}
    messages: list[Message] = field(default_factory=list)
    # {% if cookiecutter is using("custom") %}
    conversation: str = field(default_factory=new_id)  # the id of the one that it is part of
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
    take_back: int = 0  # so many characters of the text before this were thoughts
    # {% endif %}
    usage: Usage | None = None
    stop_reason: StopReason | None = None
    detail: str = ""  # why it ended early, in the provider's words
    notice: str = ""  # what is waited for; the next chunk ends it  # {% if cookiecutter is remote %}
    left_out: int = 0  # how many of the oldest messages the model was not sent
    part: Part | None = None  # what stands beside its text  # {% if cookiecutter is parted %}
    # {% if cookiecutter.extra_providers %}
    instead: Provider | None = None  # another provider answers, the chosen one having failed
    note: str = ""  # why
    # {% endif %}

    @property
    def says(self) -> bool:
        """Whether it holds a piece of the reply itself."""
        # {% if cookiecutter is parted %}
        return bool(self.text or self.reasoning or self.part)
        # {% else %}
        return bool(self.text or self.reasoning)
        # {% endif %}


# Each link of the chain that gives a reply: it takes a request, gives chunks, and may raise a ProviderError.
Stream = Callable[[Request], AsyncGenerator[Chunk]]

# What people are told of some kinds of failure.
SENTENCES = {
    "context": "This is too long for the model. Start a new chat, or ask something shorter.",
    "empty": "The model sent an empty reply. Try again, or rephrase the question.",
    "nothing": "The reply ended before it began. Try again.",
    "cut_off": "The reply was cut off. Try again.",
}


class ProviderError(Exception):
    """A reply that failed, or was cut off.

    Attributes:
        kind: what happened, in a word.
        detail: what the provider said, for the log and for Details.
        sentence: what a person is told.
    """

    def __init__(self, kind: str, detail: str = "", sentence: str = "") -> None:
        """`sentence` is needed if SENTENCES lacks the kind."""
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.sentence = sentence or SENTENCES[kind]
        self.retry_after: float | None = None  # seconds to leave the provider alone  # {% if cookiecutter is remote %}
