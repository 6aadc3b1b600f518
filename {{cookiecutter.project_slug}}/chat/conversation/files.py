"""A file in a reply, as plain data that can be stored anywhere."""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from chat.conversation.parts import Part

MOST_MEGABYTES = 5  # it is saved in its message


@dataclass(frozen=True)
class File(Part):
    """A file to download.

    Raises:
        ValueError: if it is too large.
    """

    name: str
    data: bytes
    type: str = "application/octet-stream"  # such as text/csv
    id: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        """Check the size."""
        if len(self.data) > MOST_MEGABYTES * 1_000_000:
            raise ValueError(f"a file has more than {MOST_MEGABYTES} megabytes")

    def to_markdown(self) -> str:
        """Its name."""
        return f"[{self.name}]"

    def to_dict(self) -> dict[str, Any]:
        """The file as data for JSON."""
        return {**super().to_dict(), "data": b64encode(self.data).decode()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The file that `to_dict` wrote."""
        return super().from_dict({**values, "data": b64decode(values["data"], validate=True)})
