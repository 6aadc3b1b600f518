"""Reads a chosen file into an attachment. Nothing relies on the browser's checks, which can be evaded."""

from chat import settings
from chat.conversation.attachments import (
    Attachment,
    RefusedError,
    documents,  # {% if cookiecutter.attachments == "images_and_documents" %}
)
from chat.conversation.attachments.images import SUFFIXES as IMAGE_SUFFIXES
from chat.conversation.attachments.images import read_image

SUFFIXES = (*IMAGE_SUFFIXES, *documents.TYPES)  # {% if cookiecutter.attachments == "images_and_documents" %}
SUFFIXES = IMAGE_SUFFIXES  # {% if cookiecutter.attachments == "images" %}
# {% if cookiecutter.attachments == "images_and_documents" %}
IMAGE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
# {% endif %}
LONGEST_NAME = 100


def read(name: str, data: bytes) -> Attachment:
    """The attachment for a file.

    Raises:
        RefusedError: if it cannot be sent.
    """
    name = printable(name)
    if not data:
        raise RefusedError(f"{name} is empty. Choose another file.")
    if len(data) > settings.FILE_MEGABYTES * 1_000_000:
        raise RefusedError(f"{name} is larger than {settings.FILE_MEGABYTES} MB. Send a smaller one.")
    # {% if cookiecutter.attachments == "images_and_documents" %}
    if not data.startswith(IMAGE_STARTS):
        return documents.read_document(name, data)
    # {% endif %}
    return read_image(name, data)


def printable(name: str) -> str:
    """A file's name for pages and prompts: not too long, and without line breaks."""
    return "".join(filter(str.isprintable, name))[-LONGEST_NAME:] or "file"
