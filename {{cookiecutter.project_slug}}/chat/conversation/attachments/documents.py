"""Documents: what they are by their content, and what they say."""

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
# What the packed ones have in them, each its own.
PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # how files of Office begin that are old, or protected by a password
LEFT_OUT = "\n[The rest of this document is left out: it is too long.]"

# What of the environment the converter needs, wherever Python is; keys are not among it.
ENVIRONMENT = ("LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP")

_converting = threading.BoundedSemaphore(settings.DOCUMENT_PROCESSES)  # others wait


def read_document(name: str, data: bytes) -> Attachment:
    """The attachment made of the file of a document.

    Raises:
        RefusedError: if it is of another kind, or cannot be read.
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
    """The kind of a document, a key of TYPES: from its content, and from its name where it is plain text.

    Raises:
        RefusedError: if it is of no such kind.
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
    """The kind of a document that is packed.

    Raises:
        RefusedError: if it is none, or would take too much room.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise damaged(name) from error
    # Nothing can be unpacked to more than is said here: Python stops reading there.
    if sum(entry.file_size for entry in entries) > settings.UNPACKED_MEGABYTES * 1_000_000:
        raise RefusedError(f"{name} unpacks to more than {settings.UNPACKED_MEGABYTES} MB. Send a part of it.")
    kinds = [PARTS[entry.filename] for entry in entries if entry.filename in PARTS]
    if not kinds:
        raise unknown(name)
    return kinds[0]


def decoded(name: str, data: bytes) -> str:
    """The text in a file of plain text.

    Raises:
        RefusedError: if it is none.
    """
    try:
        text = text_in(data)
    except ValueError as error:
        raise RefusedError(f"{name} has an unknown encoding. Save it as UTF-8 and send it again.") from error
    if "\0" in text:
        raise unknown(name)
    return text


def with_commas(text: str) -> str:
    """A table in text with commas between its cells, and as many cells in each row, as its converter reads it."""
    try:
        rows, _ = rows_of(text)
    except csv.Error:
        return text
    width = max(map(len, rows), default=0)
    file = io.StringIO()
    csv.writer(file).writerows(row + [""] * (width - len(row)) for row in rows)
    return file.getvalue()


def converted(name: str, kind: str, data: bytes) -> str:
    """What a document says; a process of its own, with limits, finds it out.

    Raises:
        RefusedError: if it cannot.
    """
    most = (settings.DOCUMENT_SECONDS, settings.DOCUMENT_MEGABYTES, settings.DOCUMENT_CHARACTERS)
    command = [sys.executable, "-P", convert.__file__, kind, *map(str, most)]
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each would reserve memory
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
    """The error for a file that is not what it seems to be."""
    return RefusedError(f"{name} is damaged. Save it again or in another format.")


def too_much(name: str) -> RefusedError:
    """The error for a file that reaches a limit while it is read."""
    return RefusedError(f"{name} takes too much time or memory to read. Send a part of it.")


def unknown(name: str) -> RefusedError:
    """The error for a file of another kind than those that can be read, or than its name says."""
    suffix = suffix_of(name)
    if suffix in (*IMAGE_SUFFIXES, *TYPES):
        return RefusedError(f"{name} is not a valid {suffix.upper()} file. Save it again or in another format.")
    return RefusedError(
        f"{name} is not a supported file type. Send an image (PNG, JPEG, WebP, GIF) or a document "
        "(PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text)."
    )


def suffix_of(name: str) -> str:
    """What the name of a file says of its kind."""
    return Path(name).suffix.lower().removeprefix(".")


def shares(attachments: tuple[Attachment, ...], context_tokens: int) -> dict[Attachment, str]:
    """The documents among these, each with as much of it as a model with this context is sent.

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
