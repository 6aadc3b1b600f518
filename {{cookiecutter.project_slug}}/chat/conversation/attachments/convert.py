"""Converts a document to text with MarkItDown, or a workbook with openpyxl, row by row.

A separate program (`python convert.py KIND SECONDS MEGABYTES CHARACTERS`, from standard input to standard output), so
that a document that takes too much time or memory takes it from a process that can be killed, not from the app.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import suppress


def limit(seconds: int, megabytes: int) -> None:
    """Limit the time and memory of this process; macOS and Windows do not limit memory."""
    try:
        import resource
    except ImportError:  # on Windows, only the app limits the time
        return
    # Only memory that is written to counts: reserved addresses and mapped files take none.
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, megabytes * 1_000_000)):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def text_of(kind: str, data: bytes, characters: int = sys.maxsize) -> str:
    """The text of a document, as Markdown.

    Args:
        kind: its kind, a key of `documents.TYPES`.
        data: the file.
        characters: how many are wanted; a document may be read no further.

    Raises:
        Exception: whatever the library raises if it cannot read it.
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

    # Only this converter: MarkItDown itself would also guess types, open archives and call services.
    converter = {
        "csv": converters.CsvConverter,
        "docx": converters.DocxConverter,
        "html": converters.HtmlConverter,
        "pdf": converters.PdfConverter,
        "pptx": converters.PptxConverter,
    }[kind]()
    return converter.convert(io.BytesIO(data), StreamInfo(extension=f".{kind}", charset="utf-8")).markdown


def lines_of_sheets(data: bytes) -> Iterator[str]:
    """The lines of a workbook, a table for each sheet; empty rows are left out, however many."""
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
        sheet.reset_dimensions()  # a sheet's stated size may be wrong, or a trap
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
        sys.exit(type(error).__name__)  # its message may quote the document
    sys.stdout.buffer.write(text[: int(characters)].encode(errors="ignore"))
