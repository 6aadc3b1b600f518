"""A saved conversation, as the app's "Save as JSON" writes it; both chats can begin with it."""

import json
from pathlib import Path

from bench.reply import PARAGRAPH_CHUNKS, QUESTION, Reply

MESSAGE = {
    "time": "2026-01-01T00:00:00+00:00",
    "status": "complete",
    "error": "",
    "provider": "openai",
    "model": "any",
    "reasoning": "",
    "reasoning_seconds": None,
    "first_token_seconds": None,
    "seconds": 0,
    "usage": None,
    "stop_reason": None,
    "left_out": 0,
    "note": "",
    "rating": None,
    "shown": True,
}


def save(path: Path, messages: int) -> str:
    """Write this many messages, questions and one-paragraph replies in turn; return the last word."""
    replies = [Reply(PARAGRAPH_CHUNKS) for _ in range(messages // 2)]
    texts = [text for reply in replies for text in (QUESTION, reply.text)]
    entries = [
        MESSAGE
        | {
            "role": ("user", "assistant")[number % 2],
            "text": text,
            "id": number,
            "after": number - 1 if number else None,
        }
        for number, text in enumerate(texts)
    ]
    path.write_text(json.dumps({"messages": entries}), "utf-8")
    return replies[-1].last_word
