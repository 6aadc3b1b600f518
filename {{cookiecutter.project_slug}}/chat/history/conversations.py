"""The conversations that this process holds, by the id in the page's address.

So a refresh or a second tab continues where the first one left off.
"""

import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.providers import Chunk
from chat.replies.reply import Reply, running

_held: dict[str, tuple[Conversation, float]] = {}  # with the time each was last viewed, latest last
_known: WeakValueDictionary[str, Conversation] = WeakValueDictionary()  # including those that only a page still has
_lock = threading.Lock()


def find(conversation_id: str | None) -> Conversation | None:
    """The conversation with this id, if it is held or a page has it; renews the hold."""
    with _lock:
        conversation = _known.get(conversation_id or "")
    if conversation:
        hold(conversation)
    return conversation


@contextmanager
def changing(conversation: Conversation) -> Iterator[None]:
    """Change a conversation in the `with` block, under its lock, and renew the hold."""
    with conversation.lock:
        yield
    hold(conversation)


def hold(conversation: Conversation) -> None:
    """Hold a conversation for as long as the settings say; drop those not viewed for longest."""
    now = time.monotonic()
    with _lock:
        _held.pop(conversation.id, None)
        _held[conversation.id], _known[conversation.id] = (conversation, now), conversation
        while _held:
            oldest, (_, seen) = next(iter(_held.items()))
            if now - seen < settings.HOLD_MINUTES * 60 and len(_held) <= settings.HOLD_CONVERSATIONS:
                break
            del _held[oldest]


def start_reply(message: Message, chunks: AsyncGenerator[Chunk]) -> None:
    """Start a server task that fills a message with the provider's chunks."""
    Reply(message, chunks)


def reply_to_follow(message: Message) -> Reply | None:
    """The running reply of a message, if any."""
    return running.get(message.id)


def stop(message_id: str) -> None:
    """End this message's reply, if it is running."""
    if reply := running.get(message_id):
        reply.stop()
