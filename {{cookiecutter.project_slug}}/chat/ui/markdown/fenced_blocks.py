"""Charts, tables and diagrams from their source in fenced blocks.

Anything invalid, too large or leading elsewhere stays code.
"""

import csv
import json
import re
from functools import lru_cache
from html import unescape

from chat.conversation.delimited import rows_of
from chat.conversation.visuals import Chart, Table

MOST_CHARACTERS = 200_000
# Numbers that a float keeps as they are: no leading zeros, not too long.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}")
# In a diagram: addresses, functions of addresses, and escapes.
OUTWARD = re.compile(
    r"""[/\\]\s*[/\\]|\b(?:https?|ftp|wss?|javascript):(?=\S)|@import|<img|<style|themeCSS
    |\b(?:cross-fade|image|image-set|src|url)\(|(?<!\[)\\(?![n\]])""",
    re.IGNORECASE | re.VERBOSE,
)
# What `@{}` may set for a node or an arrow; `img` would be fetched.
PROPERTIES = re.compile(
    r"""@\{\s*(?:
    ["']?(?:animate|animation|assigned|constraint|curve|form|h|icon|label|pos|priority|shape|ticket|type|w)["']?
    [ \t]*:[ \t]*(?:"[^"\\]*"|'[^'\\]*'|[\w.%-]+)[ \t]*(?:,\s*|\n\s*|(?=\}))
    )*\}""",
    re.VERBOSE,
)
STYLE = re.compile(r"(?:^|;)[ \t]*(?:style|classDef|linkStyle)[ \t].*", re.MULTILINE)
STYLE_FUNCTION = re.compile(r"(?<![\w-])(?!(?:rgb|hsl)a?\()[\w-]*\(")


@lru_cache(maxsize=64)
def figure(language: str, source: str) -> tuple[Chart | Table, str]:
    """The chart in a block of `vega-lite`, or the table in one of `csv`, with a note on what was changed, if anything.

    Raises:
        ValueError: with a reason, if it cannot be drawn.
    """
    if len(source) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    return table(source) if language == "csv" else (chart(source), "")


def chart(source: str) -> Chart:
    """The chart that a Vega-Lite specification describes.

    Raises:
        ValueError: with a reason, if it is invalid or may lead elsewhere.
    """
    import altair
    from jsonschema import ValidationError

    try:
        spec = json.loads(source)
        chart = Chart(spec)
        altair.Chart.from_dict(spec)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("its JSON is invalid or incomplete") from error
    except (ValidationError, TypeError, AttributeError) as error:
        raise ValueError("it is not Vega-Lite") from error
    return chart


def table(source: str) -> tuple[Table, str]:
    """The table in CSV, its numeric columns as numbers, with a note on what was changed, if anything.

    Raises:
        ValueError: with a reason, if it is invalid.
    """
    try:
        rows, delimiter = rows_of(source, strict=True)
    except csv.Error as error:
        raise ValueError("it is not CSV") from error
    most = max(map(len, rows), default=0)
    rows = [row for row in rows if len(row) == most or not row[0].startswith("#")]  # without comments
    if len(rows) < 2:
        raise ValueError("it has no rows")
    width = len(rows[0])
    if any(len(row) > width for row in rows):
        raise ValueError("a row has more cells than there are columns")
    short = sum(len(row) < width for row in rows)
    names, *rows = [row + [""] * (width - len(row)) for row in rows]
    columns = [as_numbers(list(column), may_have_commas=delimiter != ",") for column in zip(*rows, strict=True)]
    note = f"{short} row{'s' if short > 1 else ''} had too few cells, and ends in empty ones." if short else ""
    return Table(distinct(names), [list(row) for row in zip(*columns, strict=True)]), note


def as_numbers(column: list[str], *, may_have_commas: bool) -> list[str] | list[float | None]:
    """A column as numbers, if all its cells are numbers, perhaps with decimal commas, or empty."""
    cells = [cell.strip() for cell in column]
    numbers = cells
    # 1,234 is ambiguous, and stays text.
    if may_have_commas and not any(THOUSANDS.fullmatch(cell) for cell in cells):
        numbers = [cell if "." in cell else cell.replace(",", ".") for cell in cells]
    if any(cells) and all(NUMBER.fullmatch(number) for number in numbers if number):
        return [float(number) if "." in number else int(number) if number else None for number in numbers]
    return cells


def distinct(names: list[str]) -> list[str]:
    """The names of columns, numbered where one is missing or repeated."""
    told: list[str] = []
    for number, name in enumerate(map(str.strip, names), 1):
        told.append(name if name and name not in told else f"{name} ({number})".strip())
    return told


def check_diagram(source: str) -> None:
    """Check that a Mermaid diagram has nothing for a browser to fetch.

    Raises:
        ValueError: with a reason.
    """
    if len(source) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    # As the browser reads it: `#58;` and `&#58;` are colons, and tabs and line breaks in addresses are skipped.
    read = unescape(re.sub(r"#(\w+);", lambda found: f"&{'#' * found[1].isdigit()}{found[1]};", source))
    outward = OUTWARD.search(read) or OUTWARD.search(re.sub(r"[\0-\x1f]", "", read))
    odd = re.search(r"@\{[^}]*\}?", PROPERTIES.sub("", source))
    computed = next(filter(None, map(STYLE_FUNCTION.search, STYLE.findall(source))), None)
    if found := outward or odd or computed:
        raise ValueError(f"{' '.join(found[0].split())[:40]!r} may lead elsewhere")
