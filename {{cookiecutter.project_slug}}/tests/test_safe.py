"""Nothing that a model writes is fetched, and no link pretends to be another."""

import pytest

from chat.ui.markdown.safe import host_of, inert, parsed, safe_markdown


def safe(text: str) -> str:
    """A text as it is drawn."""
    return safe_markdown(parsed(text))


TEXT = r"""# A heading with `code`

A paragraph with **bold**, *italic* and ~~struck~~ words\
on two lines,\
and a third, 3 \< 4, 5 \* 6.

- a list
  - in a list

    with a paragraph
- [x] a task

7. seven
8. eight

> a quote
>
> > in a quote

```python
def f():

    return "```"
```

| left | right |
| :-- | --: |
| `a\|b` | 2 |

___

\- no list\
1986\. and no list"""


def test_ordinary_markdown_stays_as_it_is() -> None:
    text = TEXT.replace("```python", "````python").replace('"```"\n```', '"```"\n````')
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("![a cat](https://example.com/cat.png)", "[a cat](<https://example.com/cat.png>) (example.com)"),
        ("![][c]\n\n[c]: https://example.com/c", "[image](<https://example.com/c>) (example.com)"),
        ("wow![a](https://example.com)", "wow[a](<https://example.com>) (example.com)"),
        ("Wow!\\![a](https://example.com)", "Wow\\!\\![a](<https://example.com>)"),
        ("![a](data:image/png;base64,AAAA)", "a (`data:image/png;base64,AAAA`)"),
        ("[![a](https://a.com/1)](https://b.com)", "[a](<https://b.com>)"),
        ("<img src='https://example.com/a'>", "\\<img src='[https\\://example.com/a](<https://example.com/a>)'\\>"),
        (":red[`] ![a](https://a.com) `", "\\:red\\[`] ![a](https://a.com) `"),
        ("a[^1]\n\n[^1]: ```\n    ![a](b)\n    ```", "a¹\n\n¹\n\n```\n![a](b)\n```"),
        ("> ```\n> א ![a](b)", "> :shimmer[]\n>\n> ```\n> א ![a](b)\n> ```"),
        ("a[^1]\n\n[^1]: b\n\n    ![a](https://a.com)", "a¹\n\n¹ b\n\n[a](<https://a.com>) (a.com)"),
    ],
)
def test_a_picture_is_a_link_that_shows_its_host(text: str, drawn: str) -> None:
    assert safe(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("[a](https://example.com/?b&copy=1)", "[a](<https://example.com/?b&amp;copy=1>)"),
        ("See https://example.com/a_(b).", "See [https\\://example.com/a\\_(b)](<https://example.com/a_(b)>)."),
        ("(www.example.com)", "([www.example.com](<https://www.example.com>))"),
        ("<me@example.com>", "[me@example.com](<mailto:me@example.com>)"),
        ("[https://bank.com](https://example.com)", "[https\\://bank.com](<https://example.com>) (example.com)"),
        ("[bank.com](https://example.com)", "[bank.com](<https://example.com>) (example.com)"),
        ("[a](https://bank.com@example.com)", "a (`https://bank.com@example.com`)"),
        ("https://bank.com@example.com/a", "`https://bank.com@example.com/a`"),
        ("[a](javascript:alert)", "\\[a\\](javascript\\:alert)"),
        ("[a](data:text/html,b)", "\\[a\\](data\\:text/html,b)"),
        ("[a](/auth/logout)", "a (`/auth/logout`)"),
        ("[a](//example.com)", "a (`//example.com`)"),
        ("[a](https://\u0430pple.com)", "a (`https://xn--pple-43d.com`)"),
        ("https://\u0430pple.com", "`https://\u0430pple.com`"),
        ("https://example.com/a\uff0cb", "[https\\://example.com/a](<https://example.com/a>)\uff0cb"),
        ("\uff08https://example.com\uff09", "\uff08[https\\://example.com](<https://example.com>)\uff09"),
        ("[a.bank.com1](https://example.com)", "[a.bank.com1](<https://example.com>) (example.com)"),
        ("[a]()", "a"),
        ("[]()", ""),
    ],
)
def test_a_link_leads_where_it_seems_to(text: str, drawn: str) -> None:
    assert safe(text) == drawn


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "vbscript:a",
        "data:text/html,a",
        "file:///etc/passwd",
        "https:example.com",
        "https:///example.com",
        "https://a@example.com",
        "https://a.com\\@example.com",
        "https://example.com%2eevil.com",
        "https://[::1",
        "//example.com",
        "?c=1",
        "",
    ],
)
def test_what_is_no_link(address: str) -> None:
    assert host_of(address) is None


