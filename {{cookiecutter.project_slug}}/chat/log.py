"""The log: a line of JSON on standard error for each event, with ids and numbers, but nobody's text."""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chat import settings
from chat.conversation.messages import Conversation, Message, Place

# Addresses and headers may hold passwords.
SECRET_NAME = re.compile(r"key|token|secret|password|credential|headers|_url", re.IGNORECASE)
SHORTEST_SECRET = 8


class JSONLines(logging.Formatter):
    """Formats a record as a line of JSON, with the facts from `about`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the kind and place of an exception but not its message, which may quote anything."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["at"] = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(record.exc_info[2])]
        text = json.dumps(line, ensure_ascii=False, default=str)
        return masked(text) if record.levelno > logging.INFO else text


def start_log() -> None:
    """Write the events of this app to standard error."""
    log = logging.getLogger("chat")
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JSONLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        # {% if cookiecutter.telemetry != "none" %}
        logging.getLogger("opentelemetry").addHandler(handler)  # it warns of traces that cannot be sent
        # {% endif %}


def about(message: Message | None = None, **facts: Any) -> dict[str, Any]:
    """The facts of an event that are not None, and the ids of its message, as `extra` for a logging call."""
    if message:
        root: Place = message
        while isinstance(root, Message):
            root = root.before
        facts = {
            "conversation": root.id if isinstance(root, Conversation) else None,
            "message": message.id,
            "trace_id": message.trace_id or None,  # {% if cookiecutter.telemetry != "none" %}
            **facts,
            "text": message.text if settings.LOG_TEXT else None,
        }
    return {"facts": {name: value for name, value in facts.items() if value is not None}}


def masked(text: str) -> str:
    """A text with the values of secret-sounding settings masked, even as Python and JSON quote them."""
    for secret in sorted(secrets(), key=len, reverse=True):  # one may begin with another
        for spelling in (secret, *(quote(secret)[1:-1] for quote in (repr, ascii, json.dumps))):
            text = text.replace(spelling, "***")
    return text


def secrets() -> set[str]:
    """The values of all secret-sounding settings."""
    import streamlit as st

    def named(values: Mapping[str, Any]) -> Iterator[str]:
        for name, value in values.items():
            if isinstance(value, Mapping):
                yield from named(value)
            elif SECRET_NAME.search(name) and len(str(value)) >= SHORTEST_SECRET:
                yield str(value)

    kept = st.secrets if st.secrets.load_if_toml_exists() else {}
    return {*named(os.environ), *named(kept)}
