"""Which charts may be drawn: Vega-Lite specifications that contain all their data and lead nowhere."""

import json
import re
from typing import Any

MOST_ROWS = 5_000
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # only its name: nothing is fetched from there
# Otherwise labels below a chart are vertical, and a legend beside it leaves it no room on a phone.
READABLE = {
    "axisXDiscrete": {"labelAngle": -45},
    "axisYDiscrete": {"labelLimit": 160},
    "legend": {"orient": "bottom", "columns": 2, "labelLimit": 140},
}
MARKS = {
    *("arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "line", "point", "rect", "rule"),
    *("square", "text", "tick", "trail"),
}
# With these a chart fetches or opens something, makes its own elements or endless data, or bypasses Vega-Lite.
OUTWARD = {
    *("bind", "cursor", "encode", "graticule", "href", "marks", "sequence", "signal", "signals", "url", "usermeta"),
}
TAKEN = {"background", "cursor"}  # Vega's own parameters, which become styles
GUIDE = re.compile(r"(?:axis|header|legend)\w*")
# The names of styles in the schema; their values may be words, colours in digits and colour functions.
STYLE = re.compile(
    r"background|blend|category|color|diverging|fill|font|fontStyle|fontWeight|heatmap|ordinal|ramp|stroke"
    r"|\w+(?:Color|Font|FontStyle|FontWeight)"
)
STYLE_VALUE = re.compile(
    r"[\w\s,'\"-]*|#[0-9a-f]{3,8}|(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch)\([\w\s,.%/+-]*\)", re.IGNORECASE
)
# The names within a style: in a gradient, a condition, a channel, a scheme.
STYLE_KEYS = {
    *("color", "gradient", "offset", "r1", "r2", "stops", "x1", "x2", "y1", "y2"),
    *("condition", "empty", "param", "test", "value"),
    *("aggregate", "bandPosition", "bin", "datum", "field", "legend", "scale", "sort", "timeUnit", "title", "type"),
    *("count", "extent", "name", "scheme"),
}
SCALED = {None, "nominal", "ordinal", "quantitative", "temporal"}
# A tooltip shows a value of this name as a picture.
PICTURE = re.compile(r"[\W_]*image[\W_]*")


def check_chart(spec: dict[str, Any]) -> None:
    """Check a Vega-Lite specification.

    Raises:
        ValueError: with a reason, if it is too large, or might make a browser fetch or open something.
    """
    if not isinstance(spec, dict):
        raise ValueError("it is not an object")
    try:
        text = json.dumps(spec, allow_nan=False)
        rows = check_part(spec, has_tooltip='"tooltip"' in text)
    except (TypeError, RecursionError, AttributeError) as error:
        raise ValueError("it has an unexpected structure") from error
    if rows > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} rows")


def check_part(value: Any, parent: str = "", *, has_tooltip: bool) -> int:
    """Check the part of a specification called `parent`, and count its rows of data.

    Raises:
        ValueError: with a reason, if it may lead elsewhere.
    """
    if isinstance(value, list):
        return sum(check_part(item, parent, has_tooltip=has_tooltip) for item in value)
    if not isinstance(value, dict):
        # A tooltip may show any field.
        if has_tooltip and isinstance(value, str) and PICTURE.fullmatch(value):
            raise ValueError("it has a tooltip, and a field called 'image', which would be shown as a picture")
        return 0
    rows = 0
    for name, inner in value.items():
        if name in OUTWARD and not (name == "bind" and inner in ("scales", "legend")):
            raise ValueError(f"it has {name!r}, which may lead elsewhere")
        if name == "mark" and (inner.get("type", "bar") if isinstance(inner, dict) else inner) not in MARKS:
            raise ValueError("its mark is not supported")
        if name == "name" and parent == "params" and inner in TAKEN:
            raise ValueError(f"it has a parameter called {inner!r}, which may lead elsewhere")
        if name == "encoding" and GUIDE.fullmatch(parent):
            raise ValueError(f"it has an encoding of its {parent}, which may lead elsewhere")
        if parent == "datasets" or (parent == "data" and name == "values"):
            rows += inner.count("\n") if isinstance(inner, str) else len(inner)
            continue
        if name == "tooltip":
            check_tooltip(inner)
        if STYLE.fullmatch(name):
            check_style(name, inner)
        rows += check_part(inner, name, has_tooltip=has_tooltip)
    return rows


def check_style(name: str, value: Any) -> None:
    """Check a style: it is not an address, not computed, and not taken from the data without a scale.

    Raises:
        ValueError: with a reason.
    """
    parts = value if isinstance(value, list) else []
    if isinstance(value, str) and not STYLE_VALUE.fullmatch(value):
        raise ValueError(f"its {name} is neither a word nor a colour")
    if isinstance(value, dict):
        if unknown := value.keys() - STYLE_KEYS:
            raise ValueError(f"its {name} cannot have {min(unknown)!r}")
        if value.get("type") not in SCALED:
            raise ValueError(f"its {name} cannot be of type {value['type']!r}")
        scale = value.get("scale", {})
        if not isinstance(scale, dict) or scale.get("type") == "identity" or isinstance(scale.get("range"), dict):
            raise ValueError(f"its {name} needs a scale that is not computed")
        parts = [value.get(key) for key in ("condition", "scheme", "stops", "value")]
        parts += [scale.get(key) for key in ("range", "rangeMax", "rangeMin", "scheme")]
    for part in parts:
        check_style(name, part)


def check_tooltip(tooltip: Any) -> None:
    """Check a tooltip: it may show named fields, or a text.

    Raises:
        ValueError: with a reason, if it may show an object, and with it a picture.
    """
    for part in tooltip if isinstance(tooltip, list) else [tooltip]:
        if isinstance(part, dict):
            conditions = part.get("condition", [])
            values = [part, *(conditions if isinstance(conditions, list) else [conditions])]
            computed = any("expr" in value or isinstance(value.get("value"), dict) for value in values)
            if computed or part.get("content") == "data" or any("field" in value for value in values[1:]):
                raise ValueError("its tooltip may show a picture")


def drawable(spec: dict[str, Any]) -> dict[str, Any]:
    """A checked specification as the page draws it: as Vega-Lite, whatever schema it names."""
    return {**listed(spec), "config": {**READABLE, **spec.get("config", {})}, "$schema": SCHEMA}


def listed(value: Any, name: str = "") -> Any:
    """A part of a specification, each tooltip of one field as a list of one, which shows text instead of an object."""
    if isinstance(value, list):
        return [listed(item, name) for item in value]
    if not isinstance(value, dict) or name in ("datasets", "values"):
        return value
    return {
        key: [inner]
        if key == "tooltip" and isinstance(inner, dict) and inner.keys() & {"aggregate", "field"}
        else listed(inner, key)
        for key, inner in value.items()
    }
