"""A conversation as a file: Markdown to read, JSON to go on with."""

import json
import math
from dataclasses import fields
from datetime import datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from chat import settings  # {% if cookiecutter.feedback != "none" %}
from chat.conversation import parts  # {% if cookiecutter.rich_replies == "yes" %}
from chat.conversation.attachments.saving import from_entries, to_entries  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.messages import Conversation, Message, Place, Usage, new_id
from chat.conversation.text import well_formed

MOST_CHARACTERS = 10_000_000  # {% if cookiecutter.attachments == "none" %}
MOST_CHARACTERS = 50_000_000  # {% if cookiecutter.attachments != "none" %}
MOST_MESSAGES = 10_000  # in all versions
LARGEST = 2**63 - 1
MOST_PARTS = 100  # of one message  # {% if cookiecutter.rich_replies == "yes" %}
TREE = {"versions", "shown", "before"}
TREE |= {"attachments"}  # {% if cookiecutter.attachments != "none" %}
FIELDS = {field.name: get_type_hints(Message)[field.name] for field in fields(Message) if field.name not in TREE}


def to_markdown(conversation: Conversation) -> str:
    """What stands on the page."""
    headings = {"user": "Question", "assistant": "Reply"}
    blocks = []
    for message in conversation.messages:
        blocks.append(f"## {headings[message.role]}")
        # {% if cookiecutter.attachments != "none" %}
        blocks += [f"- {attachment.label}" for attachment in message.attachments]
        # {% endif %}
        blocks += [message.text] if message.text else []
        blocks += [part.to_markdown() for part in message.parts]  # {% if cookiecutter.rich_replies == "yes" %}
    return "\n\n".join(blocks) + "\n"


def to_json(conversation: Conversation) -> str:
    """Every message in all its versions: `after` is the one before it, `shown` tells the version on the page."""
    messages = []
    for message in conversation.everything():
        entry = as_dict(message)
        entry["attachments"] = to_entries(message.attachments)  # {% if cookiecutter.attachments != "none" %}
        entry["after"] = message.before.id if isinstance(message.before, Message) else None
        entry["shown"] = message.before.versions[message.before.shown] is message
        messages.append(entry)
    return json.dumps({"messages": messages}, ensure_ascii=False, indent=2) + "\n"


def as_dict(message: Message) -> dict[str, Any]:
    """A message by itself, as JSON has it; `from_dict` reads it."""
    values = {name: getattr(message, name) for name in FIELDS}
    usage = message.usage and [message.usage.input_tokens, message.usage.output_tokens]
    # {% if cookiecutter.rich_replies == "yes" %}
    values["parts"] = [parts.part_to_dict(part) for part in message.parts]
    # {% endif %}
    return {**values, "time": message.time.isoformat(), "usage": usage}


def from_dict(values: dict[str, Any]) -> Message:
    """The message that `as_dict` gave; a field that it lacks is as in a new message.

    Raises:
        TypeError, ValueError: if it is none.
    """
    usage = values.get("usage")
    parsed: dict[str, Any] = {
        "time": datetime.fromisoformat(values["time"]),
        "usage": usage and Usage(*map(int, usage)),
        # {% if cookiecutter.rich_replies == "yes" %}
        "parts": [parts.stored_part_of(part) for part in values.get("parts", [])],
        # {% endif %}
    }
    return Message(**{**values, **parsed})


def from_json(text: str) -> Conversation:
    """The conversation that `to_json` wrote, as a new one.

    Raises:
        ValueError: with a reason, if it is no such text.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    conversation = Conversation()
    places: dict[str | None, Place] = {None: conversation}
    try:
        entries = possible(json.loads(text)["messages"])
        if len(entries) > MOST_MESSAGES:
            raise ValueError(f"it has more than {MOST_MESSAGES:,} messages")
        for entry in entries:
            place, message = places[entry["after"]], parsed(entry)
            after_question = isinstance(place, Message) and place.role == "user"
            if after_question != (message.role == "assistant"):
                raise ValueError("a question has no reply, or a reply no question")
            shown = place.shown
            place.add(message)
            place.shown = place.shown if entry["shown"] else shown
            places[entry["id"]] = message
    except KeyError as error:
        raise ValueError(f"it lacks {error}") from error
    except (AttributeError, OverflowError, TypeError, RecursionError) as error:
        raise ValueError("it has an unexpected structure") from error
    if any(message.role == "user" and not message.versions for message in conversation.everything()):
        raise ValueError("a question has no reply")
    return conversation


def parsed(entry: dict[str, Any]) -> Message:
    """The message in an entry, with an id of its own; a reply that had not ended was interrupted."""
    status = "interrupted" if entry["status"] in {"waiting", "streaming"} else entry["status"]
    known = {name: entry[name] for name in FIELDS if name in entry}  # a file may be older than a field
    message = from_dict({**known, "id": new_id(), "status": status})
    message.attachments = from_entries(entry.get("attachments", []))  # {% if cookiecutter.attachments != "none" %}
    for name, hint in FIELDS.items():
        if not fits(value := getattr(message, name), hint):
            raise ValueError(f"{name} cannot be {value!r}")
    # {% if cookiecutter.rich_replies == "yes" %}
    for part in message.parts:
        if isinstance(part, parts.Undrawable):
            raise ValueError(part.reason)
    if len(message.parts) > MOST_PARTS:
        raise ValueError(f"a message has more than {MOST_PARTS} parts")
    # {% endif %}
    # {% if cookiecutter.feedback != "none" %}
    if message.rating is not None and not 0 <= message.rating < len(settings.RATINGS):
        raise ValueError(f"rating cannot be {message.rating}")
    message.comment = message.comment[: settings.COMMENT_CHARACTERS]
    # {% endif %}
    return message


def possible(value: Any, name: str = "it") -> Any:
    """A value from JSON, with every text in it well-formed.

    Raises:
        ValueError: if it holds a number that is none, or larger than can be kept.
    """
    match value:
        case str():
            return well_formed(value)
        case list():
            return [possible(item, name) for item in value]
        case dict():
            return {well_formed(key): possible(item, key) for key, item in value.items()}
        case float() if not math.isfinite(value):
            raise ValueError(f"{name} cannot be {value}")
        case int() if abs(value) > LARGEST:
            raise ValueError(f"{name} cannot be so large")
    return value


def fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type, as the fields of a message have them."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        return any(fits(value, part) for part in get_args(hint))
    # {% if cookiecutter.rich_replies == "yes" %}
    if get_origin(hint) is list:
        return isinstance(value, list) and all(fits(item, get_args(hint)[0]) for item in value)
    # {% endif %}
    return isinstance(value, (int, float) if hint is float else hint) and not isinstance(value, bool)
