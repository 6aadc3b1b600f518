"""How typed text is escaped, for each kind of place where it appears."""

import json
import re

from slugify import slugify

from cookiecutter_streamlit_chat.rules import SLUG_LENGTH, refused_slug


def slug(name: str) -> str:
    """The folder name for a project name; `my-chat` if nothing of the name can be kept."""
    text = slugify(name).strip("-")
    if text[:1].isdigit():
        text = f"chat-{text}"
    text = text[:SLUG_LENGTH].rstrip("-")
    return text if text and not refused_slug(text) else "my-chat"


def escaped(text: str) -> str:
    """The inside of a double-quoted string that means `text` in Python, TOML and JSON alike."""
    inside = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", inside)


def oneline(text: str) -> str:
    """`text` in one line: every run of white space becomes one space."""
    return " ".join(text.split())


def plain_markdown(text: str) -> str:
    """One line of Markdown that shows `text` as it was typed."""
    return re.sub(r"([\\`*_\[\]<>#|~$&])", r"\\\1", oneline(text))
