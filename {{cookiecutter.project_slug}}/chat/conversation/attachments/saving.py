"""Attachments in a saved conversation."""

from base64 import b64decode
from dataclasses import replace
from typing import Any

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError
from chat.conversation.attachments.documents import TYPES  # {% if cookiecutter.attachments == "images_and_documents" %}
from chat.conversation.attachments.images import read_image
from chat.conversation.attachments.reading import printable


def to_entries(attachments: tuple[Attachment, ...]) -> list[dict[str, Any]]:
    """Attachments for JSON."""
    return [{**vars(attachment), "image": attachment.base64} for attachment in attachments]


def from_entries(entries: list[dict[str, Any]]) -> tuple[Attachment, ...]:
    """The attachments that `to_entries` wrote, checked like chosen files.

    Raises:
        TypeError: if it has an unexpected structure.
        ValueError: with a reason, if something else is wrong with it.
    """
    if len(entries) > settings.FILES:
        raise ValueError(f"a question has more than {settings.FILES} files")
    return tuple(map(from_entry, entries))


def from_entry(entry: dict[str, Any]) -> Attachment:
    """The attachment in an entry; raises like `from_entries`."""
    values: dict[str, Any] = {**entry, "image": b64decode(entry["image"], validate=True)}
    attachment = Attachment(**values)
    if not isinstance(attachment.size, int) or not 0 <= attachment.size <= settings.FILE_MEGABYTES * 1_000_000:
        raise ValueError(f"the size of a file cannot be {attachment.size!r}")
    attachment = replace(attachment, name=printable(attachment.name))
    # {% if cookiecutter.attachments == "images_and_documents" %}
    if not attachment.image:
        if attachment.type not in TYPES.values() or not (isinstance(attachment.text, str) and attachment.text):
            raise ValueError("a file is neither an image nor a document")
        return replace(attachment, text=attachment.text[: settings.DOCUMENT_CHARACTERS])
    # {% endif %}
    try:
        image = read_image(attachment.name, attachment.image)
    except RefusedError as error:
        raise ValueError("an image cannot be read") from error
    return replace(image, size=attachment.size)
