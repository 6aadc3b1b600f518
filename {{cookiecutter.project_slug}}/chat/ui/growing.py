"""Growing Markdown: finished blocks are drawn once, and only the open one is redrawn."""

import io
import re
from itertools import pairwise
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from chat.ui.markdown.parser import PARSER
from chat.ui.markdown.safe import language_of, parsed, safe_markdown
from chat.ui.text import draw_text
from chat.ui.undrawable import or_as_text

# What may become the next list item: a number looks like a paragraph until its dot comes, and an item that begins in
# bold (`* **`) looks like a rule until its words come.
OPEN_ITEM = re.compile(r"^ {0,3}(?:\d{1,9}|\* +\*{2,3}|- +-{2,3})\Z", re.MULTILINE)
# An incomplete link or image at the end of a text; what may begin one in the last word.
OPEN_LINK = re.compile(r"\[[^\[\]\n]*(?:\](?:\([^)\n]*)?)?\Z")
OPEN_ADDRESS = re.compile(r"https?:|www\.|<", re.IGNORECASE)
# What may begin bold, italic, struck-out text or code: no letter comes before it, except in scripts without spaces
# between words.
MARK = re.compile(r"(?<![\\*_~`])(?<![^\W\u2e80-\uffff])(\*{1,3}|_{2,3}|~~|`+)(?=[^\s*_~`])")


def finished_blocks(text: str) -> list[str]:
    """The top-level blocks (paragraphs, whole lists, tables, fences …) at the start of `text` that are finished.

    These are all but the last one, which may still grow. Joined, they are the start of `text`.
    """
    tokens = PARSER.parse(OPEN_ITEM.sub("", text))
    first_lines = [token.map[0] for token in tokens if token.level == 0 and token.map and token.nesting >= 0]
    lines = list(io.StringIO(text, newline=""))
    bounds = [0, *first_lines[1:]]
    return ["".join(lines[start:end]) for start, end in pairwise(bounds)]


class Growing:
    """A Markdown text that is drawn as it grows; at the end it looks as if drawn in one go."""

    def __init__(self, place: DeltaGenerator) -> None:
        """Draw it in `place`, an `st.empty()`."""
        self._box = place.container()
        self._slots = [self._box.empty()]
        self._text, self._drawn, self._finished = "", "", 0

    def draw(self, text: str) -> None:
        """Draw the text so far, which starts with the previous one."""
        self._text = text
        for block in finished_blocks(text[self._finished :]):
            draw_text(block, self._slots[-1])
            self._slots.append(self._box.empty())
            self._drawn, self._finished = "", self._finished + len(block)
        if text[self._finished :] != self._drawn:
            self._drawn = text[self._finished :]
            with or_as_text(self._drawn, self._slots[-1]):
                self._slots[-1].markdown(open_markdown(self._drawn))

    def end(self) -> None:
        """Draw the complete text."""
        if has_references(self._text):
            self._drawn = self._text
            for slot in self._slots:
                slot.empty()
            self._slots.append(self._box.empty())
        draw_text(self._drawn, self._slots[-1])


def open_markdown(text: str) -> str:
    """An unfinished block as safe Markdown; a figure is code until it is finished."""
    blocks = parsed(text)
    if blocks and [*blocks[-1].walk()][-1].type not in {"fence", "code_block"}:
        blocks = parsed(closed(text))
    for node in (node for block in blocks for node in block.walk() if node.type == "fence"):
        if node.token and language_of(node).lower() == "mermaid":
            node.token.info = ""
    return safe_markdown(blocks)


def closed(text: str) -> str:
    """A text with open markup at its end closed: a **word is already bold; an incomplete link is left out."""
    text, marks = without_half(text).rstrip("*_~`\\ \n"), ""
    place = text.rfind("\n\n") + 1
    while "`" not in marks and (found := MARK.search(text, place)):
        end = text.find(found[1], found.end())
        if end < 0:
            marks, place = found[1] + marks, found.end()
        else:
            place = end + len(found[1])
    return text + marks


def without_half(text: str) -> str:
    """A text without an incomplete link, address, tag or citation at its end."""
    while (start := text.rfind("[")) >= 0 and OPEN_LINK.match(text, start):
        if text[start + 1 : start + 2] != "^" and re.match(r"[\w\])\\]", text[max(start - 1, 0) : start]):
            break
        text = text[:start].removesuffix("!")
    if (start := text.rfind("【")) > text.rfind("】"):
        text = text[:start]
    word = text[max(text.rfind(" "), text.rfind("\n")) + 1 :]
    found = OPEN_ADDRESS.search(word)
    return text[: len(text) - len(word) + found.start()] if found else text


def has_references(text: str) -> bool:
    """Whether a text defines links (`[name]: address`) or has footnotes, so that its blocks need each other."""
    environment: dict[str, Any] = {}
    PARSER.parse(text, environment)
    return bool(environment.get("references") or environment.get("footnotes", {}).get("refs"))
