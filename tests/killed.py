"""Run in the folder of a bake: twenty processes, one after another, are killed while they write a reply.

Prints a line of JSON for each: how much had certainly been saved, how much of it is in the database, and what the app
says of the reply when the conversation is opened again.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import AsyncGenerator

sys.path.insert(0, ".")

from chat.conversation.messages import Conversation, Message
from chat.history import conversations
from chat.history.conversations import changing, find, save
from chat.providers import Chunk
from chat.replies import reply as replies

KILLED = 20
assert conversations.SAVE_SECONDS <= 0.5  # so less than a second is lost
conversations.SAVE_SECONDS = 0.1
conversations.SILENT_SECONDS = 0


async def words() -> AsyncGenerator[Chunk]:
    """A reply without an end, a hundred words a second."""
    for number in itertools.count():
        yield Chunk(f"word{number} ")
        await asyncio.sleep(0.01)


def write(conversation_id: str, report: int) -> None:
    """Write until the process is killed; report the reply's length after each save."""
    save_growing = conversations.save_growing

    def save_and_report(message: Message) -> bool:
        length = len(message.text)
        done = save_growing(message)
        os.write(report, f"{length}\n".encode())
        return done

    conversations.save_growing = save_and_report
    conversation = Conversation(id=conversation_id, owner="somebody")
    with changing(conversation):
        conversation.ask("Well?")
        message = conversation.take_waiting()
    # A fork has none of its parent's threads.
    replies.background_loop = asyncio.new_event_loop()
    threading.Thread(target=replies.background_loop.run_forever, daemon=True).start()
    replies.Reply(message, words(), save)
    threading.Event().wait()


chance = random.Random(5)  # noqa: S311
reports = {}
for number in range(KILLED):
    reading, writing = os.pipe()
    if not (child := os.fork()):
        write(str(number), writing)
    os.close(writing)
    with os.fdopen(reading) as lines:
        saved = [lines.readline() for _ in range(3)]
        time.sleep(chance.uniform(0, 0.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        saved += lines.readlines()
    reports[str(number)] = int(saved[-1])
for conversation_id, saved in reports.items():
    reply = find(conversation_id).messages[-1]
    print(json.dumps({"saved": saved, "kept": len(reply.text), "text": reply.text, "status": reply.status}))
