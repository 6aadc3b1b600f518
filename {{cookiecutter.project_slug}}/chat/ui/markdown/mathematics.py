r"""Mathematics in Markdown: `\( … \)`, `\[ … \]`, `$ … $` and `$$ … $$`; sums of money are none."""

import re
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

INLINE = re.compile(
    r"\\\((?P<round>.+?)\\\)"
    r"|\\\[(?P<square>.+?)\\\]"
    r"|\$\$(?P<double>[^$]+)\$\$"
    # As Streamlit has it, and not after a letter (US$) or with a sum and words inside ($5 for a or b$).
    r"|(?<![\w$])\$(?P<single>(?![\s$])(?!\d[\d.,]*\s[a-z]{2})[^$\n]*?[^\s\\$])\$(?!\d)",
    re.DOTALL,
)
CLOSING = {"\\[": "\\]", "$$": "$$"}
NESTING: dict[str, Literal[-1, 0, 1]] = {"open": 1, "close": -1}
INTERRUPTED = ["paragraph", "reference", "blockquote", "list"]


def add_mathematics(parser: MarkdownIt) -> None:
    """Let a parser find formulas: `math_inline` in a line, `math_block` on lines of their own."""
    parser.inline.ruler.before("escape", "math_inline", find_inline)
    parser.block.ruler.before("fence", "math_block", find_block, {"alt": INTERRUPTED})


def dollars(formula: str) -> str:
    """The signs between which the page reads a formula: more of them than stand in it."""
    return "$" * max(2, *(len(run) + 1 for run in re.findall(r"\$+", formula)), 0)


def find_inline(state: StateInline, silent: bool) -> bool:
    """A formula in a line of text."""
    if state.src[state.pos] not in "\\$" or not (found := INLINE.match(state.src, state.pos)):
        return False
    if not silent:
        state.push("math_inline", "math", 0).content = " ".join(found[found.lastgroup or 0].split())
    state.pos = found.end()
    return True


def find_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own, none of them blank.

    Its lines belong together before its end has come, too: one that begins with `+` begins no list.
    """
    first = state.getLines(start, start + 1, state.blkIndent, False).strip()
    closing = CLOSING.get(first[:2])
    is_complete = state.eMarks[start] < len(state.src)
    if closing is None or not is_complete or state.is_code_block(start):
        return False
    if closing in first[2:] and not first.endswith(closing):
        return False
    if silent:
        return True
    text, line = first, start + 1
    while not text[2:].endswith(closing) and line < end and 0 <= state.blkIndent <= state.sCount[line]:
        if state.isEmpty(line):
            break
        text += "\n" + state.getLines(line, line + 1, state.blkIndent, False).strip()
        line += 1
    state.line = line
    if text[2:].endswith(closing):
        push(state, "math_block", [start, line], text[2:-2].strip())
    else:
        push(state, "paragraph_open", [start, line])
        push(state, "inline", [start, line], text)
        push(state, "paragraph_close")
    return True


def push(state: StateBlock, kind: str, lines: list[int] | None = None, content: str = "") -> None:
    """Add a token."""
    nesting = NESTING.get(kind.rpartition("_")[2], 0)
    token = state.push(kind, "p" if nesting else "", nesting)
    token.map, token.content, token.children = lines, content, []
