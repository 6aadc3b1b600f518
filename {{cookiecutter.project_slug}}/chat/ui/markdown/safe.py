"""Safe Markdown from a model's text: drawing it fetches nothing.

The text is parsed and rewritten from the result: words with all markup escaped, and safe links. So it does not matter
how the browser's own parser would have read the text.
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
from chat.ui.markdown.parser import PARSER

add_citations(PARSER)  # {% if cookiecutter is stepped %}
# Markdown's markup; and what Streamlit turns into an icon, an emoji or an arrow, even after a backslash.
MARKUP = re.compile(r"(?P<changed>:(?=[\w+-]+:|material/)|(?<!\S)(?:<->|->|<-|--|[<>~]=)(?!\S))|[\\`*_\[\]<>#|~$&:!]")
NOTHING = ":color[]{}"  # an empty element, which separates the text on both sides
RIGHT_TO_LEFT = ":shimmer[]"  # an empty element, too; page.css knows it
LINE_START = re.compile(r"^([ \t]*\d*)([-+=.)])", re.MULTILINE)
TASK = re.compile(rf"\A(?:{re.escape(RIGHT_TO_LEFT)})?\\\[([ xX])\\\](?=\s)")
# What the page would turn into a link, up to Chinese or Japanese punctuation.
WIDE_PUNCTUATION = r"\u2018-\u201f\u2026\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
ADDRESS = re.compile(rf"(?:https?://|www\.)[^\s<>`\"{WIDE_PUNCTUATION}]+", re.IGNORECASE)
LINKED = re.compile(r"((?:https?://|www\.)[^\s<>`\"')\]]+|(?<![\w.+-])[\w.+-]+@[\w-]+[\w.-]*)", re.IGNORECASE)
CITATION = re.compile(r" ?【\d+(?::\d+)?†[^【】]{,200}】")  # a provider's citation of a file
PLAIN_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
NAMED_HOST = re.compile(r"\w\.[^\W\d_]{2,}")
MOST_SHOWN = 80  # characters of an address that is not a link
LAST_ITEM = 999_999_999  # the highest number in a list
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
    """The top-level blocks of a Markdown text; `sources` has the anchors of those it may cite, by number."""  # {% if cookiecutter is stepped %}
    text = text if text.endswith("\n") else f"{text}\n"
    return SyntaxTreeNode(PARSER.parse(text)).children  # {% if not cookiecutter is stepped %}
    return SyntaxTreeNode(PARSER.parse(text, {"sources": sources})).children  # {% if cookiecutter is stepped %}


def safe_markdown(blocks: Iterable[SyntaxTreeNode], start: str = "", gap: str = "\n\n") -> str:
    """Blocks as safe Markdown, with `gap` between them; `start` precedes them, in its own paragraph if need be."""
    texts: list[str] = []
    for node in blocks:
        if text := block(node):
            texts += [start + text] if node.type == "paragraph" or not start else [start.strip(), text]
            start = ""
    return gap.join(texts)


def host_of(address: str) -> str | None:
    """The host that a link leads to; None if the address may not be a link.

    A link opens a web page or writes an email. Its host is where readers look for it, in unmistakable letters: not
    `javascript:…`, nor `https://bank.com@elsewhere.com`, nor a host with letters other than a to z.
    """
    try:
        parts = urlsplit(address)
        host = parts.path.rpartition("@")[2] if parts.scheme == "mailto" else parts.hostname or ""
    except ValueError:
        return None
    may_link = parts.scheme in {"http", "https", "mailto"} and "@" not in parts.netloc and "\\" not in address
    return host if may_link and PLAIN_HOST.fullmatch(host.lower()) and "xn--" not in host.lower() else None


def block(node: SyntaxTreeNode) -> str:
    """A block as Markdown."""
    match node.type:
        case "heading":
            return "#" * int(node.tag[1]) + " " + inlines(node).strip().replace("\n", " ")
        case "hr":
            return "___"
        case "fence" | "code_block":
            return fenced(node)
        case "math_block":  # {% if cookiecutter.rich_replies == "yes" %}
            return enclosed(f"\n{node.content}\n", "$", 2)  # {% if cookiecutter.rich_replies == "yes" %}
        case "blockquote":
            return indented("> ", "> ", safe_markdown(node.children, direction_mark(node)))
        case "bullet_list" | "ordered_list":
            return listed(node)
        case "table":
            return table(node)
        case "footnote_block":
            return safe_markdown(node.children)
        case "footnote":
            return safe_markdown(node.children, f"{footnote_mark(node)} ")
        case _:
            return LINE_START.sub(r"\1\\\2", inlines(node).strip()).replace("\n", "\\\n")


def footnote_mark(node: SyntaxTreeNode) -> str:
    """The raised number of a footnote: its label if that is a number, else its position in the text."""
    label = str(node.meta["label"])
    return shifted(label if label.isdecimal() else str(node.meta["id"] + 1), RAISED, "^")


def indented(first: str, others: str, text: str) -> str:
    """A text with prefixes: one for the first line, and one for all others."""
    return "\n".join(line.rstrip() for line in (first + text.replace("\n", f"\n{others}")).split("\n"))


def listed(node: SyntaxTreeNode) -> str:
    """A list with all its items."""
    is_loose = any(child.type == "paragraph" and not child.hidden for item in node.children for child in item.children)
    gap = "\n\n" if is_loose else "\n"
    numbers = count(int(node.attrs.get("start", 1)))
    items: list[str] = []
    for item in node.children:
        marker = f"{min(next(numbers), LAST_ITEM)}{item.markup} " if node.type == "ordered_list" else f"{item.markup} "
        text = safe_markdown(item.children, "" if items else direction_mark(node), gap)
        items.append(indented(marker, " " * len(marker), TASK.sub(r"[\1]", text)))
    return gap.join(items)


def direction_mark(node: SyntaxTreeNode) -> str:
    """The mark of a right-to-left list, quote or table, judged by its first letter."""
    for letter in (letter for part in node.walk() for letter in part.content):
        if (direction := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return "" if direction == "L" else RIGHT_TO_LEFT
    return ""


def table(node: SyntaxTreeNode) -> str:
    """A table, line by line."""
    rows = [row.children for part in node.children for row in part.children]
    lines = [[BAR.sub(r"\\|", inlines(cell).strip().replace("\n", "&#10;")) for cell in row] for row in rows]
    lines[0][0] = direction_mark(node.children[0]) + lines[0][0]
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
    if language.lower() == "mermaid":  # else the page would draw a diagram
        language = "text"
    # {% endif %}
    return enclosed(f"{language}\n{content}\n", "`", 3)


def language_of(node: SyntaxTreeNode) -> str:
    """The language of code, as the page reads it."""
    return re.findall(r"^\w*", node.info.strip())[0]


def inlines(node: SyntaxTreeNode, linked: bool = False) -> str:
    """The content of a block or an inline; `linked`: within a link, which cannot contain another."""
    pieces: list[str] = []
    was_marked = False
    for child in node.children:
        if not (piece := inline(child, linked)):
            continue
        is_marked = child.type in {"em", "strong", "s"}
        if pieces and (is_marked or was_marked):
            left, right = pieces[-1].rstrip("*~")[-1:], piece.lstrip("*~")[:1]
            inner, outer = (right, left) if is_marked else (left, right)
            # Next to a letter, `**"a"**` would not be bold.
            if (is_marked and was_marked) or not (inner.isalnum() or outer.isspace() or outer in punctuation):
                pieces.append(NOTHING)
        pieces.append(piece)
        was_marked = is_marked
    return "".join(pieces)


def inline(node: SyntaxTreeNode, linked: bool) -> str:
    """An inline as Markdown; soft and hard line breaks are treated alike."""
    match node.type:
        case "text":
            return escaped(node.content) if linked else words(node.content)
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return code(node.content)
        case "math_inline":  # {% if cookiecutter.rich_replies == "yes" %}
            return enclosed(f" {node.content} ", "$", 2)  # {% if cookiecutter.rich_replies == "yes" %}
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
            return footnote_mark(node)
        case _:
            return inlines(node, linked)


def plain_text(node: SyntaxTreeNode) -> str:
    """The text of an inline without markup."""
    return "".join(part.content or " " for part in node.walk() if not part.children).strip()


def words(text: str) -> str:
    """Text with its addresses as links."""
    text = CITATION.sub("", text)
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        # Punctuation at the end of a sentence, and a bracket around an address, do not belong to it.
        address = found[0].rstrip(".,:;?!*_~'" if "(" in found[0] else ".,:;?!*_~')]")
        href = address if "://" in address else f"https://{address}"
        pieces += [escaped(text[end : found.start()]), link(href, address, escaped(address), "")]
        end = found.start() + len(address)
    return "".join([*pieces, escaped(text[end:])])


def escaped(text: str) -> str:
    """Text without markup."""
    return MARKUP.sub(escape, text)


def escape(found: re.Match[str]) -> str:
    """Markup after a backslash; characters the page would convert, each in its own element."""
    before, after = (":color[\\", "]{}") if found["changed"] else ("\\", "")
    return "".join(f"{before}{character}{after}" for character in found[0])


def shifted(text: str, table: dict[int, int], marker: str) -> str:
    """Superscript or subscript; after `^` or `_` if Unicode lacks the letters."""
    return text.translate(table) if all(ord(letter) in table for letter in text) else f"\\{marker}({escaped(text)})"


def inert(text: str) -> str:
    """Text without markup or links: addresses are code."""
    return "".join(code(piece) if n % 2 else escaped(piece) for n, piece in enumerate(LINKED.split(text)))


def code(text: str) -> str:
    """Inline code."""
    if not text:
        return ""
    # Markdown takes one space off each side, unless there are only spaces.
    is_spaced = text[0] == text[-1] == " " and text.strip()
    pad = " " if "`" in text[0] + text[-1] or is_spaced else ""
    return enclosed(f"{pad}{without_icons(text)}{pad}", "`")


def without_icons(content: str) -> str:
    """Code in which the page finds no icon: a zero-width character splits its name."""
    return content.replace(":material/", ":\u2060material/")


def enclosed(text: str, character: str, least: int = 1) -> str:
    """Text between two runs of a character, longer than any in the text and at least `least` long."""
    longest = max(map(len, re.findall(f"{re.escape(character)}+", text)), default=0)
    run = character * max(least, longest + 1)
    return f"{run}{text}{run}"


def link(address: str, name: str, label: str, words_beside: str, is_image: bool = False) -> str:
    """A link, with its host if the name may hide it; or the address as code if it may not be a link.

    `label` is its name as Markdown in a link, `words_beside` the same next to an address that is not a link.
    """
    host = host_of(address)
    if host is None:
        shown = code(address if len(address) <= MOST_SHOWN else f"{address[:MOST_SHOWN]}…")
        return f"{words_beside} ({shown})" if shown and words_beside not in {"", shown} else words_beside or shown
    told = f" ({escaped(host)})" if is_image or misleads(name, host) else ""
    return f"[{label or escaped(host)}](<{address.replace('&', '&amp;')}>){told}"


def misleads(name: str, host: str) -> bool:
    """Whether the name of a link looks like a host other than its own."""
    if ADDRESS.match(name):
        return host_of(name if "://" in name else f"https://{name}") != host
    names = (word.strip(".-") for word in re.findall(r"[\w.-]+", name.lower()))
    return any(NAMED_HOST.search(word) and word not in {host, host.removeprefix("www.")} for word in names)
