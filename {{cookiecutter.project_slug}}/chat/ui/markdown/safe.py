"""What may be drawn of a text that a model wrote: Markdown of which a browser fetches nothing by itself.

The text is parsed, and written anew from what the parser found: words with every sign escaped, links whose address
passes. So nothing depends on how the browser's own parser would have read the text.
"""

import re
from collections.abc import Iterable
from itertools import count
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# {% if cookiecutter.rich_replies == "yes" %}
from chat.ui.markdown.fenced_blocks import may_be_drawn
from chat.ui.markdown.mathematics import add_mathematics, dollars

# {% endif %}
# Without HTML: tags are words.
PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
add_mathematics(PARSER)  # {% if cookiecutter.rich_replies == "yes" %}

SIGNS = re.compile(r"[\\`*_\[\]<>#|~$&:!]")
LINE_START = re.compile(r"^(\d*)([-+=.)])", re.MULTILINE)
TASK = re.compile(r"\A\\\[([ xX])\\\](?=\s)")
# What the page would make a link of, wherever it stands.
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>`\"]+", re.IGNORECASE)
LINKED = re.compile(r"((?:https?://|www\.)[^\s<>`\"')\]]+|[\w.+-]+@[\w-]+[\w.-]*)", re.IGNORECASE)
PLAIN_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
NAMED_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}")
SHOWN = 80  # characters of an address that is no link
ALIGNMENTS = {"left": ":--", "center": ":-:", "right": "--:"}


def parsed(text: str) -> list[SyntaxTreeNode]:
    """The top-level blocks of a Markdown text."""
    return SyntaxTreeNode(PARSER.parse(text if text.endswith("\n") else f"{text}\n")).children


def safe_markdown(blocks: Iterable[SyntaxTreeNode]) -> str:
    """Blocks as Markdown that may be drawn."""
    return "\n\n".join(map(block, blocks))


def host_of(address: str) -> str | None:
    """The host that a link leads to; None if the address may not be a link.

    A link leads to the web, or writes a mail. Its host stands where a reader looks for it, in letters that cannot be
    taken for others: `javascript:…`, `https://bank.com@elsewhere.com` and a host with letters beyond a to z are no
    links.
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
            return "#" * int(node.tag[1]) + " " + inlines(node).replace("\n", " ")
        case "hr":
            return "___"
        case "fence" | "code_block":
            return fenced(node)
        case "math_block":  # {% if cookiecutter.rich_replies == "yes" %}
            return f"{dollars(node.content)}\n{node.content}\n{dollars(node.content)}"  # {% if cookiecutter.rich_replies == "yes" %}
        case "blockquote":
            return indented("> ", "> ", safe_markdown(node.children))
        case "bullet_list" | "ordered_list":
            return listed(node)
        case "table":
            return "\n".join(table_rows(node))
        case _:
            return LINE_START.sub(r"\1\\\2", inlines(node))


def indented(first: str, others: str, text: str) -> str:
    """A text with something before its first line, and before each of the others."""
    lines = text.split("\n")
    return "\n".join(((others if n else first) + line).rstrip() for n, line in enumerate(lines))


def listed(node: SyntaxTreeNode) -> str:
    """A list."""
    apart = any(child.type == "paragraph" and not child.hidden for item in node.children for child in item.children)
    gap = "\n\n" if apart else "\n"
    numbers = count(int(node.attrs.get("start", 1)))
    items = []
    for item in node.children:
        marker = f"{next(numbers)}{item.markup} " if node.type == "ordered_list" else f"{item.markup} "
        text = TASK.sub(r"[\1]", gap.join(map(block, item.children)))
        items.append(indented(marker, " " * len(marker), text))
    return gap.join(items)


def table_rows(node: SyntaxTreeNode) -> Iterable[str]:
    """The lines of a table."""
    for part in node.children:
        for row in part.children:
            cells = [re.sub(r"(?<!\\)\|", r"\\|", inlines(cell)) for cell in row.children]
            yield f"| {' | '.join(cells)} |"
        if part.type == "thead":
            styles = [str(cell.attrs.get("style", "")) for cell in part.children[0].children]
            yield f"| {' | '.join(ALIGNMENTS.get(style.removeprefix('text-align:'), '---') for style in styles)} |"


def fenced(node: SyntaxTreeNode) -> str:
    """Code, in a fence."""
    language, content = language_of(node), node.content.removesuffix("\n")
    # {% if cookiecutter.rich_replies == "yes" %}
    if language.lower() == "mermaid" and not may_be_drawn(content):
        language = "text"
    # {% else %}
    if language.lower() == "mermaid":  # of which the page would make a diagram
        language = "text"
    # {% endif %}
    fence = "`" * max(3, longest_run("`", content) + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def language_of(node: SyntaxTreeNode) -> str:
    """The language of code as the page reads it: the first word of its fence."""
    return re.findall(r"^\w*", node.info.strip() if node.type == "fence" else "")[0]


def inlines(node: SyntaxTreeNode, linked: bool = False) -> str:
    """What stands in a block or in another inline; `linked` within a link, where no other one may be."""
    return "".join(inline(child, linked) for child in node.children)


def inline(node: SyntaxTreeNode, linked: bool) -> str:
    """A piece of text."""
    match node.type:
        case "text":
            return escaped(node.content) if linked else words(node.content)
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "\\\n"
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
            return f"{node.markup}{inlines(node, linked)}{node.markup}"
        case _:
            return inlines(node, linked)


def plain_text(node: SyntaxTreeNode) -> str:
    """The words in a piece of text."""
    return "".join(part.content or " " for part in node.walk() if not part.children).strip()


def words(text: str) -> str:
    """Text, with links where it has addresses."""
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
    return SIGNS.sub(r"\\\g<0>", text)


def inert(text: str) -> str:
    """Text of which no sign means anything, and no address is a link."""
    return "".join(code(piece) if n % 2 else escaped(piece) for n, piece in enumerate(LINKED.split(text)))


def code(text: str) -> str:
    """Code in a line."""
    ticks = "`" * (longest_run("`", text) + 1)
    pad = " " if "`" in text[0] + text[-1] or text[0] == text[-1] == " " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


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
        return f"{words_beside} ({shown})" if words_beside not in {"", shown} else shown
    told = f" ({escaped(host)})" if is_image or misleads(name, host) else ""
    return f"[{label or escaped(host)}](<{address.replace('&', '&amp;')}>){told}"


def misleads(name: str, host: str) -> bool:
    """Whether the name of a link looks like another host than the one to which it leads."""
    if ADDRESS.match(name):
        return host_of(name if "://" in name else f"https://{name}") != host
    return any(named not in {host, host.removeprefix("www.")} for named in NAMED_HOST.findall(name.lower()))
