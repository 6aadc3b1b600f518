"""Charts, tables and images as plain data.

The app's own code can put them into a message:

    message.parts.append(Table(["city", "people"], [["Paris", 2_100_000], ["Madrid", 3_300_000]]))

or into a reply as it comes: `yield Chunk(part=Chart({"mark": "bar", "data": {"values": [...]}, ...}))`.
"""

import csv
import io
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Self

import PIL.Image

from chat.conversation.charts import MOST_ROWS, check_chart
from chat.conversation.parts import Part

IMAGE_TYPES = {"image/gif", "image/jpeg", "image/png", "image/webp"}
MOST_MEGAPIXELS = 25


@dataclass(frozen=True)
class Chart(Part):
    """A chart: a Vega-Lite specification with its data.

    Raises:
        ValueError: with a reason, if it leads elsewhere or has too many rows.
    """

    spec: dict[str, Any]

    def __post_init__(self) -> None:
        """Check the specification."""
        check_chart(self.spec)

    def to_markdown(self) -> str:
        """The chart as a model writes it."""
        return f"```vega-lite\n{json.dumps(self.spec, ensure_ascii=False)}\n```"


@dataclass(frozen=True)
class Table(Part):
    """A table: columns with unique names, and rows with text, a number or None for each.

    Raises:
        ValueError: with a reason, if its shape is wrong, or it has too many rows.
    """

    columns: list[str]
    rows: list[list[Any]]

    def __post_init__(self) -> None:
        """Check the rows."""
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"it has more than {MOST_ROWS:,} rows")
        if not self.columns or len({*self.columns}) < len(self.columns):
            raise ValueError("its columns need unique names")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("its rows differ in length")

    def to_markdown(self) -> str:
        """The table as a model writes it."""
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows([self.columns, *self.rows])
        return f"```csv\n{file.getvalue()}```"


@dataclass(frozen=True)
class Image(Part):
    """An image: GIF, JPEG, PNG or WebP.

    Raises:
        ValueError: with a reason, if it has another type, or too many pixels.
    """

    data: bytes
    type: str  # such as image/png
    alt: str = ""  # a description for people who cannot see it

    def __post_init__(self) -> None:
        """Check the type and the size, reading only the first bytes."""
        if self.type not in IMAGE_TYPES:
            raise ValueError(f"an image cannot be {self.type!r}")
        try:
            width, height = PIL.Image.open(io.BytesIO(self.data)).size
        except PIL.Image.DecompressionBombError:
            width, height = MOST_MEGAPIXELS, 1_000_001
        except OSError:
            return  # not an image: a note says so when it is drawn
        if width * height > MOST_MEGAPIXELS * 1_000_000:
            raise ValueError(f"an image has more than {MOST_MEGAPIXELS} megapixels")

    def to_markdown(self) -> str:
        """The image, whole."""
        alt = self.alt.replace("[", "(").replace("]", ")")
        return f"![{alt}](data:{self.type};base64,{b64encode(self.data).decode()})"

    def to_dict(self) -> dict[str, Any]:
        """The image as data for JSON."""
        return {**super().to_dict(), "data": b64encode(self.data).decode()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The image that `to_dict` wrote."""
        return super().from_dict({**values, "data": b64decode(values["data"], validate=True)})
