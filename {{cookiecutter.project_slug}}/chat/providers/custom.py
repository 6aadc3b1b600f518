"""Your own Python: the function `reply` of my_reply.py."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable
from contextlib import aclosing, closing, nullcontext
from dataclasses import dataclass, field
from typing import Any

from chat import settings
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Message
from chat.log import about
from chat.providers import Chunk, Provider, ProviderError, Request
from chat.providers.threads import in_thread

log = logging.getLogger(__name__)

BROKEN = "my_reply.py cannot be loaded. The log has the reason."
FAILED = "The reply failed. The log has the reason."


@dataclass(frozen=True)
class Question:
    """A question, and what is known about it."""

    text: str
    messages: list[Message]  # the conversation so far, ending with the question
    conversation: str  # its unguessable id, the same in every turn
    model: str  # the chosen one
    system_prompt: str
    max_tokens: int  # of the reply
    persona: str = ""  # the name of the chosen one  # {% if cookiecutter is peopled %}
    # {% if cookiecutter is owned and cookiecutter.sign_in == "oidc" %}
    person: str = ""  # who asks: the id from the sign-in provider
    # {% elif cookiecutter is owned %}
    person: str = ""  # who asks: an id stored in the browser
    # {% endif %}
    attachments: tuple[Attachment, ...] = ()  # {% if cookiecutter.attachments != "none" %}
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def stopped(self) -> bool:
        """Whether the reply was stopped, for code that rarely yields."""
        return self.over.is_set()


class ReplyError(ProviderError):
    """A reply that cannot be given, for a reason that people are told."""

    def __init__(self, sentence: str) -> None:
        """`sentence` is shown below the text so far."""
        super().__init__("refused", sentence, sentence)


def problem(provider: Provider) -> str | None:
    """None: the first reply reports what is wrong with the function."""
    return None


def prepare(provider: Provider) -> None:
    """Load my_reply.py and its imports while the first person reads the page."""
    try:
        own_reply()
    except Exception as error:  # the first reply reports it
        log.warning("my_reply.py cannot be loaded", exc_info=error, extra=about(said=str(error)))


# {% if cookiecutter.extra_providers %}
async def models(provider: Provider) -> list[str]:
    """The models in the settings."""
    return list(provider.models)


# {% endif %}
def own_reply() -> Callable[[Question], Any]:
    """The function; if it could not be loaded, the next question tries again."""
    from my_reply import reply

    return reply


async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    asked = request.messages[-1]  # {% if cookiecutter.attachments == "none" %}
    asked = request.asked or request.messages[-1]  # {% if cookiecutter.attachments != "none" %}
    question = Question(
        asked.text,
        request.messages,
        request.conversation,
        request.model,
        request.system_prompt,
        request.max_tokens,
        persona=request.persona,  # {% if cookiecutter is peopled %}
        person=request.person,  # {% if cookiecutter is owned %}
        attachments=asked.attachments,  # {% if cookiecutter.attachments != "none" %}
    )
    stop_reason = None
    try:
        async with aclosing(chunks(question)) as given:
            async for chunk in given:
                stop_reason = chunk.stop_reason or stop_reason
                yield chunk
                await asyncio.sleep(0)  # code that never waits would block all other replies
        if not stop_reason:
            yield Chunk(stop_reason="complete")
    except ProviderError:
        raise
    except BaseException as error:
        # Stop, or an unexpected end: SystemExit would end all replies, and CancelledError would leave this one open.
        if isinstance(error, GeneratorExit) or is_being_cancelled():
            raise
        unloaded = isinstance(error, ImportError | SyntaxError)
        said = str(error) if unloaded or settings.LOG_TEXT else None  # other errors may quote the conversation
        log.warning("my_reply.py failed", exc_info=error, extra=about(asked, said=said))
        raise ProviderError("failed", type(error).__name__, BROKEN if unloaded else FAILED) from error
    finally:
        question.over.set()


async def chunks(question: Question) -> AsyncGenerator[Chunk]:
    """The function's chunks: asynchronous code runs on the loop of all replies, everything else in a thread."""

    def run(hand_over: Callable[[Any], bool]) -> None:
        given = own_reply()(question)
        if isinstance(given, AsyncIterable | Awaitable):
            hand_over(given)
        elif isinstance(given, Iterable) and not isinstance(given, str):
            with closing(given) if isinstance(given, Generator) else nullcontext():
                for piece in given:
                    if hand_over(chunk_of(piece)):
                        break
        else:
            hand_over(chunk_of(given))

    async with aclosing(in_thread(run)) as handed:
        async for item in handed:
            if isinstance(item, AsyncIterable):
                async with aclosing(item) if isinstance(item, AsyncGenerator) else nullcontext():
                    async for piece in item:
                        yield chunk_of(piece)
            elif isinstance(item, Awaitable):
                yield chunk_of(await item)
            else:
                yield item


def chunk_of(piece: object) -> Chunk:
    """A text or a chunk as a chunk.

    Raises:
        TypeError: if it is neither.
    """
    if isinstance(piece, str):
        return Chunk(piece)
    if isinstance(piece, Chunk):
        return piece
    raise TypeError(f"reply gave {type(piece).__name__} instead of text or a Chunk")


def is_being_cancelled() -> bool:
    """Whether the current task is being cancelled."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())
