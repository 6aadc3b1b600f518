"""Nothing that a model writes is fetched, and no link pretends to be another."""

import pytest

from chat.ui.markdown.safe import host_of, inert, parsed, safe_markdown


def safe(text: str) -> str:
    """A text as it is drawn."""
    return safe_markdown(parsed(text))


TEXT = r"""# A heading with `code`

A paragraph with **bold**, *italic* and ~~struck~~ words
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

\- no list
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
        ("a[^1]\n\n[^1]: b\n\n    ![a](https://a.com)", "a^1 (`b`)\n\n```\n![a](https://a.com)\n```"),
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
