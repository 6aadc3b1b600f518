"""A document as text, made by MarkItDown.

A program of its own (`python convert.py KIND SECONDS MEGABYTES CHARACTERS`, from standard input to standard output), so
that a document made to take time or memory takes them from a process that can be ended, and not from the app.
"""

import io
import sys
from contextlib import suppress


def limit(seconds: int, megabytes: int) -> None:
    """Let this process have so much time and memory; macOS does not limit the memory, and Windows neither."""
    try:
        import resource
    except ImportError:  # on Windows, where the app alone looks at the time
        return
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, megabytes * 1_000_000)):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def text_of(kind: str, data: bytes) -> str:
    """What a document says, as Markdown.

    Raises:
        Exception: whatever the library raises where it cannot read it.
    """
    from markitdown import StreamInfo, converters

    # The one converter alone: together they would also guess at content, look into archives and ask services.
    converter = {
        "csv": converters.CsvConverter,
        "docx": converters.DocxConverter,
        "html": converters.HtmlConverter,
        "pdf": converters.PdfConverter,
        "pptx": converters.PptxConverter,
        "xlsx": converters.XlsxConverter,
    }[kind]()
    return converter.convert(io.BytesIO(data), StreamInfo(extension=f".{kind}", charset="utf-8")).markdown


if __name__ == "__main__":
    kind, seconds, megabytes, characters = sys.argv[1:]
    limit(int(seconds), int(megabytes))
    text = text_of(kind, sys.stdin.buffer.read())
    sys.stdout.buffer.write(text[: int(characters)].encode(errors="ignore"))
