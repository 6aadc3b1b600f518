"""Which attachments a model is sent, and which not."""

from dataclasses import replace
from fnmatch import fnmatch
from html import escape  # {% if cookiecutter.attachments == "images_and_documents" %}
from typing import cast

from chat import settings
from chat.conversation.attachments import documents  # {% if cookiecutter.attachments == "images_and_documents" %}
from chat.conversation.messages import Message
from chat.conversation.parts import Text
from chat.providers import Provider, Request


def most_images(provider: Provider, model: str) -> int:
    """How many images a model accepts in one request; 0 if it is known to be text-only."""
    blind = any(fnmatch(model.lower(), pattern) for pattern in provider.text_models)
    return 0 if blind else provider.most_images


def as_sent(request: Request) -> list[Message]:
    """The messages of a request as its provider accepts them.

    The latest images are sent, as many as the model accepts; the text names the others.
    # {% if cookiecutter.attachments == "images_and_documents" %}
    Documents are in the text, before the question.
    # {% endif %}
    """
    room, messages = most_images(request.provider, request.model), []
    for message in reversed(request.messages):
        images = [attachment for attachment in message.attachments if attachment.image]
        unseen, seen = images[: max(0, len(images) - room)], images[max(0, len(images) - room) :]
        room -= len(seen)
        parts = [f"[The image {image.name}, which cannot be shown to you]" for image in unseen]
        # {% if cookiecutter.attachments == "images_and_documents" %}
        for document, text in documents.shares(message.attachments, request.provider.context_tokens).items():
            parts.append(f'<document name="{escape(document.name)}">\n{text}\n</document>')
        # {% endif %}
        text = "\n\n".join(part for part in [*parts, message.text] if part)
        messages.insert(0, replace(message, parts=[*seen, Text(text)]) if message.attachments else message)
    return messages


def unsent(reply: Message) -> list[str]:
    """What was not sent of the question to the model of a reply: one sentence each."""
    said, question, model = [], cast("Message", reply.before), reply.model
    # {% if cookiecutter.extra_providers %}
    provider = settings.PROVIDERS.get(reply.provider)
    if not provider:  # in a conversation saved by another app
        return said
    # {% else %}
    provider = settings.PROVIDER
    # {% endif %}
    images = [attachment.name for attachment in question.attachments if attachment.image]
    if images and not most_images(provider, model):
        said.append(f"{model} cannot see images: {', '.join(images)}.")
    # {% if cookiecutter.attachments == "images_and_documents" %}
    texts = documents.shares(question.attachments, provider.context_tokens)
    if cut := [document.name for document, text in texts.items() if text != document.text]:
        said.append(f"Only the beginning was sent, to fit the model's context: {', '.join(cut)}.")
    # {% endif %}
    return said
