"""Run in the folder of a bake: twenty processes, one after the other, are killed while they write a reply.

Prints a line of JSON for each: how much was written a second before the end, how much of it is in the database, and
what is said of the reply when that is opened again.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator

sys.path.insert(0, ".")

from chat.conversation.messages import Conversation
from chat.history import conversations
from chat.history.conversations import changing, find, save
from chat.providers import Chunk
from chat.replies.reply import Reply

KILLED = 20
conversations.SILENT_SECONDS = 1


async def words(report: int) -> AsyncGenerator[Chunk]:
    """A reply without an end, a hundred words a second; each time it has grown, its length is reported."""
    written = 0
    for number in itertools.count():
        yield Chunk(word := f"word{number} ")
        written += len(word)
        os.write(report, f"{time.monotonic()} {written}\n".encode())
        await asyncio.sleep(0.01)


def write(conversation_id: str, report: int) -> None:
    """Write until the process is killed."""
    conversation = Conversation(id=conversation_id, owner="somebody")
    with changing(conversation):
        conversation.ask("Well?")
        message = conversation.take_waiting()
    Reply(message, words(report), save)
    time.sleep(60)


chance = random.Random(5)  # noqa: S311
reports = {}
for number in range(KILLED):
    reading, writing = os.pipe()
    if not (child := os.fork()):
        write(str(number), writing)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = lines.readline()
        time.sleep(chance.uniform(0.5, 1.4))
        os.kill(child, signal.SIGKILL)
        killed = time.monotonic()
        os.waitpid(child, 0)
        report = [first, *lines.readlines()]
    lengths = [int(line.split()[1]) for line in report if float(line.split()[0]) < killed - 1]
    reports[str(number)] = max(lengths, default=0)
time.sleep(conversations.SILENT_SECONDS + 0.1)
for conversation_id, written in reports.items():
    reply = find(conversation_id).messages[-1]
    print(json.dumps({"written": written, "saved": len(reply.text), "text": reply.text, "status": reply.status}))
