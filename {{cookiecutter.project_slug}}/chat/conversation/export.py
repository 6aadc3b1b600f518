"""A conversation as a file: Markdown to read, JSON to open again."""

import json
import math
from datetime import datetime
from typing import Any, get_type_hints

from chat import settings  # {% if cookiecutter.feedback != "none" %}
from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.attachments.saving import from_entries, to_entries  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.calls import Replay, ToolCall  # {% if cookiecutter is tooled %}
from chat.conversation.files import File  # {% if cookiecutter is using("custom") %}
from chat.conversation.messages import Conversation, Message, Place, Usage, new_id
from chat.conversation.parts import Part, Reasoning, Text, Undrawable, fits
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.conversation.steps import Source, Step  # {% if cookiecutter is stepped %}
from chat.conversation.text import well_formed
from chat.conversation.visuals import Chart, Image, Table  # {% if cookiecutter.rich_replies == "yes" %}

MOST_CHARACTERS = 10_000_000  # {% if cookiecutter.attachments == "none" %}
MOST_CHARACTERS = 50_000_000  # {% if cookiecutter.attachments != "none" %}
MOST_MESSAGES = 10_000  # in all versions
LARGEST = 2**63 - 1
MOST_PARTS = 1_000  # of one message
TREE = {"versions", "shown", "before"}
KINDS: tuple[type[Part], ...] = (
    Text,
    Reasoning,
    Step,  # {% if cookiecutter is stepped %}
    Source,  # {% if cookiecutter is stepped %}
    File,  # {% if cookiecutter is using("custom") %}
    Chart,  # {% if cookiecutter.rich_replies == "yes" %}
    Table,  # {% if cookiecutter.rich_replies == "yes" %}
    Image,  # {% if cookiecutter.rich_replies == "yes" %}
    ToolCall,  # {% if cookiecutter is tooled %}
    Replay,  # {% if cookiecutter is tooled %}
)
KIND_BY_NAME = {kind.__name__.lower(): kind for kind in KINDS}
FIELDS = {name: hint for name, hint in get_type_hints(Message).items() if name not in TREE}


def to_markdown(conversation: Conversation) -> str:
    """The messages on the page."""
    headings = {"user": "Question", "assistant": "Reply"}
    blocks = []  # {% if not cookiecutter is peopled %}
    blocks = [f"Persona: {persona_named(conversation.persona).label}"]  # {% if cookiecutter is peopled %}
    for message in conversation.messages:
        blocks.append(f"## {headings[message.role]}")
        blocks += filter(None, [part.to_markdown() for part in message.parts])
    return "\n\n".join(blocks) + "\n"


def to_json(conversation: Conversation) -> str:
    """Every message in all versions: `after` is the id of its parent, `shown` marks the version on the page."""
    messages = []
    for message in conversation.everything():
        entry = as_dict(message)
        entry["attachments"] = to_entries(message.attachments)  # {% if cookiecutter.attachments != "none" %}
        entry["after"] = message.before.id if isinstance(message.before, Message) else None
        entry["shown"] = message.before.versions[message.before.shown] is message
        messages.append(entry)
    # {% if cookiecutter is peopled %}
    saved = {"persona": persona_named(conversation.persona).name, "messages": messages}
    return json.dumps(saved, ensure_ascii=False, indent=2) + "\n"
    # {% else %}
    return json.dumps({"messages": messages}, ensure_ascii=False, indent=2) + "\n"
    # {% endif %}


def as_dict(message: Message) -> dict[str, Any]:
    """A message alone, as data for JSON; `from_dict` reads it."""
    values = {name: getattr(message, name) for name in FIELDS}
    usage = message.usage and [message.usage.input_tokens, message.usage.output_tokens]
    # {% if cookiecutter.attachments == "none" %}
    values["parts"] = [part.to_dict() for part in message.parts]
    # {% else %}
    values["parts"] = [part.to_dict() for part in message.parts if not isinstance(part, Attachment)]
    # {% endif %}
    return {**values, "time": message.time.isoformat(), "usage": usage}


