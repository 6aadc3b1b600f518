"""Markdown as models write it: CommonMark with tables, strikethrough, footnotes and a few extras."""

import re
import unicodedata
from collections import deque

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from chat.ui.markdown.mathematics import add_mathematics  # {% if cookiecutter.rich_replies == "yes" %}

REFERENCE = re.compile(r"\[\^(\d{1,3}|[^\]\s]{1,50})\]")
# The supported tags, and their node types; all others are words.
KINDS = {
    **dict.fromkeys(("b", "strong", "summary"), "strong"),
    **dict.fromkeys(("em", "i"), "em"),
    **dict.fromkeys(("del", "s"), "s"),
    **dict.fromkeys(("code", "kbd"), "kbd"),
    **dict.fromkeys(("details", "ins", "mark", "small", "u"), "plain"),
    **{name: name for name in ("sub", "sup")},
}
MARKUP = {"strong": "**", "em": "*", "s": "~~"}
TAG = re.compile(rf"<br\s*/?>[ \t]*\n?[ \t]*|<(/?)({'|'.join(KINDS)})(?:\s[^<>]*)?>", re.IGNORECASE)
DEEPEST = 20  # markdown-it's own limit for everything else
BOUNDS = {"softbreak", "hardbreak", "strong_open", "strong_close"}
MOST_OPEN_TAGS = 4


def new_parser() -> MarkdownIt:
    """A Markdown parser that treats HTML as words, except for a few tags."""
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    parser.inline.ruler.at("footnote_ref", find_footnote)
    parser.inline.ruler.at("emphasis", find_emphasis)
    parser.inline.ruler.before("autolink", "tag", find_tag)
    parser.inline.ruler2.before("strikethrough", "depth", limit_depth)
    parser.inline.ruler2.before("fragments_join", "tag", pair_tags)
    add_mathematics(parser)  # {% if cookiecutter.rich_replies == "yes" %}
    return parser


def find_footnote(state: StateInline, silent: bool) -> bool:
    """A footnote reference: `[^1]`, even if its note is missing, or `[^name]` if there is such a note."""
    found = REFERENCE.match(state.src, state.pos)
    return bool(found) and footnote_ref(state, silent, always_match=found[1].isdecimal())


def find_emphasis(state: StateInline, silent: bool) -> bool:
    """Asterisks of emphasis. Scripts without spaces between words need none around them: `**「A」**なので` is bold."""
    start = state.pos
    if not emphasis.tokenize(state, silent):
        return False
    before, after = (state.src[place : place + 1] or " " for place in (start - 1, state.pos))
    if state.src[start] == "*" and (is_wide(before) or is_wide(after)):
        for delimiter in state.delimiters[start - state.pos :]:
            delimiter.open, delimiter.close = not after.isspace(), not before.isspace()
    return True


def is_wide(character: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean."""
    return unicodedata.east_asian_width(character) in "WF"


def limit_depth(state: StateInline) -> None:
    """Leave emphasis that is nested too deeply as words: drawing it would exceed the recursion limit."""
    for delimiters in (state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta)):
        ends: list[int] = []  # of open emphasis
        for number, delimiter in enumerate(delimiters):
            ends = [end for end in ends if end > number]
            if len(ends) == DEEPEST:
                delimiter.end = -1
            elif delimiter.end > number:
                ends.append(delimiter.end)


def find_tag(state: StateInline, silent: bool) -> bool:
    """A supported tag, which counts only in a pair."""
    found = TAG.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("tag" if found[2] else "hardbreak", "", 0)
        token.content = found[0]
        token.info = "".join(found.groups("")).lower()
    state.pos = found.end()
    return True


def pair_tags(state: StateInline) -> None:
    """Make pairs of tags enclose what is between them; unpaired ones are words."""
    outer: list[deque[int]] = []
    opened: deque[int] = deque(maxlen=MOST_OPEN_TAGS)  # positions of open tags
    tokens = state.tokens
    for number, token in enumerate(tokens):
        if token.nesting > 0:
            outer.append(opened)
            opened = deque(maxlen=MOST_OPEN_TAGS)
        elif token.nesting < 0:
            opened = outer.pop()
        elif token.type == "tag" and not token.info.startswith("/"):
            opened.append(number)
        elif token.type == "tag":
            while opened:
                opening = tokens[opened.pop()]
                if opening.info == token.info[1:]:
                    kind = KINDS[opening.info]
                    opening.type, opening.nesting = f"{kind}_open", 1
                    token.type, token.nesting = f"{kind}_close", -1
                    opening.markup = token.markup = MARKUP.get(kind, "")
                    break
    for number, token in enumerate(tokens):
        if token.type == "tag":
            token.type = "text"
            beside = {other.type for other in tokens[max(number - 1, 0) : number + 2] if other is not token}
            if token.info in {"details", "/details"} and beside <= BOUNDS:
                token.content = ""  # its counterpart is in another paragraph


PARSER = new_parser()
