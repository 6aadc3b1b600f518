r"""Mathematics in Markdown: `\( … \)`, `\[ … \]`, `$ … $`, `$$ … $$`, `\begin{align} …`, `\boxed{ … }`.

Amounts of money, units and variable names remain text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# What KaTeX draws; other environments are code.
ENVIRONMENT = (
    r"(?:align|alignat|aligned|alignedat|array|[bBpvV]?matrix|[dr]?cases|equation|gather|gathered|smallmatrix|split)\*?"
)
INLINE = re.compile(
    rf"""\\\((?P<round>.+?)\\\) | \\\[(?P<square>.+?)\\\]
    | (?<!\$)\$\$(?P<double>[^$]+)\$\$(?!\$)
    | (?<![\w$])\$(?P<single>(?![\s$])[^$\n]*?[^\s\\$])\$(?![\d$])
    | (?P<environment>\\begin\x7b(?P<name>{ENVIRONMENT})\x7d.+?\\end\x7b(?P=name)\x7d)
    | (?P<command>\\(?:boxed|ce)\x7b)""",
    re.DOTALL | re.VERBOSE,
)
ENDS = {"\\(": "\\)", "\\[": "\\]", "\\b": "}", "\\c": "}"}
LONGEST_COMMAND = 2_000
OPENING = re.compile(r"\\\[|\$\$|\\begin\{([a-zA-Z]+\*?)\}")
INTERRUPTED = ["paragraph", "reference", "blockquote", "list", "footnote_def"]
COMMAND = re.compile(r"\\[a-zA-Z]+(?:\{[^{}]*\})?")
# A sum and a word, or two words side by side.
PROSE = re.compile(r"\A\d[\d.,]*\s?[a-zA-Z]{2}|[^\W\d_]{2,}[\s,]+[^\W\d_]{2,}")
CLEAR = re.compile(r"\A\w\Z|[\\^_]")


def add_mathematics(parser: MarkdownIt) -> None:
    """Let a parser find formulas: `math_inline` in a line, `math_block` on lines of their own."""
    parser.inline.ruler.before("escape", "math_inline", find_inline)
    parser.block.ruler.before("fence", "math_block", find_block, {"alt": INTERRUPTED})


def is_formula(text: str, after: str) -> bool:
    """Whether text between two dollar signs is mathematics; `after` is the character after the second one."""
    depth = 0
    for bracket in text:
        depth += (bracket in "([{") - (bracket in ")]}")
        if depth < 0:  # ($) and ($)
            return False
    if depth or text[0] in "/.,;:" or text[-1] in "/,":
        return False
    return not PROSE.search(COMMAND.sub(" ", text)) and (not after.isalpha() or bool(CLEAR.search(text)))


def find_inline(state: StateInline, silent: bool) -> bool:
    """A formula in a line of text."""
    source, start = state.src, state.pos
    if source[start] not in "\\$":
        return False
    # Without this, each opening without a closing would search to the end of the text.
    if (end := ENDS.get(source[start : start + 2])) and state.html_terminator_last(end) < start:
        return False
    if not (found := INLINE.match(source, start)):
        return False
    formula, stop = found[found.lastgroup or 0], found.end()
    if found["single"] and not is_formula(formula, source[stop : stop + 1]):
        return False
    if found["command"]:
        if not (stop := end_of_group(source, stop)):
            return False
        formula = source[start:stop]
    if not silent:
        kind = "code_inline" if formula.startswith("\\ce{") else "math_inline"  # chemistry, which the page cannot draw
        state.push(kind, "", 0).content = " ".join(formula.split())
    state.pos = stop
    return True


def end_of_group(source: str, start: int) -> int:
    """Where the group ends whose `{` is just before `start`; 0 if it does not end, or is too long."""
    depth = 1
    for place in range(start, min(len(source), start + LONGEST_COMMAND)):
        depth += (source[place] == "{") - (source[place] == "}")
        if not depth:
            return place + 1
    return 0


def find_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own.

    If its opening is alone on a line, it may have blank lines, and is code if it never closes. Its lines stay together
    while it is open: one that begins with `+` is not a list.
    """
    first = state.getLines(start, start + 1, state.blkIndent, False).strip()
    opening = OPENING.match(first)
    is_whole_line = state.eMarks[start] < len(state.src)
    if not opening or not is_whole_line or state.is_code_block(start):
        return False
    closing = opening[0].replace("\\begin", "\\end").replace("[", "]")
    text = first[opening.end() :]
    if closing in text and not ends(text, closing):
        return False
    if silent:
        return True
    is_alone = bool(opening[1]) or not text
    line = start + 1
    while not ends(text, closing) and line < end:
        if not (is_alone if state.isEmpty(line) else 0 <= state.blkIndent <= state.sCount[line]):
            break
        text = state.getLines(line, line + 1, state.blkIndent, False).strip()
        line += 1
    state.line = line
    source = state.getLines(start, line, state.blkIndent, False).strip()
    if ends(text, closing) and re.fullmatch(ENVIRONMENT, opening[1] or "array"):
        if not opening[1]:
            body, _, after = source[2:].rpartition(closing)
            source = body.strip() + after.strip()
        token = state.push("math_block", "", 0)
        source = "\n".join(filter(str.strip, source.split("\n")))
    elif is_alone:
        token = state.push("fence", "", 0)
        token.info = "latex"
    else:
        state.push("paragraph_open", "p", 1).map = [start, line]
        token = state.push("inline", "", 0)
        token.children = []
        state.push("paragraph_close", "p", -1)
    token.map, token.content = [start, line], source
    return True


def ends(text: str, closing: str) -> bool:
    """Whether a formula ends with this line, perhaps before a sentence's punctuation."""
    return text.rstrip(" .,;").endswith(closing)