def from_dict(values: dict[str, Any]) -> Message:
    """The message that `as_dict` wrote; a missing field gets its default.

    Raises:
        TypeError, ValueError: if it is not one.
    """
    usage = values.get("usage")
    parsed: dict[str, Any] = {
        "time": datetime.fromisoformat(values["time"]),
        "usage": usage and Usage(*map(int, usage)),
        "parts": parts_of(values),
    }
    # {% if cookiecutter is tooled %}
    message = Message(**{name: value for name, value in {**values, **parsed}.items() if name in FIELDS})
    if message.ended:  # perhaps with its process, leaving unfinished calls
        message.end_calls()
    return message
    # {% else %}
    return Message(**{name: value for name, value in {**values, **parsed}.items() if name in FIELDS})
    # {% endif %}


def parts_of(values: dict[str, Any]) -> list[Part]:
    """The parts of a message that `as_dict` wrote, here or in an earlier app, whose messages had a separate text."""
    parts = [part_of(part) for part in values.get("parts", [])]
    if "parts" not in values or "reasoning" in values:
        earlier = {"kind": "reasoning", "text": values.get("reasoning", ""), "seconds": values.get("reasoning_seconds")}
        spoken = [earlier, {"kind": "text", "text": values.get("text", "")}]
        parts[:0] = [part_of(each) for each in spoken if each["text"]]
    return parts


def part_of(values: dict[str, Any]) -> Part:
    """The part that `to_dict` wrote; another app's data and invalid parts are kept as they are."""
    try:
        fields = dict(values)
        return KIND_BY_NAME[fields.pop("kind")].from_dict(fields)
    except (KeyError, TypeError):
        return Undrawable(values, "one of its parts has an unexpected structure")
    except ValueError as error:
        return Undrawable(values, str(error))


def from_json(text: str) -> Conversation:
    """The conversation that `to_json` wrote, as a new one.

    Raises:
        ValueError: with a reason, if it is invalid.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    conversation = Conversation()
    places: dict[str | None, Place] = {None: conversation}
    try:
        saved = json.loads(text)
        conversation.persona = persona_named(saved.get("persona")).name  # {% if cookiecutter is peopled %}
        entries = possible(saved["messages"])
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
    """The message in an entry, with a new id; a reply that had not ended counts as interrupted."""
    # {% if cookiecutter is tooled %}
    status = "interrupted" if entry["status"] in {"waiting", "streaming", "asking"} else entry["status"]
    # {% else %}
    status = "interrupted" if entry["status"] in {"waiting", "streaming"} else entry["status"]
    # {% endif %}
    message = from_dict({**entry, "id": new_id(), "status": status})
    # {% if cookiecutter.telemetry != "none" %}
    message.trace_id = ""  # the log names it, and a file may contain anything
    # {% endif %}
    # {% if cookiecutter is tooled %}
    for call in message.calls:
        message.replace_call(call.not_allowed())  # by the person who opens it
    # {% endif %}
    message.parts[:0] = from_entries(entry.get("attachments", []))  # {% if cookiecutter.attachments != "none" %}
    for name, hint in FIELDS.items():
        if name != "parts" and not fits(value := getattr(message, name), hint):
            raise ValueError(f"{name} cannot be {value!r}")
    for part in message.parts:
        # A part of an unknown kind is another app's, and stays.
        if isinstance(part, Undrawable) and part.values.get("kind") in {*KIND_BY_NAME, None}:
            raise ValueError(part.reason)
    if len(message.parts) > MOST_PARTS:
        raise ValueError(f"a message has more than {MOST_PARTS:,} parts")
    # {% if cookiecutter.feedback != "none" %}
    if message.rating is not None and not 0 <= message.rating < len(settings.RATINGS):
        raise ValueError(f"rating cannot be {message.rating}")
    message.comment = message.comment[: settings.COMMENT_CHARACTERS]
    # {% endif %}
    return message


def possible(value: Any, name: str = "it") -> Any:
    """A value from JSON, with every text in it well-formed.

    Raises:
        ValueError: if a number in it is not finite, or too large to be stored.
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
