"""A page that draws each of the ways in ways.py: as the app does, or with `?filter=off` as Streamlit does."""

import json
from contextlib import suppress
from pathlib import Path

import streamlit as st

from chat.ui.text import draw_text

FENCE = "```vega-lite\n"

try:
    from chat.conversation.visuals import Chart
    from chat.ui.parts import draw_part
except ImportError:  # if replies are not rich
    Chart = draw_part = None


def draw(way: str) -> None:
    """Draw a way as the app does; a chart also as a part of a message."""
    draw_text(way)
    if Chart and (spec := chart(way)):
        with suppress(ValueError):
            draw_part(Chart(spec))


def draw_unchecked(way: str) -> None:
    """Draw a way as Streamlit itself does."""
    if spec := chart(way):
        st.vega_lite_chart(spec)
    else:
        st.markdown(way)


def chart(way: str) -> dict[str, object] | None:
    """The chart specification in a way, if it is one."""
    return json.loads(way.removeprefix(FENCE).removesuffix("```")) if way.startswith(FENCE) else None


if __name__ == "__main__":
    as_it_is = st.query_params.get("filter") == "off"
    for number, way in enumerate(json.loads(Path("ways.json").read_text("utf-8"))):
        with st.container(key=f"way-{number}"):
            (draw_unchecked if as_it_is else draw)(way)
    st.text("All ways are drawn.")
