"""What may be drawn of a text that a model wrote: Markdown of which a browser fetches nothing by itself.

The text is parsed, and written anew from what the parser found: words with every sign escaped, and safe links. So it
does not matter how the browser's own parser would have read it.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from string import punctuation
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from chat.ui.markdown.citations import add_citations  # {% if cookiecutter is stepped %}
from chat.ui.markdown.fenced_blocks import check_diagram  # {% if cookiecutter.rich_replies == "yes" %}
from chat.ui.markdown.mathematics import dollars  # {% if cookiecutter.rich_replies == "yes" %}
from chat.ui.markdown.parser import PARSER

add_citations(PARSER)  # {% if cookiecutter is stepped %}
# Every sign of Markdown; and what the page makes an icon, a smiley or an arrow of, even behind a backslash.
SIGNS = re.compile(
    r"(?P<colon>:)(?=[\w+-]+:|material/)|(?P<arrow>(?<!\S)(?:<->|->|<-|--|[<>~]=)(?!\S))|[\\`*_\[\]<>#|~$&:!]"
)
NOTHING = ":color[]{}"  # an element of the page that is empty: what stands on its two sides is read apart
LEFTWARDS = ":shimmer[]"  # empty too
LINE_START = re.compile(r"^([ \t]*\d*)([-+=.)])", re.MULTILINE)
TASK = re.compile(r"\A\\\[([ xX])\\\](?=\s)")
# What the page would make a link of, wherever it stands; punctuation of Chinese and Japanese ends it.
WIDE_PUNCTUATION = r"\u2018-\u201f\u2026\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
ADDRESS = re.compile(rf"(?:https?://|www\.)[^\s<>`\"{WIDE_PUNCTUATION}]+", re.IGNORECASE)
LINKED = re.compile(r"((?:https?://|www\.)[^\s<>`\"')\]]+|(?<![\w.+-])[\w.+-]+@[\w-]+[\w.-]*)", re.IGNORECASE)
CITATION = re.compile(r" ?【\d+(?::\d+)?†[^【】]{,200}】")  # of a file that only the provider has
PLAIN_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
NAMED_HOST = re.compile(r"\w\.[^\W\d_]{2,}")
SHOWN = 80  # characters of an address that is no link
LAST = 999_999_999  # the highest number that an item of a list may have
BAR = re.compile(r"(?<!\\)\|")
ALIGNMENTS = {"text-align:left": ":--", "text-align:center": ":-:", "text-align:right": "--:"}
RAISED = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
)
LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


def parsed(
    text: str,
    sources: dict[int, str] | None = None,  # {% if cookiecutter is stepped %}
) -> list[SyntaxTreeNode]:
    """The top-level blocks of a Markdown text."""  # {% if not cookiecutter is stepped %}
    """The top-level blocks of a Markdown text; `sources` has the anchors of those that it may name, by number."""  # {% if cookiecutter is stepped %}
    text = text if text.endswith("\n") else f"{text}\n"
    return SyntaxTreeNode(PARSER.parse(text)).children  # {% if not cookiecutter is stepped %}
    return SyntaxTreeNode(PARSER.parse(text, {"sources": sources})).children  # {% if cookiecutter is stepped %}


def safe_markdown(blocks: Iterable[SyntaxTreeNode]) -> str:
    """Blocks as Markdown that may be drawn."""
    return "\n\n".join(texts_of(blocks))


def texts_of(blocks: Iterable[SyntaxTreeNode], start: str = "") -> list[str]:
    """Blocks as Markdown, empty ones left out; `start` stands before the first, in its own paragraph if need be."""
    texts: list[str] = []
    for node in blocks:
        if text := block(node):
            texts += [start + text] if node.type == "paragraph" or not start else [start.strip(), text]
            start = ""
    return texts


def host_of(address: str) -> str | None:
    """The host that a link leads to; None if the address may not be a link.

    A link leads to the web, or writes a mail. Its host stands where a reader looks for it, in letters that look like
    no others: not `javascript:…`, nor `https://bank.com@elsewhere.com`, nor a host with letters beyond a to z.
    """
    try:
        parts = urlsplit(address)
        host = parts.path.rpartition("@")[2] if parts.scheme == "mailto" else parts.hostname or ""
    except ValueError:
        return None
    may_link = parts.scheme in {"http", "https", "mailto"} and "@" not in parts.netloc and "\\" not in address
    return host if may_link and PLAIN_HOST.fullmatch(host.lower()) and "xn--" not in host.lower() else None


def block(node: SyntaxTreeNode) -> str:
    """One block, with what is in it."""
    match node.type:
        case "heading":
            return "#" * int(node.tag[1]) + " " + inlines(node).strip().replace("\n", " ")
        case "hr":
            return "___"
        case "fence" | "code_block":
            return fenced(node)
        case "math_block":  # {% if cookiecutter.rich_replies == "yes" %}
            return f"{dollars(node.content)}\n{node.content}\n{dollars(node.content)}"  # {% if cookiecutter.rich_replies == "yes" %}
        case "blockquote":
            return indented("> ", "> ", "\n\n".join(texts_of(node.children, leftwards(node))))
        case "bullet_list" | "ordered_list":
            return listed(node)
        case "table":
            return table(node)
        case "footnote_block":
            return safe_markdown(node.children)
        case "footnote":
            return "\n\n".join(texts_of(node.children, f"{shifted(footnote_number(node), RAISED, '^')} "))
        case _:
            return LINE_START.sub(r"\1\\\2", inlines(node).strip()).replace("\n", "\\\n")


def footnote_number(node: SyntaxTreeNode) -> str:
    """The number of a footnote: as it was written, else its place among those of the text."""
    label = str(node.meta["label"])
    return label if label.isdecimal() else str(node.meta["id"] + 1)


def indented(first: str, others: str, text: str) -> str:
    """A text with something before its first line, and before each of the others."""
    return "\n".join(line.rstrip() for line in (first + text.replace("\n", f"\n{others}")).split("\n"))


def listed(node: SyntaxTreeNode) -> str:
    """A list."""
    is_loose = any(child.type == "paragraph" and not child.hidden for item in node.children for child in item.children)
    gap = "\n\n" if is_loose else "\n"
    numbers = count(int(node.attrs.get("start", 1)))
    items: list[str] = []
    for item in node.children:
        marker = f"{min(next(numbers), LAST)}{item.markup} " if node.type == "ordered_list" else f"{item.markup} "
        is_task = item.children and TASK.match(inlines(item.children[0]))
        texts = texts_of(item.children, "" if items or is_task else leftwards(node))
        items.append(indented(marker, " " * len(marker), TASK.sub(r"[\1]", gap.join(texts))))
    return gap.join(items)


def leftwards(node: SyntaxTreeNode) -> str:
    """The mark by which page.css knows a list, a quote or a table from right to left: its first letter tells."""
    for letter in (letter for part in node.walk() for letter in part.content):
        if (direction := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return "" if direction == "L" else LEFTWARDS
    return ""


def table(node: SyntaxTreeNode) -> str:
    """A table."""
    rows = [row.children for part in node.children for row in part.children]
    lines = [[BAR.sub(r"\\|", inlines(cell).strip().replace("\n", "&#10;")) for cell in row] for row in rows]
    lines[0][0] = leftwards(node.children[0]) + lines[0][0]
    lines.insert(1, [ALIGNMENTS.get(str(cell.attrs.get("style")), "---") for cell in rows[0]])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fenced(node: SyntaxTreeNode) -> str:
    """Code, in a fence."""
    language, content = language_of(node), without_icons(node.content.removesuffix("\n"))
    # {% if cookiecutter.rich_replies == "yes" %}
    if language.lower() == "mermaid":
        try:
            check_diagram(content)
        except ValueError:
            language = "text"
    # {% else %}
    if language.lower() == "mermaid":  # of which the page would make a diagram
        language = "text"
    # {% endif %}
    fence = "`" * max(3, longest_run("`", content) + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def language_of(node: SyntaxTreeNode) -> str:
    """The language of code as the page reads it: the first word of its fence."""
    return re.findall(r"^\w*", node.info.strip())[0]


def inlines(node: SyntaxTreeNode, linked: bool = False) -> str:
    """What stands in a block or in another inline; `linked` within a link, where no other one may be."""
    pieces: list[str] = []
    was_marked = False
    for child in node.children:
        if not (piece := inline(child, linked)):
            continue
        is_marked = child.type in {"em", "strong", "s"}
        if pieces and (is_marked or was_marked):
            left, right = pieces[-1].rstrip("*~")[-1:], piece.lstrip("*~")[:1]
            inner, outer = (right, left) if is_marked else (left, right)
            # Beside a letter, `**"a"**` would neither begin nor end.
            if (is_marked and was_marked) or not (inner.isalnum() or outer.isspace() or outer in punctuation):
                pieces.append(NOTHING)
        pieces.append(piece)
        was_marked = is_marked
    return "".join(pieces)


def inline(node: SyntaxTreeNode, linked: bool) -> str:
    """A piece of text, in which a line break is one whatever stands before it."""
    match node.type:
        case "text":
            return escaped(node.content) if linked else words(node.content)
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return code(node.content)
        case "math_inline":  # {% if cookiecutter.rich_replies == "yes" %}
            return f"{dollars(node.content)} {node.content} {dollars(node.content)}"  # {% if cookiecutter.rich_replies == "yes" %}
        case "link" if not linked:
            return link(str(node.attrs["href"]), plain_text(node), inlines(node, linked=True), inlines(node))
        case "image":
            name = plain_text(node) or "image"
            source = str(node.attrs["src"])
            return escaped(name) if linked else link(source, name, escaped(name), words(name), is_image=True)
        case "em" | "strong" | "s":
            text = inlines(node, linked)
            start, end = len(text) - len(text.lstrip()), len(text.rstrip())
            return f"{text[:start]}{node.markup}{text[start:end]}{node.markup}{text[end:]}" if start < end else text
        case "kbd":
            return code(plain_text(node))
        case "sub":
            return shifted(plain_text(node), LOWERED, "_")
        case "sup":
            return shifted(plain_text(node), RAISED, "^")
        case "citation":  # {% if cookiecutter is stepped %}
            return f"[\\[{node.content}\\]](#{node.meta['anchor']})"  # {% if cookiecutter is stepped %}
        case "footnote_ref":
            return shifted(footnote_number(node), RAISED, "^")
        case _:
            return inlines(node, linked)


def plain_text(node: SyntaxTreeNode) -> str:
    """The words in a piece of text."""
    return "".join(part.content or " " for part in node.walk() if not part.children).strip()


def words(text: str) -> str:
    """Text, with links where it has addresses."""
    text = CITATION.sub("", text)
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        # The sign that ends a sentence, and a bracket around an address, are no part of it.
        address = found[0].rstrip(".,:;?!*_~'" if "(" in found[0] else ".,:;?!*_~')]")
        href = address if "://" in address else f"https://{address}"
        pieces += [escaped(text[end : found.start()]), link(href, address, escaped(address), "")]
        end = found.start() + len(address)
    return "".join([*pieces, escaped(text[end:])])


def escaped(text: str) -> str:
    """Text of which no sign means anything."""
    return SIGNS.sub(escape, text)


def escape(found: re.Match[str]) -> str:
    """A sign behind a backslash; those of an icon or an arrow in elements of their own, which the page reads apart."""
    alone, last = (found[0], "") if found["colon"] else (found[0][:-1], f"\\{found[0][-1]}")
    return "".join(f":color[\\{sign}]" + "{}" for sign in alone) + last


def shifted(text: str, table: dict[int, int], sign: str) -> str:
    """Text above or below the line; behind `^` or `_` where there are no such letters."""
    return text.translate(table) if all(ord(letter) in table for letter in text) else f"\\{sign}({escaped(text)})"


def inert(text: str) -> str:
    """Text of which no sign means anything, and no address is a link."""
    return "".join(code(piece) if n % 2 else escaped(piece) for n, piece in enumerate(LINKED.split(text)))


def code(text: str) -> str:
    """Code in a line."""
    if not text:
        return ""
    ticks = "`" * (longest_run("`", text) + 1)
    is_spaced = text[0] == text[-1] == " " and text.strip()  # one space is taken off each side, unless it is all spaces
    pad = " " if "`" in text[0] + text[-1] or is_spaced else ""
    return f"{ticks}{pad}{without_icons(text)}{pad}{ticks}"


def without_icons(content: str) -> str:
    """Code of which the page makes no icon, which it would even there: a sign without width stands in its name."""
    return content.replace(":material/", ":\u2060material/")


def longest_run(sign: str, text: str) -> int:
    """How often a sign stands in a row, at most."""
    return max(map(len, re.findall(f"{re.escape(sign)}+", text)), default=0)


def link(address: str, name: str, label: str, words_beside: str, is_image: bool = False) -> str:
    """A link, and in brackets its host where the name does not tell it; the address as code where it may be no link.

    Args:
        address: where it leads.
        name: what it is called, as plain text.
        label: the same as Markdown for a link.
        words_beside: the same as Markdown beside an address that is no link.
        is_image: whether it was to be a picture.
    """
    host = host_of(address)
    if host is None:
        shown = code(address if len(address) <= SHOWN else f"{address[:SHOWN]}…")
        return f"{words_beside} ({shown})" if shown and words_beside not in {"", shown} else words_beside or shown
    told = f" ({escaped(host)})" if is_image or misleads(name, host) else ""
    return f"[{label or escaped(host)}](<{address.replace('&', '&amp;')}>){told}"


def misleads(name: str, host: str) -> bool:
    """Whether the name of a link looks like another host than the one to which it leads."""
    if ADDRESS.match(name):
        return host_of(name if "://" in name else f"https://{name}") != host
    names = (word.strip(".-") for word in re.findall(r"[\w.-]+", name.lower()))
    return any(NAMED_HOST.search(word) and word not in {host, host.removeprefix("www.")} for word in names)