@pytest.mark.parametrize("language", ["mermaid", "Mermaid", "mermaid-x"])
def test_a_diagram_that_names_an_address_is_code(language: str) -> None:
    diagram = "flowchart LR\n  A@{ img: 'https://a.com/b' }"
    assert safe(f"- a\n\n  ```{language}\n  {diagram}\n  ```") == f"- a\n\n  ```text\n  {diagram}\n  ```"


def test_a_sentence_of_the_app_has_no_link_whatever_it_quotes() -> None:
    quoting = "It cannot be *x*: https://evil.com/a, www.evil.com or me@evil.com."
    assert inert(quoting) == "It cannot be \\*x\\*\\: `https://evil.com/a,` `www.evil.com` or `me@evil.com.`"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Roses are red,\nviolets  \nare blue", "Roses are red,\\\nviolets\\\nare blue"),
        ("a<br>b<br/>\nc<BR />", "a\\\nb\\\nc"),
        ("a\n===\nb", "# a\n\nb"),
        ("a\nb\n---", "## a b"),
        ("| a<br>b |\n| --- |\n| c |", "| a&#10;b |\n| --- |\n| c |"),
        ("H<sub>2</sub>O, x<sup>n+1</sup>, x<sup>1/2</sup>, a<sub>B_1</sub>", "H₂O, xⁿ⁺¹, x\\^(1/2), a\\_(B\\_1)"),
        ("<kbd>Ctrl</kbd>+<u>C</u>, <b>b *c*</b> and <i> d </i>", "`Ctrl`+C, **b *c*** and  *d*"),
        ("<details open>\n<summary>More</summary>\n\n- a\n\n</details>", "**More**\n\n- a"),
        ("a <b> and <details> in Map<String, int>", "a \\<b\\> and \\<details\\> in Map\\<String, int\\>"),
        ("<b>a *b</b> c*", "\\<b\\>a *b\\</b\\> c*"),
        ("`<br>`", "`<br>`"),
    ],
)
def test_line_breaks_and_tags_are_what_they_mean(text: str, drawn: str) -> None:
    assert safe(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("**「A」**なので**「B」**", "**「A」**:color[]{}なので:color[]{}**「B」**"),
        ("这是**“重点”**的", "这是:color[]{}**“重点”**:color[]{}的"),
        ("**bold:**없이", "**bold\\:**:color[]{}없이"),
        ("a **b** c, d**e**f", "a **b** c, d**e**f"),
        ("2 * 3 * 4 and 2*3*4", "2 \\* 3 \\* 4 and 2*3*4"),
        ("<b>a</b><i>b</i>", "**a**:color[]{}*b*"),
    ],
)
def test_bold_ends_beside_any_script(text: str, drawn: str) -> None:
    assert safe(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (":material/home:", ":color[\\:]{}material/home\\:"),
        ("at 10:100:30", "at 10:color[\\:]{}100\\:30"),
        ("a: b -> c", "a\\: b :color[\\-]{}:color[\\>]{} c"),
        ("a -- b <-> c", "a :color[\\-]{}:color[\\-]{} b :color[\\<]{}:color[\\-]{}:color[\\>]{} c"),
        ("a->b >=", "a-\\>b :color[\\>]{}:color[\\=]{}"),
        ("`:material/home:`", "`:\u2060material/home:`"),
        ("a【4:0†source】. b 【12†c_d】", "a. b"),
        ("【note】", "【note】"),
    ],
)
def test_what_the_page_would_change_is_drawn_as_written(text: str, drawn: str) -> None:
    assert safe(text) == drawn


def test_footnotes_are_small_numbers_with_their_notes_below() -> None:
    text = "a[^2], b[^name] and [^gone]\n\n[^2]: *c*\n[^name]: d\n\n    e\n[^idle]: f\n\ng"
    assert safe(text) == "a², b² and \\[^gone\\]\n\ng\n\n² *c*\n\n² d\n\ne"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("- א\n- b", "- :shimmer[]א\n- b"),
        ("> مرحبا", "> :shimmer[]مرحبا"),
        ("- b\n- א", "- b\n- א"),
        ("- [ ] א", "- [ ] א"),
    ],
)
def test_a_list_and_a_quote_tell_in_which_direction_they_are_written(text: str, drawn: str) -> None:
    assert safe(text) == drawn
