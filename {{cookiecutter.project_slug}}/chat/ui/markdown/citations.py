"""Citations: `[1]` in a text links to that source of the reply, if there is one."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

NUMBER = re.compile(r"\[(\d{1,3})\]")


def add_citations(parser: MarkdownIt) -> None:
    """Let a parser find citations of the sources in `env["sources"]`: anchors, by number."""
    parser.core.ruler.push("citations", find_citations)


def find_citations(state: StateCore) -> None:
    """Give each citation its own token, except within links, which cannot be nested."""
    sources = state.env.get("sources") or {}
    for block in (token for token in state.tokens if token.children and sources):
        links, children = 0, []
        for token in block.children or ():
            links += token.nesting if token.type.startswith("link_") else 0
            children += [token] if links or token.type != "text" else split(token.content, sources)
        block.children = children


def split(text: str, sources: dict[int, str]) -> list[Token]:
    """A text as tokens: words and citations."""
    tokens = []
    for n, piece in enumerate(NUMBER.split(text)):
        if n % 2 and int(piece) in sources:
            tokens.append(Token("citation", "", 0, content=piece, meta={"anchor": sources[int(piece)]}))
        elif piece:
            tokens.append(Token("text", "", 0, content=f"[{piece}]" if n % 2 else piece))
    return tokens
