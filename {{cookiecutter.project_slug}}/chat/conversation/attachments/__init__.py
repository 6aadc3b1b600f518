"""Attachments of a question: files that were read, checked and prepared for a model."""

from base64 import b64encode
from dataclasses import dataclass

from chat.conversation.parts import Part


@dataclass(frozen=True)
class Attachment(Part):
    """One file of a question. The file itself is not kept."""

    name: str
    type: str  # a media type: of an image as it is kept, of a document as it was  # {% if cookiecutter.attachments == "images_and_documents" %}
    type: str  # a media type  # {% if cookiecutter.attachments == "images" %}
    size: int  # of the file, in bytes
    image: bytes = b""  # without metadata, scaled to what models use
    # {% if cookiecutter.attachments == "images_and_documents" %}
    text: str = ""  # a document's text; it has no image
    # {% endif %}

    @property
    def label(self) -> str:
        """Its name and its size."""
        if self.size < 1_000:
            return f"{self.name} ({self.size} B)"
        kilobytes = self.size / 1_000
        return (
            f"{self.name} ({kilobytes / 1_000:.1f} MB)" if kilobytes >= 1_000 else f"{self.name} ({kilobytes:.0f} kB)"
        )

    def to_markdown(self) -> str:
        """A list item: the file itself is not kept."""
        return f"- {self.label}"

    @property
    def base64(self) -> str:
        """The image in base64, as most providers' APIs take it."""
        return b64encode(self.image).decode()


class RefusedError(ValueError):
    """A file that cannot be sent; the message is one sentence with the reason and what to do."""
