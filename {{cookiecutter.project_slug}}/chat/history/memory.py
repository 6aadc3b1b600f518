"""The conversations that this process holds, by the id that stands in the address of the page.

So a refresh, or a second tab, goes on where the first one was.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.replies.reply import Reply, running

# With when each was last seen, the latest last.
_held: dict[str, tuple[Conversation, float]] = {}
_lock = threading.Lock()


def find(conversation_id: str | None) -> Conversation | None:
    """The conversation with this id, while it is held."""
    with _lock:
        held = _held.get(conversation_id or "")
    return held[0] if held else None


@contextmanager
def changing(conversation: Conversation) -> Iterator[None]:
    """Change a conversation in the `with` block, with nobody else at it; it is held from then on."""
    with conversation.lock:
        yield
    hold(conversation)


def hold(conversation: Conversation) -> None:
    """Hold a conversation for as long as settings say; those that nobody has looked at for longest are let go."""
    now = time.monotonic()
    with _lock:
        _held.pop(conversation.id, None)
        _held[conversation.id] = conversation, now
        while _held:
            oldest, (_, seen) = next(iter(_held.items()))
            if now - seen < settings.HOLD_MINUTES * 60 and len(_held) <= settings.HOLD_CONVERSATIONS:
                break
            del _held[oldest]


def reply_to_follow(message: Message) -> Reply | None:
    """The reply that fills a message, if one does."""
    return running.get(message.id)


def stop(message_id: str) -> None:
    """End the reply that fills this message, if one does."""
    if reply := running.get(message_id):
        reply.stop()
