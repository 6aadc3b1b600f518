"""The parts of a message, as plain data that can be stored anywhere."""

import json
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints


class Part:
    """A part of a message; each kind is a dataclass with JSON values."""

    def to_markdown(self) -> str:
        """The part in a conversation saved as Markdown; by default it is left out."""
        return ""

    def to_dict(self) -> dict[str, Any]:
        """The part as data for JSON."""
        return {"kind": type(self).__name__.lower(), **vars(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The part of this kind that `to_dict` wrote.

        Raises:
            TypeError: if a value has the wrong type.
            ValueError: with a reason, if a value is not allowed.
        """
        hints = get_type_hints(cls)
        if not all(fits(value, hints[name]) for name, value in values.items()):
            raise TypeError
        return cls(**values)


@dataclass
class Text(Part):
    """Markdown; it grows while a reply streams."""

    text: str

    def to_markdown(self) -> str:
        """The text."""
        return self.text


@dataclass
class Reasoning(Part):
    """A model's reasoning; it grows like a text."""

    text: str
    seconds: float | None = None  # its duration; None if it was cut short


@dataclass(frozen=True)
class Undrawable(Part):
    """Stored data that this app cannot draw as a part; it is kept as it is."""

    values: dict[str, Any]
    reason: str

    def to_markdown(self) -> str:
        """The data."""
        return f"```json\n{json.dumps(self.values, ensure_ascii=False)}\n```"

    def to_dict(self) -> dict[str, Any]:
        """The data."""
        return self.values


def fits(value: object, hint: Any) -> bool:
    """Whether a value from JSON has the type of a field of a message or a part."""
    kind, inner = get_origin(hint), get_args(hint)
    # {% if cookiecutter is parted %}
    if hint is Any:
        return True
    # {% endif %}
    if kind is Literal:
        return value in inner
    if kind in {Union, UnionType}:
        return any(fits(value, each) for each in inner)
    # {% if cookiecutter is parted %}
    if kind is list:
        return isinstance(value, list) and all(fits(item, inner[0]) for item in value)
    # {% endif %}
    return isinstance(value, (int, float) if hint is float else kind or hint) and not isinstance(value, bool)
