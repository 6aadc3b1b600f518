"""What a message may hold besides text: charts, tables and images, as plain data that can be kept anywhere.

The app's own code puts them into a message:

    message.parts.append(Table(["city", "people"], [["Paris", 2_100_000], ["Madrid", 3_300_000]]))

or lets a reply bring them: `yield Chunk(part=Chart({"mark": "bar", "data": {"values": [...]}, ...}))`.
"""

import csv
import io
import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import Any

import PIL.Image

from chat.conversation.charts import MOST_ROWS, check_chart

IMAGE_TYPES = {"image/gif", "image/jpeg", "image/png", "image/webp"}
MOST_MEGAPIXELS = 25


@dataclass(frozen=True)
class Chart:
    """A chart, as a specification of Vega-Lite that holds its data.

    Raises:
        ValueError: with a reason, if it reaches outside or has too many rows.
    """

    spec: dict[str, Any]

    def __post_init__(self) -> None:
        """Check the specification."""
        check_chart(self.spec)

    def to_markdown(self) -> str:
        """The chart as a model writes it."""
        return f"```vega-lite\n{json.dumps(self.spec, ensure_ascii=False)}\n```"


@dataclass(frozen=True)
class Table:
    """A table: its columns have different names, and each row has a text, a number or None for each.

    Raises:
        ValueError: with a reason, if it is none, or has too many rows.
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
class Image:
    """A picture: GIF, JPEG, PNG or WebP.

    Raises:
        ValueError: with a reason, if it is of another type, or has too many pixels.
    """

    data: bytes
    type: str  # such as image/png
    alt: str = ""  # what it shows, for those who cannot see it

    def __post_init__(self) -> None:
        """Check the type and the size, which stand at the beginning of the data."""
        if self.type not in IMAGE_TYPES:
            raise ValueError(f"an image cannot be {self.type!r}")
        try:
            width, height = PIL.Image.open(io.BytesIO(self.data)).size
        except PIL.Image.DecompressionBombError:
            width, height = MOST_MEGAPIXELS, 1_000_001
        except OSError:
            return  # it is none, which is said where it is drawn
        if width * height > MOST_MEGAPIXELS * 1_000_000:
            raise ValueError(f"an image has more than {MOST_MEGAPIXELS} megapixels")

    def to_markdown(self) -> str:
        """The picture, whole."""
        alt = self.alt.replace("[", "(").replace("]", ")")
        return f"![{alt}](data:{self.type};base64,{b64encode(self.data).decode()})"


@dataclass(frozen=True)
class Undrawable:
    """What was stored as a part, and may be one no more; it is kept as it is."""

    values: dict[str, Any]
    reason: str

    def to_markdown(self) -> str:
        """The data."""
        return f"```json\n{json.dumps(self.values, ensure_ascii=False)}\n```"


Part = Chart | Table | Image | Undrawable
KINDS: dict[str, type[Chart | Table | Image]] = {kind.__name__.lower(): kind for kind in (Chart, Table, Image)}


def part_to_dict(part: Part) -> dict[str, Any]:
    """A part as data for JSON."""
    if isinstance(part, Undrawable):
        return part.values
    values = asdict(part)
    if isinstance(part, Image):
        values["data"] = b64encode(part.data).decode()
    return {"kind": type(part).__name__.lower(), **values}


def part_of(values: dict[str, Any]) -> Part:
    """The part that `part_to_dict` gave.

    Raises:
        ValueError: with a reason, if it is no such data.
    """
    try:
        fields = dict(values)
        kind = KINDS[fields.pop("kind")]
        if kind is Image:
            fields["data"] = b64decode(fields["data"], validate=True)
        return kind(**fields)
    except (KeyError, TypeError) as error:
        raise ValueError("one of its parts has an unexpected structure") from error


def stored_part_of(values: dict[str, Any]) -> Part:
    """The part that `part_to_dict` gave, whatever an earlier version of the app allowed."""
    try:
        return part_of(values)
    except ValueError as error:
        return Undrawable(values, str(error))
