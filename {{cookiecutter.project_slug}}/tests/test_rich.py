"""Charts, tables and diagrams in a reply, and parts that the app adds to a message itself."""

import io
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from typing import Any

import PIL.Image
import pytest
from streamlit.testing.v1 import AppTest

from chat.conversation.charts import SCHEMA, STYLE, drawable
from chat.conversation.export import MOST_PARTS, from_json, part_of, to_json, to_markdown
from chat.conversation.messages import Conversation
from chat.conversation.parts import Part, Undrawable
from chat.conversation.visuals import Chart, Image, Table
from chat.providers import Chunk
from chat.ui.markdown.fenced_blocks import check_diagram, figure
from tests.conftest import END, HANG_SECONDS, PAGE, ScriptedProvider

SPEC: dict[str, Any] = {
    "mark": "bar",
    "data": {"values": [{"city": "Paris", "people": 2_100_000}]},
    "encoding": {"x": {"field": "city", "type": "nominal"}, "y": {"field": "people", "type": "quantitative"}},
}
CHART = f"```vega-lite\n{json.dumps(SPEC)}\n```"
TABLE = "```csv\ncity,people\nParis,2100000\nMadrid,\n```"
DOT = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
PARTS: list[Part] = [
    Chart(SPEC),
    Table(["city", "people"], [["Paris", 2_100_000], ["Madrid", None]]),
    Image(b64decode(DOT), "image/gif", "a [dot]"),
]


def drawn(page: AppTest, kind: str) -> list[Any]:
    """The elements of a kind in the messages on a page."""
    assert not page.exception
    return [element for message in page.chat_message for element in message.get(kind)]


@pytest.fixture
def ask(page: AppTest, scripted: ScriptedProvider) -> Any:
    """Asks for a reply, and returns the page with it."""

    def ask(*chunks: str | Chunk) -> AppTest:
        scripted.replies.append([*(Chunk(chunk) if isinstance(chunk, str) else chunk for chunk in chunks), END])
        return page.chat_input[0].set_value("Well?").run()

    return ask


def test_a_reply_draws_charts_and_tables_and_they_stay(ask: Any) -> None:
    page = ask("Look:\n\n```vega", f"-lite\n{json.dumps(SPEC)[:20]}", f"{json.dumps(SPEC)[20:]}\n```\n\nand\n\n", TABLE)
    for _ in range(2):
        assert len(drawn(page, "vega_lite_chart")) == 1
        (table,) = drawn(page, "dataframe")
        assert list(table.value["city"]) == ["Paris", "Madrid"]
        assert table.value["people"][0] == 2_100_000
        assert not drawn(page, "caption")
        page.run()


@pytest.mark.parametrize(
    ("block", "note"),
    [
        ('```vega-lite\n{"mark": "bar"\n```', "its JSON is invalid or incomplete"),
        ('```vega-lite\n{"mark": "bar", "colour": "red"}\n```', "it is not Vega-Lite"),
        ("```vega-lite\n[1]\n```", "it is not an object"),
        ("```csv\na,b\n1,2,3\n```", "a row has more cells than there are columns"),
        ("```csv\na,b\n```", "it has no rows"),
        ("```mermaid\nflowchart LR\nA@{ img: 'https://a.com/b' }\n```", "'https\\:' may lead elsewhere"),
        ("```mermaid\nflowchart LR\nA@{ img: a }\n```", "'@{ img\\: a }' may lead elsewhere"),
    ],
)
def test_what_is_broken_stays_code_with_a_note(ask: Any, block: str, note: str) -> None:
    page = ask(block)
    assert note in drawn(page, "caption")[0].value
    content = block.partition("\n")[2]
    assert [text.value for text in drawn(page, "markdown") if content in text.value]
    assert not [text.value for text in drawn(page, "markdown") if text.value.startswith("```mermaid")]
    assert not drawn(page, "vega_lite_chart")


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"url": "https://a.com"}},
        {"mark": "image"},
        {"mark": {"type": "image"}},
        {"mark": {"type": "bar", "href": "https://a.com"}},
        {"mark": {"type": "bar", "fill": "URL (https://a.com)"}},
        {"mark": {"type": "bar", "fill": {"expr": "'u' + 'rl(https://a.com)'"}}},
        {"encoding": {"color": {"field": "city", "scale": None}}},
        {"encoding": {"color": {"field": "city", "scale": {"range": {"field": "city"}}}}},
        {"encoding": {"tooltip": [{"field": "city", "title": "image"}]}},
        {"mark": {"type": "bar", "cursor": "pointer"}},
        {"encoding": {"href": {"value": "https://a.com"}}},
        {"layer": [{"mark": "bar", "data": {"url": "https://a.com"}}]},
        {"transform": [{"lookup": "a", "from": {"data": {"url": "https://a.com"}, "key": "a"}}]},
        {"usermeta": {"embedOptions": {"patch": "https://a.com"}}},
        {"params": [{"name": "a", "bind": {"input": "image"}}]},
        {"params": [{"name": "cursor", "value": "pointer"}]},
        {"data": {"sequence": {"start": 0, "stop": 1e9}}},
        {"data": {"values": [{"a": 1}] * 5001}},
        {"width": float("nan")},
    ],
    ids=str,
)
def test_a_chart_that_leads_elsewhere_or_is_too_large_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Chart(SPEC | change)
    with pytest.raises(ValueError, match=r"\w"):
        figure("vega-lite", json.dumps(SPEC | change))
    assert Chart(SPEC | {"params": [{"name": "zoom", "select": "interval", "bind": "scales"}]})


