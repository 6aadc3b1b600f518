"""Run in the folder of a bake: draws Markdown with empty or broken parts on the page itself.

`python degenerate.py` draws it; `python degenerate.py time` compares the time for texts of two lengths.
"""

import gc
import logging
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from chat.conversation.messages import Conversation
from chat.conversation.parts import Text
from chat.ui.growing import finished_blocks, open_markdown
from chat.ui.markdown.parser import PARSER
from chat.ui.markdown.safe import parsed, safe_markdown
from waiting import HANG

SEEN = [
    "[report.pdf]()",
    "[^1]: ```\n    ![a](b)\n    ```",
    "<" * 2_000 + " ",
    f"[{'a.' * 1_000}1](https://example.com)",
    "\\(" * 1_000,
    "*a " * 400 + "a*" * 400,
    "<b>*" * 300 + "a" + "*</b>" * 300,
    "> " * 300 + "a",
    "![" * 100 + "a" + "](b)" * 100,
]
WORDS = [
    "",
    " ",
    "a",
    "a b",
    "「あ」",
    "א",
    "1",
    "\n",
    "\n\n",
    "&",
    "\\",
    "|",
    ":a:",
    "->",
    "[^1]",
    "$",
    "\0",
    "<br>",
    "<b>",
    "`",
]
ADDRESSES = ["", " ", "a", "<>", "https://example.com", "https://[", "javascript:a", "#a", "//a"]
AROUND = [
    *(
        "**{}**",
        "*{}*",
        "~~{}~~",
        "`{}`",
        "``{}``",
        "\\({}\\)",
        "\\[{}\\]",
        "${}$",
        "$${}$$",
        "<b>{}</b>",
        "<sup>{}</sup>",
    ),
    *(
        "<kbd>{}</kbd>",
        "<details>\n{}\n</details>",
        "\\boxed{{{}}}",
        "\\ce{{{}}}",
        "[{}]",
        "![{}]",
        "【1†{}】",
        "# {}",
        "{}\n===",
    ),
    *(
        "- {}",
        "1. {}",
        "- [ ] {}",
        "> {}",
        "[^1]: {}",
        "[a]: {}",
        "| {} |\n|---|",
        "|{}\n|-|\n|{}",
        "\\[\n{}\n\\]",
        "$$\n{}\n$$",
    ),
    *(
        "```\n{}\n```",
        "```csv\n{}\n```",
        "```mermaid\n{}\n```",
        "```vega-lite\n{}\n```",
        "```{}\n```",
        "~~~\n{}",
        "    {}",
    ),
    *("\\begin{{align}}\n{}\n\\end{{align}}", "\\begin{{a}}\n{}", "<{}>", "<u {}>", "http://{}", "{}@{}"),
]
# Repeated many times: openings that are never closed.
REPEATED = [
    *(
        "<",
        "< ",
        "a.",
        "\\(",
        "\\[",
        "\\[\n",
        "$",
        "$a ",
        "$$",
        "[",
        "![",
        "[a](",
        "[^",
        "[^1]",
        "[^1]: a\n",
        "`",
        "``a`",
        "*",
        "*a ",
    ),
    *(
        "**「",
        "_a_",
        "~~a ",
        "<b>",
        "</b>",
        "<b>a</b>",
        "<u a",
        "<details>\n",
        "【4:0†",
        "\\begin{align}\n",
        "\\boxed{",
        "http://a",
    ),
    *("a@b.", "- ", "- a\n", "> ", "1. ", "|a|\n|-|\n", ":a:", " -> ", "&#1;", "a\n", "\n"),
]


def indented(outer: str, inner: str) -> str:
    """A text with another inserted; in a list or a quote, line by line."""
    start = outer.partition("{")[0] if outer[0] in "->1" else ""
    return outer.format(*[inner.replace("\n", "\n" + (start if start == "> " else " " * len(start)))] * 2)


def nested(inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    """Text with nested text."""
    return some.one_of(
        some.builds(indented, some.sampled_from(AROUND), inner),
        some.builds("[{}]({})".format, inner, some.sampled_from(ADDRESSES)),
        some.builds("![{}]({})".format, inner, some.sampled_from(ADDRESSES)),
        some.lists(inner, max_size=3).map("".join),
        some.lists(inner, max_size=3).map("\n\n".join),
    )


TEXTS = some.recursive(some.sampled_from(WORDS), nested, max_leaves=15)
page = AppTest.from_file(Path("page.py").resolve(), default_timeout=HANG)


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(some.lists(TEXTS, min_size=9, max_size=9))
@example(SEEN)
def draw(texts: list[str]) -> None:
    """Draw each text on the page, also while it grows: without an exception, and not as plain text."""
    conversation = Conversation()
    for text in texts:
        reply = conversation.ask("Well?")
        reply.status, reply.parts = "complete", [Text(text)]
        if "math_block" not in PARSER.get_active_rules()["block"]:
            assert_kept(text)
        for end in range(0, len(text), len(text) // 7 + 1):
            finished_blocks(text[:end])
            open_markdown(text[:end])
    page.query_params.clear()
    page.session_state["conversation"] = conversation
    page.run()
    assert not page.exception, page.exception
    assert len(page.chat_message) == 2 * len(texts)
    assert not [note.value for note in page.caption if "shown as plain text" in note.value]


def assert_kept(text: str) -> None:
    """Code stays code when it is drawn, and there is no image.

    For an app without formulas, where the parser reads drawn text as the page does.
    """
    text = f"[^1]\n\n{text}"  # otherwise a note would not be drawn
    drawn = PARSER.parse(safe_markdown(parsed(text)) + "\n")
    assert "image" not in {child.type for token in drawn for child in token.children or []}
    code = [
        [token.content.strip() for token in tokens if token.type in {"fence", "code_block"}]
        for tokens in (drawn, PARSER.parse(text + "\n"))
    ]
    assert code[0] == code[1], text


def seconds(text: str) -> float:
    """The CPU time to draw a text as it grows, and as a whole, in seconds."""
    start = time.process_time()
    finished_blocks(text)
    open_markdown(text)
    safe_markdown(parsed(text))
    return time.process_time() - start


def compare() -> None:
    """Print texts that take much more than four times as long at four times the length."""
    gc.disable()
    for part in REPEATED:
        for form in ("{}", "{} ", "{}\nx", "[{}1](https://example.com)"):
            short, long = (form.format(part * (length // len(part))) for length in (3_000, 12_000))
            ratio = seconds(long) / max(seconds(short), 0.005)
            if ratio > 10 and seconds(long) / max(min(seconds(short) for _ in range(3)), 0.005) > 10:
                print(f"{part!r} in {form!r}: {ratio:.0f} times as long")


logging.disable()
compare() if sys.argv[1:] == ["time"] else draw()
