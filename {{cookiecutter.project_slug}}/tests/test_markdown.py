"""Markdown drawn as it grows ends up like Markdown drawn whole."""

import random

import pytest
from streamlit.testing.v1 import AppTest

from chat.ui.growing import finished_blocks, open_markdown
from chat.ui.markdown.parser import PARSER
from tests.conftest import HANG_SECONDS

TEXT = """# A heading

A paragraph with **bold** text
on two lines.

- a list

  with a paragraph in an item
- and

      code in an item

1. one
2. two
   - nested

> a quote
>
> of two paragraphs
still the quote

```python
def f():

    return "a blank line in a fence"
```

| a | b |
|---|---|
| 1 | 2 |

A heading
=========

~~~
another fence
~~~
<details>
html

</details>

the end"""


def top_level(text: str) -> list[tuple[str, str]]:
    """The blocks of a text as a reader sees them: their kind and their content."""
    tokens = PARSER.parse(text)
    starts = [n for n, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
    ends = [*starts[1:], len(tokens)]
    return [
        (tokens[start].type, "|".join(token.content for token in tokens[start:end]))
        for start, end in zip(starts, ends, strict=True)
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pieces_are_the_blocks_of_the_whole_wherever_it_is_cut(newline: str) -> None:
    text = TEXT.replace("\n", newline)
    chance = random.Random(7)  # noqa: S311
    for _ in range(50):
        cuts = sorted(chance.sample(range(len(text)), 40))
        pieces, finished = [], 0
        for cut in [*cuts, len(text)]:
            blocks = finished_blocks(text[finished:cut])
            pieces += blocks
            finished += sum(map(len, blocks))
        pieces.append(text[finished:])
        assert "".join(pieces) == text
        assert [block for piece in pieces for block in top_level(piece)] == top_level(text)


def test_the_open_block_is_not_finished() -> None:
    assert finished_blocks("one\n\ntwo") == ["one\n\n"]
    assert finished_blocks("- one\n\n- two") == []
    assert finished_blocks("1. one\n\n2") == []
    assert finished_blocks("* one\n* **") == []
    assert finished_blocks("```\none\n\ntwo") == []
    assert finished_blocks("") == []


def drawn(*texts: str) -> list[str]:
    """The Markdown on a page after a text has grown through these states."""

    def page(texts: tuple[str, ...]) -> None:
        import streamlit as st

        from chat.ui.growing import Growing

        growing = Growing(st.empty())
        for text in texts:
            growing.draw(text)
        growing.end()

    page_test = AppTest.from_function(page, args=(texts,), default_timeout=HANG_SECONDS).run()
    assert not page_test.exception
    return [element.value for element in page_test.markdown if element.value]


def test_it_is_drawn_in_blocks() -> None:
    assert drawn("o", "one\n\n**t", "one\n\n**two**") == ["one", "**two**"]
    assert drawn("") == []


def test_links_that_are_defined_later_are_links_in_the_end() -> None:
    text = "See [this].\n\nAnd more.\n\n[this]: https://example.com\n"
    assert drawn("See [this].\n\nAnd", text) == ["See [this](<https://example.com>).\n\nAnd more."]


def test_footnotes_are_below_in_the_end() -> None:
    text = "One[^1].\n\n[^1]: Note.\n\nTwo"
    assert drawn("One[^1].\n\n[^1]: No", text) == ["One¹.\n\nTwo\n\n¹ Note."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so **bo", "so **bo**"),
        ("so **bold *an", "so **bold *an***"),
        ("so **bold**", "so **bold**"),
        ("run `ls -", "run `ls -`"),
        ("so ~~no", "so ~~no~~"),
        ("- a\n- **b", "- a\n- **b**"),
        ("see [the si", "see"),
        ("see [the site](https://exam", "see"),
        ("see ![a](https://exam", "see"),
        ("see https://exam", "see"),
        ("see <https://exam", "see"),
        ("see [the site](https://example.com) now", "see [the site](<https://example.com>) now"),
        ("a[0", "a\\[0"),
        ("a fact[^1", "a fact"),
        ("so【4:0†sour", "so"),
        ("a<b", "a"),
        ("これは**「重", "これは:color[]{}**「重**"),
        ("**「A」**なので", "**「A」**:color[]{}なので"),
        ("**a** and *b*, **c", "**a** and *b*, **c**"),
        ("```python\nprint([1, `2", "```python\nprint([1, `2\n```"),
        ("```mermaid\nflowchart LR", "```\nflowchart LR\n```"),
        ('```vega-lite\n{"mark":', '```vega\n{"mark":\n```'),  # {% if cookiecutter.rich_replies == "yes" %}
    ],
)
def test_what_is_open_is_closed_and_half_a_link_is_not_there(text: str, shown: str) -> None:
    assert open_markdown(text) == shown