@pytest.mark.parametrize(
    ("source", "columns", "rows"),
    [
        ("a,b\n1,2.5\n,3", ["a", "b"], [[1, 2.5], [None, 3]]),
        ("zip,id\n01234,12345678901234567890\n", ["zip", "id"], [["01234", "12345678901234567890"]]),
        ('a,a,\n"x, y","say ""no""",3\n\n', ["a", "a (2)", "(3)"], [["x, y", 'say "no"', 3]]),
        ("a\tb\n1\t2,5\n", ["a", "b"], [[1, 2.5]]),
        ("a;b\n2,1;1.5\n3;x\n", ["a", "b"], [[2.1, "1.5"], [3, "x"]]),
        ("a;b\n1,234;5\n", ["a", "b"], [["1,234", 5]]),
        ("# of cities\na;b\nx;2,1\n# the end\n", ["a", "b"], [["x", 2.1]]),
        ("#,a\n1,x\n", ["#", "a"], [[1, "x"]]),
    ],
)
def test_a_table_keeps_what_it_holds(source: str, columns: list[str], rows: list[list[Any]]) -> None:
    assert figure("csv", source) == (Table(columns, rows), "")


def test_short_rows_end_in_empty_cells() -> None:
    table, note = figure("csv", "a,b,c\n1,2,3\n4\n5,6\n")
    assert table == Table(["a", "b", "c"], [[1, 2, 3], [4, None, None], [5, 6, None]])
    assert note.startswith("2 rows had too few cells")


@pytest.mark.parametrize("source", ["", "a", 'a,b\n"1,2', "a,b\n" + "1,2\n" * 5001, "a,b\n" + "1" * 200_000], ids=len)
def test_what_is_no_table_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        figure("csv", source)


def colours_in(schema: dict[str, Any]) -> set[str]:
    """The properties that may be a colour in Vega-Lite's schema."""
    colours = [f'"#/definitions/{name}"' for name in ("Color", "ColorName", "Gradient", "HexColor")]
    return {
        name
        for definition in schema["definitions"].values()
        for name, value in definition.get("properties", {}).items()
        if any(colour in json.dumps(value) for colour in colours)
    }


def test_whatever_may_be_a_colour_is_checked_as_one() -> None:
    import altair

    colours = colours_in(altair.vegalite.schema.load_schema()) - {"value"}
    assert len(colours) > 15
    assert [name for name in colours if not STYLE.fullmatch(name)] == []


@pytest.mark.parametrize("colour", ["red", "#f9f", "#ff99ff80", "rgb(1, 2, 3)", "hsl(20deg 50% 50% / 0.5)", None])
def test_colours_are_drawn(colour: str | None) -> None:
    assert Chart(SPEC | {"background": colour, "view": {"stroke": colour}})


def test_data_may_hold_anything() -> None:
    assert Chart(SPEC | {"data": {"values": [{"url": "url(https://a.com)", "href": "x", "image": "https://a.com"}]}})


def test_a_tooltip_of_one_field_is_a_list_of_one() -> None:
    spec = drawable({"layer": [SPEC | {"encoding": {"tooltip": {"field": "city"}}}], "$schema": "https://a.com"})
    assert spec["layer"][0]["encoding"]["tooltip"] == [{"field": "city"}]
    assert spec["$schema"] == SCHEMA


@pytest.mark.parametrize(
    "line",
    [
        'A["one\\ntwo"] --> B[/a/] & C[\\b\\]',
        'A -- "yes: 50%" --> D(url?)',
        "style A fill:#f9f;",
        'A["R&D; x"]',
        'A["a #quot;b#quot; &amp; c, HTTP: 200"]',
        "classDef c fill:rgb(1 2 3),stroke-dasharray: 5 5",
        'A@{ shape: rect, label: "a: b, c" } --> B@{\n  "shape": doc\n}',
        '\tA["image (png)"]',
    ],
)
def test_a_diagram_is_drawn(line: str) -> None:
    check_diagram(f"flowchart LR\n{line}")


