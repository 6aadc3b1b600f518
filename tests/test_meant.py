"""Models' text is drawn as it was meant: in a real browser, wide and narrow, light and dark.

Pictures of it are left in .dev/screenshots.
"""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from app import App
from waiting import wait_until
from wire import Wire

LONG = " + ".join(f"a_{number}" for number in range(40))
REPLY = rf"""# As it was meant

Roses are red,
violets are blue.

| a cell | and<br>lines |
| --- | --- |
| H<sub>2</sub>O<br>x<sup>2</sup> | <kbd>Ctrl</kbd> and <u>words</u> |

<details>
<summary>In short</summary>

It is <b>bold</b> in a Map<String, int>.

</details>

Revenue ($M) and profit ($M), Price ($) and cost ($), from $5 to $10; but $x^2$ and \(y_1\).

\[
a = b

+ c
\]

\begin{{align}}
p &= q \\
r &= s
\end{{align}}

So \boxed{{\frac{{1}}{{2}}}}, \ce{{H2O}} and \(\unheard{{x}}\).

**「A」**なので**「B」**です。

See https://example.com/guide{chr(0xFF0C)}然后继续。

مرحبا بالعالم، هذا نص.

- قائمة
- من العناصر

> שלום עולם

| مدينة | سكان |
| --- | --- |
| باريس | 2 |

As written: :material/home: and :smile: at 10:100:30, a -> b -- c <-> d >= e, std::vector::size, `:material/home:`.

```python
st.button("Home", icon=":material/home:")
```

A fact[^1], and another[^note]【4:0†source】.

[^1]: The first note.
[^note]: The *second* note.

```csv
city	people
Paris	2,1
```

```csv
# of cities
city;people;area
Paris;2,1;105,4
Madrid;3,3
```

| one | two | three | four | five | six | seven |
| --- | --- | --- | --- | --- | --- | --- |
| {" | ".join(["a_word_without_breaks"] * 7)} |

$$
{LONG}
$$

```python
value = {LONG}
```

That is all.
"""
# Nothing of it has words, or all of its words: each is drawn, and none keeps the page from being drawn.
DEGENERATE = [
    *("[report.pdf]()", "[]()", "![]()", "[a]( )", "[][]", "[^]", "[^1]: ", "<>", "** **", "****", "``", "` `", "~~~~"),
    *(
        "$$",
        "$$$$",
        "\\(\\)",
        "\\[\\]",
        "|\n|-|",
        "||\n|-|",
        "- \n-\n\n-",
        "1.\n2.",
        "> \n>",
        "#",
        "# #",
        "[ ]",
        "- [ ]",
    ),
    *(
        "<br>",
        "<br><br>",
        "<b></b>",
        "<sub></sub>",
        "<details></details>",
        "\\",
        "\\\\",
        "&",
        "&#0;",
        ":::",
        ":a[]{{}}",
    ),
    *(
        "999999999. a\n1. b",
        "+",
        "_",
        "___",
        "***",
        "=",
        "a\n=",
        "\ufeff",
        "\u200b",
        "\0",
        "http://",
        "www.",
        "https://[",
        "a@b",
    ),
    *(
        "```csv\n```",
        "```csv\n,\n```",
        "```mermaid\n```",
        "```vega-lite\n{}\n```",
        "```\n```",
        "~~~",
        "\\begin{}",
        "\\[\n\\]",
    ),
]

RIGHTS = "all => all.map(one => one.getBoundingClientRect().right)"
RIGHT_OF_TEXT = """element => {
    const range = document.createRange();
    range.selectNodeContents(document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode());
    return range.getBoundingClientRect().right;
}"""


def box(locator: Locator) -> dict[str, float]:
    """Where an element stands."""
    place = locator.bounding_box()
    assert place
    return {**place, "right": place["x"] + place["width"]}


