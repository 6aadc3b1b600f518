"""Run in the folder of a bake: asks its provider, and prints each outcome as a line of JSON.

Each line of standard input is a list of texts: questions and replies in turn, ending with the question. With `null`
after it, the reply is stopped at its first word; with `false`, when another line comes. An empty list asks for the list
of models. A list in place of a text is a text and its files: each a name, and its data in base64. A line that is not a
list has settings from then on: numbers for the app, texts for the environment, where null unsets one.
"""

import asyncio
import json
import logging
import os
import sys
from base64 import b64decode
from typing import Any

sys.path.insert(0, ".")

from chat import settings
from chat.conversation.messages import Message, Role
from chat.conversation.parts import Reasoning
from chat.log import JSONLines
from chat.providers import Request
from chat.replies.answering import answer, api
from chat.replies.reply import Reply, background_loop

logged: list[str] = []


def message(role: Role, said: str | list[Any]) -> Message:
    """A message, perhaps with files."""
    if isinstance(said, str):
        return Message.saying(role, said)
    from chat.conversation.attachments.reading import read
    from chat.conversation.parts import Text

    text, *files = said
    return Message(role, [*(read(name, b64decode(data)) for name, data in files), Text(text)])


class Logged(logging.Handler):
    """Keeps what is logged."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        logged.append(self.format(record))


handler = Logged()
handler.setFormatter(JSONLines())
logging.getLogger("chat").addHandler(handler)
logging.getLogger("chat").setLevel(logging.INFO)
provider = settings.PROVIDER
prepared = False
for line in iter(sys.stdin.readline, ""):
    logged.clear()
    texts = json.loads(line)
    if isinstance(texts, dict):
        for name, value in texts.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                (os.environ if isinstance(value, str) else vars(settings))[name] = value
        if prepared:
            api.client.cache_clear()
            prepared = False
        continue
    if not prepared:
        api.prepare(provider)
        prepared = True
    if not texts:
        models = asyncio.run_coroutine_threadsafe(api.models(provider), background_loop).result()
        print(json.dumps(models), flush=True)
        continue
    stop = texts.pop() if texts[-1] in (None, False) else ""
    messages = [message(("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]
    request = Request(provider, provider.model, settings.SYSTEM_PROMPT, provider.max_tokens, messages=messages)
    reply = Reply(written := Message("assistant"), answer(request))
    if stop is False:
        sys.stdin.readline()
        reply.stop()
    for text in reply.follow():
        if stop is None and text:
            reply.stop()
    events = [json.loads(line) for line in logged]
    outcome = {
        "text": written.text,
        "reasoning": "\n\n".join(part.text for part in written.parts if isinstance(part, Reasoning)),
        "status": written.status,
        "kind": next((event.get("kind", event["event"]) for event in events if event["event"] == "reply failed"), None),
        "log": logged,
        "error": written.error,
        "detail": written.detail,
        "stop_reason": written.stop_reason,
        "tokens": written.usage and [written.usage.input_tokens, written.usage.output_tokens],
        "left_out": written.left_out,
        "parts": [part.to_dict() for part in written.parts],
        "problem": api.problem(provider),
    }
    print(json.dumps(outcome), flush=True)