@pytest.mark.parametrize(
    "line",
    [
        *("A[ https://a.com ]", "A[ url(x) ]", "A[ \\u0069mg ]", "A[ /\n/a ]", "A[ @import x ]", "A[&#47;#47;]"),
        *("A@{ img: x }", 'A@{ "img": x }', "A@{ shape: rect, other: x }", "A@{ label: x"),
        *("A[ht\ttps://a.com]", "A[#104;ttps://a.com]", "A[javascript:a]"),
        *("style A fill:image-set('x')", "A --> B; style A fill:var(--x)", "classDef c fill:attr(x)"),
    ],
)
def test_a_diagram_that_leads_elsewhere_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="may lead elsewhere"):
        check_diagram(f"flowchart LR\n{line}")


def test_code_keeps_the_names_of_icons(ask: Any) -> None:
    assert [code.value for code in drawn(ask("```python\na = ':material/home:'\n```"), "code")] == [
        "a = ':material/home:'"
    ]


def test_parts_stay_on_the_page_in_json_and_in_markdown(ask: Any) -> None:
    page = ask("Look.", *(Chunk(part=part) for part in PARTS))
    for _ in range(2):
        assert len(drawn(page, "vega_lite_chart")) == len(drawn(page, "dataframe")) == 1
        assert len(drawn(page, "image")) == 1
        page.run()
    conversation = page.session_state["conversation"]
    assert from_json(to_json(conversation)).messages[1].parts[1:] == PARTS
    assert to_markdown(conversation).endswith(
        f"Look.\n\n{CHART}\n\n{TABLE}\n\n![a (dot)](data:image/gif;base64,{DOT})\n"
    )


def test_a_reply_of_parts_alone_is_a_reply(ask: Any) -> None:
    assert not ask(Chunk(part=PARTS[1])).error


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kind": "video"},
        {"kind": "table", "columns": ["a"], "rows": [[1, 2]]},
        {"kind": "table", "columns": ["a", "a"], "rows": []},
        {"kind": "table", "columns": ["a"]},
        {"kind": "chart", "spec": {"data": {"url": "https://a.com"}}},
        {"kind": "chart", "spec": 5},
        {"kind": "image", "data": "?", "type": "image/png"},
        {"kind": "image", "data": "AAAA", "type": "image/bmp"},
    ],
    ids=str,
)
def test_what_is_no_part_is_kept_with_a_reason(values: dict[str, Any]) -> None:
    part = part_of(values)
    assert isinstance(part, Undrawable)
    assert part.values == values
    assert part.reason


def test_what_was_allowed_once_does_not_keep_a_conversation_from_opening(ask: Any) -> None:
    stored = {"kind": "chart", "spec": {"data": {"url": "https://a.com"}}}
    page = ask("Look.")
    conversation = page.session_state["conversation"]
    conversation.messages[1].parts.append(part_of(stored))
    page.run()
    assert not page.exception
    assert any(caption.value.startswith("This can no longer be drawn: ") for caption in page.caption)
    assert json.loads(to_json(conversation))["messages"][1]["parts"][1:] == [stored]
    with pytest.raises(ValueError, match="may lead elsewhere"):
        from_json(to_json(conversation))


def picture(side: int) -> str:
    """A white PNG with sides of this many pixels."""
    file = io.BytesIO()
    PIL.Image.new("1", (side, side)).save(file, "PNG")
    return b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("side", [5001, 10_000, 14_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_an_image_has_no_more_pixels_than_can_be_drawn(side: int) -> None:
    part = part_of({"kind": "image", "data": picture(side), "type": "image/png"})
    assert isinstance(part, Undrawable)
    assert "more than 25 megapixels" in part.reason


def test_a_message_has_no_more_parts_than_can_be_drawn() -> None:
    conversation = Conversation()
    conversation.ask("Look?").parts += [PARTS[1]] * (MOST_PARTS + 1)
    with pytest.raises(ValueError, match="more than 1,000 parts"):
        from_json(to_json(conversation))


def test_what_draws_is_loaded_when_something_is_drawn() -> None:
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        f"page = AppTest.from_file({str(PAGE)!r}, default_timeout={HANG_SECONDS}).run()\n"
        "from chat.ui.text import draw_text\n"
        "draw_text('a **b**')\n"
        "print(sorted({'pandas', 'altair', 'pyarrow'} & {*sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=PAGE.parent, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