def assert_meant(reply: Locator) -> None:
    """Every kind of thing that models write is drawn as it was meant."""
    lines = ("Roses are red,\nviolets are blue.", "H₂O\nx²", "Ctrl and words", "and\nlines")
    wait_until(lambda: all(line in reply.inner_text() for line in lines))  # a cell has lines once the style is there
    expect(reply.locator("strong").filter(has_text="In short")).to_be_visible()
    expect(reply).to_contain_text("It is bold in a Map<String, int>.")
    for tag in ("<br>", "<sub>", "<sup>", "<kbd>", "<u>", "<b>", "<details>", "<summary>"):
        expect(reply).not_to_contain_text(tag)
    expect(reply).to_contain_text("Revenue ($M) and profit ($M), Price ($) and cost ($), from $5 to $10; but")
    expect(reply.locator(".katex")).to_have_count(7)
    expect(reply.locator(".katex-display")).to_have_count(3)
    expect(reply.locator(".katex .fbox, .katex .boxpad")).not_to_have_count(0)
    expect(reply.locator("code").filter(has_text="\\ce{H2O}")).to_be_visible()
    colours = "all => [...new Set(all.map(one => getComputedStyle(one).color))].length"
    assert reply.locator(".katex .mord").evaluate_all(colours) == 1  # nothing in red
    assert reply.locator("strong").filter(has_text="「").all_inner_texts() == ["「A」", "「B」"]
    assert reply.locator("a[href^=http]").evaluate_all("all => all.map(one => one.href)") == [
        "https://example.com/guide"
    ]
    expect(reply).to_contain_text("然后继续")
    written = "As written: :material/home: and :smile: at 10:100:30, a -> b -- c <-> d >= e, std::vector::size, "
    expect(reply).to_contain_text(written)
    expect(reply.get_by_test_id("stCode").filter(has_text='icon=":material/home:"')).to_be_visible()
    expect(reply).to_contain_text("A fact¹, and another².")
    expect(reply.get_by_text("¹ The first note.")).to_be_visible()
    assert box(reply.get_by_text("² The second note."))["y"] > box(reply.get_by_text("That is all."))["y"]
    expect(reply.get_by_test_id("stDataFrame")).to_have_count(2)
    expect(reply.get_by_text("1 row had too few cells")).to_be_visible()


def assert_directions(reply: Locator) -> None:
    """What is written from right to left stands at the right, its bullets too."""
    for text in ("مرحبا بالعالم", "قائمة", "שלום עולם"):
        block = reply.locator("p, li").filter(has_text=text).last
        assert abs(block.evaluate(RIGHT_OF_TEXT) - box(block)["right"]) < 20
    for text, tag in (("قائمة", "ul"), ("שלום", "blockquote"), ("مدينة", "table")):
        block = reply.locator(tag).filter(has_text=text)
        assert block.evaluate("element => getComputedStyle(element).direction") == "rtl"
    start = reply.get_by_text("That is all.")
    assert start.evaluate("element => getComputedStyle(element).direction") == "ltr"


def assert_contained(app: App, reply: Locator) -> None:
    """What is wide scrolls inside its own block, and the message stays within the page."""
    assert app.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rights = reply.get_by_test_id("stElementContainer").evaluate_all(RIGHTS)
    assert max(rights) <= box(reply)["right"] <= app.page.evaluate("innerWidth")
    wide = "element => [element.scrollWidth > element.clientWidth, getComputedStyle(element).overflowX]"
    table = reply.locator("table").filter(has_text="seven")
    for block in (table, reply.locator(".katex-display").last, reply.get_by_test_id("stCode").last.locator("pre")):
        assert block.evaluate(wide) == [True, "auto"]
        assert box(block)["right"] <= box(reply)["right"]


def test_as_it_was_meant(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("good", text=REPLY, chunks=120, rate=120)
    app.ask("Draw")
    reply = app.messages.nth(1)
    expect(reply.get_by_role("button", name="More")).to_be_visible()
    app.wait_for_the_end()
    for scheme in ("light", "dark"):
        app.page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            app.page.set_viewport_size({"width": width, "height": 2600})
            collapsed = "false" if width == 1280 else "true"
            expect(app.page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", collapsed)
            assert_meant(reply)
            assert_directions(reply)
            assert_contained(app, reply)
            app.picture(f"meant-{width}-{scheme}")
        app.page.reload()  # and drawn whole
        app.wait_for_the_end()

    wire.play("good", text="\n\n".join([*DEGENERATE, "And that is all."]), chunks=120, rate=120)
    app.ask("Draw nothing")
    expect(app.messages.nth(3)).to_contain_text("And that is all.")
    app.wait_for_the_end()
    expect(app.page.get_by_test_id("stException")).to_have_count(0)
    expect(app.messages.nth(3)).to_contain_text("report.pdf")
