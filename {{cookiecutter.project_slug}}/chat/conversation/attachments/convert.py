"""A document as text, made by MarkItDown; a workbook by openpyxl, row by row.

A program of its own (`python convert.py KIND SECONDS MEGABYTES CHARACTERS`, from standard input to standard output), so
that a document made to take time or memory takes them from a process that can be ended, and not from the app.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import suppress


def limit(seconds: int, megabytes: int) -> None:
    """Let this process have so much time and memory; macOS does not limit the memory, and Windows neither."""
    try:
        import resource
    except ImportError:  # on Windows, where the app alone looks at the time
        return
    # Of memory, what is written to: addresses that a library only reserves, or a file that it maps, take none.
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, megabytes * 1_000_000)):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def text_of(kind: str, data: bytes, characters: int = sys.maxsize) -> str:
    """What a document says, as Markdown.

    Args:
        kind: what it is, a key of `documents.TYPES`.
        data: the file.
        characters: how many of them are wanted; a document may be read no further.

    Raises:
        Exception: whatever the library raises where it cannot read it.
    """
    if kind == "xlsx":
        lines: list[str] = []
        for line in lines_of_sheets(data):
            lines.append(line)
            characters -= len(line) + 1
            if characters <= 0:
                break
        return "\n".join(lines)
    from markitdown import StreamInfo, converters

    # The one converter alone: together they would also guess at content, look into archives and ask services.
    converter = {
        "csv": converters.CsvConverter,
        "docx": converters.DocxConverter,
        "html": converters.HtmlConverter,
        "pdf": converters.PdfConverter,
        "pptx": converters.PptxConverter,
    }[kind]()
    return converter.convert(io.BytesIO(data), StreamInfo(extension=f".{kind}", charset="utf-8")).markdown


def lines_of_sheets(data: bytes) -> Iterator[str]:
    """The lines of a workbook, a table for each sheet; rows without a word are left out, however many there are."""
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
        sheet.reset_dimensions()  # how large a sheet says that it is may be wrong, and is made up where it is to harm
        yield f"## {sheet.title}"
        is_first = True
        for row in sheet.iter_rows(values_only=True):
            cells = ["" if cell is None else " ".join(str(cell).split()).replace("|", "\\|") for cell in row]
            if not any(cells):
                continue
            yield f"| {' | '.join(cells)} |"
            if is_first:
                yield "|" + " --- |" * len(cells)
            is_first = False


if __name__ == "__main__":
    kind, seconds, megabytes, characters = sys.argv[1:]
    limit(int(seconds), int(megabytes))
    try:
        text = text_of(kind, sys.stdin.buffer.read(), int(characters))
    except Exception as error:
        sys.exit(type(error).__name__)  # its words may quote the document
    sys.stdout.buffer.write(text[: int(characters)].encode(errors="ignore"))
