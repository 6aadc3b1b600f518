"""What a message holds: its text and what stands beside it, as plain data that can be kept anywhere."""

import json
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints


class Part:
    """Something that a message holds; each kind is a dataclass with values that JSON has."""

    def to_markdown(self) -> str:
        """The part in a conversation that is saved to be read; by default it is left out."""
        return ""

    def to_dict(self) -> dict[str, Any]:
        """The part as data for JSON."""
        return {"kind": type(self).__name__.lower(), **vars(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The part of this kind that `to_dict` gave.

        Raises:
            TypeError: if its values are others.
            ValueError: with a reason, if they cannot be.
        """
        hints = get_type_hints(cls)
        if not all(fits(value, hints[name]) for name, value in values.items()):
            raise TypeError
        return cls(**values)


@dataclass
class Text(Part):
    """Markdown; it grows while a reply comes."""

    text: str

    def to_markdown(self) -> str:
        """The text."""
        return self.text


@dataclass
class Reasoning(Part):
    """What a model thought before it went on, where it tells; it grows as a text does."""

    text: str
    seconds: float | None = None  # that it took; None where it was not finished


@dataclass(frozen=True)
class Undrawable(Part):
    """What was stored as a part, and is none that this app draws; it is kept as it is."""

    values: dict[str, Any]
    reason: str

    def to_markdown(self) -> str:
        """The data."""
        return f"```json\n{json.dumps(self.values, ensure_ascii=False)}\n```"

    def to_dict(self) -> dict[str, Any]:
        """The data."""
        return self.values


def fits(value: object, hint: Any) -> bool:
    """Whether a value from JSON is of a type, as the fields of messages and parts have them."""
    kind, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if kind is Literal:
        return value in inner
    if kind in {Union, UnionType}:
        return any(fits(value, each) for each in inner)
    if kind is list:
        return isinstance(value, list) and all(fits(item, inner[0]) for item in value)
    return isinstance(value, (int, float) if hint is float else kind or hint) and not isinstance(value, bool)
