"""Documents: their kind, by content, and their text."""

import csv
import io
import logging
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError, convert
from chat.conversation.attachments.decoding import text_in
from chat.conversation.attachments.images import SUFFIXES as IMAGE_SUFFIXES
from chat.conversation.delimited import rows_of
from chat.conversation.text import well_formed

log = logging.getLogger(__name__)

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "csv": "text/csv",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "htm": "text/html",
    "html": "text/html",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "txt": "text/plain",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
TEXTS = ("csv", "htm", "html", "md", "txt")
# A file that each kind of packed document contains.
PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # the start of old or password-protected Office files
LEFT_OUT = "\n[The rest of this document is left out: it is too long.]"

# The environment variables that the converter needs, wherever Python is; no keys.
ENVIRONMENT = ("LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP")

_converting = threading.BoundedSemaphore(settings.DOCUMENT_PROCESSES)  # others wait


def read_document(name: str, data: bytes) -> Attachment:
    """The attachment for a document.

    Raises:
        RefusedError: if it is of an unknown kind or cannot be read.
    """
    kind, size = kind_of(name, data), len(data)
    if kind in TEXTS:
        text = decoded(name, data)
        data = (with_commas(text) if kind == "csv" else text).encode()
    text = well_formed(data.decode() if kind in ("md", "txt") else converted(name, kind, data))
    if not text.strip():
        raise RefusedError(f"{name} contains no text. If it was scanned, send images of its pages.")
    return Attachment(name, TYPES[kind], size, text=text[: settings.DOCUMENT_CHARACTERS])


def kind_of(name: str, data: bytes) -> str:
    """The kind of a document, a key of TYPES: by its content or, for plain text, by its name.

    Raises:
        RefusedError: if it is of none of these kinds.
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(OLD_OFFICE):
        raise RefusedError(
            f"{name} is password-protected, or in an old format. Save it as DOCX, PPTX or XLSX without a password."
        )
    if data.startswith(b"PK"):
        return kind_of_archive(name, data)
    suffix = suffix_of(name)
    if suffix not in TEXTS:
        raise unknown(name)
    return "html" if suffix == "htm" else suffix


def kind_of_archive(name: str, data: bytes) -> str:
    """The kind of a packed document.

    Raises:
        RefusedError: if it is not one, or would unpack to too much.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise damaged(name) from error
    # Nothing unpacks to more than the size given here: Python stops reading there.
    if sum(entry.file_size for entry in entries) > settings.UNPACKED_MEGABYTES * 1_000_000:
        raise RefusedError(f"{name} unpacks to more than {settings.UNPACKED_MEGABYTES} MB. Send a part of it.")
    kinds = [PARTS[entry.filename] for entry in entries if entry.filename in PARTS]
    if not kinds:
        raise unknown(name)
    return kinds[0]


def decoded(name: str, data: bytes) -> str:
    """The text in a plain text file.

    Raises:
        RefusedError: if it is not text.
    """
    try:
        text = text_in(data)
    except ValueError as error:
        raise RefusedError(f"{name} has an unknown encoding. Save it as UTF-8 and send it again.") from error
    if "\0" in text:
        raise unknown(name)
    return text


def with_commas(text: str) -> str:
    """A text table as its converter reads it: separated by commas, with equal rows."""
    try:
        rows, _ = rows_of(text)
    except csv.Error:
        return text
    width = max(map(len, rows), default=0)
    file = io.StringIO()
    csv.writer(file).writerows(row + [""] * (width - len(row)) for row in rows)
    return file.getvalue()


def converted(name: str, kind: str, data: bytes) -> str:
    """The text of a document, from a separate process with limits.

    Raises:
        RefusedError: if it cannot be read.
    """
    most = (settings.DOCUMENT_SECONDS, settings.DOCUMENT_MEGABYTES, settings.DOCUMENT_CHARACTERS)
    command = [sys.executable, "-P", convert.__file__, kind, *map(str, most)]
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread would reserve memory
    try:
        with _converting:
            done = subprocess.run(  # noqa: S603
                command,
                input=data,
                capture_output=True,
                timeout=settings.DOCUMENT_SECONDS,
                env=environment | one_thread,
            )
    except subprocess.TimeoutExpired as error:
        raise too_much(name) from error
    if done.returncode == 0:
        return done.stdout.decode()
    # The last line is the name of an exception, unless the process was ended.
    reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2] if done.returncode == 1 else ""
    log.warning("a document of kind %s was not read: %s", kind, reason if reason.isidentifier() else done.returncode)
    if reason == "PDFPasswordIncorrect":
        raise RefusedError(f"{name} is password-protected. Send a copy without a password.")
    if reason == "MemoryError" or done.returncode < 0:
        raise too_much(name)
    raise damaged(name)


def damaged(name: str) -> RefusedError:
    """The error for a damaged file."""
    return RefusedError(f"{name} is damaged. Save it again or in another format.")


def too_much(name: str) -> RefusedError:
    """The error for a file that exceeds a limit while it is read."""
    return RefusedError(f"{name} takes too much time or memory to read. Send a part of it.")


def unknown(name: str) -> RefusedError:
    """The error for a file of an unsupported kind, or a kind other than its name says."""
    suffix = suffix_of(name)
    if suffix in (*IMAGE_SUFFIXES, *TYPES):
        return RefusedError(f"{name} is not a valid {suffix.upper()} file. Save it again or in another format.")
    return RefusedError(
        f"{name} is not a supported file type. Send an image (PNG, JPEG, WebP, GIF) or a document "
        "(PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text)."
    )


def suffix_of(name: str) -> str:
    """The suffix of a file's name."""
    return Path(name).suffix.lower().removeprefix(".")


def shares(attachments: tuple[Attachment, ...], context_tokens: int) -> dict[Attachment, str]:
    """The documents among these, each with the text that fits a model with this context.

    All together get a third of the context: half of it may go to the reply, and the question needs room too.
    """
    room = context_tokens  # a third of the tokens, at three bytes a token
    documents = [attachment for attachment in attachments if attachment.text]
    texts = {}
    for number, document in enumerate(sorted(documents, key=lambda document: len(document.text))):
        data = document.text.encode()
        share = room // (len(documents) - number)
        whole = len(data) <= share
        texts[document] = document.text if whole else data[:share].decode(errors="ignore") + LEFT_OUT
        room -= min(share, len(data))
    return {document: texts[document] for document in documents}
