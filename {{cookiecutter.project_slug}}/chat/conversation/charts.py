"""Which charts may be drawn: specifications of Vega-Lite that hold all their data, and lead nowhere."""

import json
import re
from typing import Any

MOST_ROWS = 5_000
MARKS = {
    *("arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "line", "point", "rect", "rule"),
    *("square", "text", "tick", "trail"),
}
# With these a chart fetches or opens something, or brings elements of its own or endless data.
OUTWARD = {"bind", "cursor", "graticule", "href", "sequence", "url", "usermeta"}
# The signal that is set as the pointer's style, and what fetches in a style; as JSON writes them.
IN_STYLES = re.compile(r'"cursor"|url\s*\(|\\\\[0-9a-f].*\(', re.IGNORECASE)


def check_chart(spec: dict[str, Any]) -> None:
    """Check a specification of Vega-Lite.

    Raises:
        ValueError: with a reason, if it is too large, or would have a browser fetch or open something.
    """
    if not isinstance(spec, dict):
        raise ValueError("it is no object")
    try:
        text = json.dumps(spec, allow_nan=False)
        rows = rows_in(spec)
    except (TypeError, RecursionError) as error:
        raise ValueError("it is built in another way") from error
    if IN_STYLES.search(text):
        raise ValueError("it has a style that may lead elsewhere")
    if rows > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} rows")


def rows_in(value: Any, parent: str = "") -> int:
    """How many rows of data a part of a specification has.

    Args:
        value: the part.
        parent: the name under which it stands.

    Raises:
        ValueError: with a reason, if it names something elsewhere.
    """
    if isinstance(value, list):
        return sum(rows_in(item, parent) for item in value)
    if not isinstance(value, dict):
        return 0
    rows = 0
    for name, inner in value.items():
        if name in OUTWARD and not (name == "bind" and inner in ("scales", "legend")):
            raise ValueError(f"it has {name!r}, which may lead elsewhere")
        if name == "mark" and (inner.get("type", "bar") if isinstance(inner, dict) else inner) not in MARKS:
            raise ValueError("its mark is none that can be drawn here")
        is_data = parent == "datasets" or (parent == "data" and name == "values")
        rows += len(inner) if is_data else rows_in(inner, name)
    return rows
