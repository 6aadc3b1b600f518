"""The chat input with files, and the attachments of a message."""

import html  # {% if cookiecutter.attachments == "images_and_documents" %}
import io
from dataclasses import dataclass, field

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit.typing import UploadedFile

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError
from chat.conversation.attachments.reading import SUFFIXES, read
from chat.conversation.messages import Conversation
from chat.history.conversations import changing
from chat.providers import Request
from chat.replies.attachments import most_images

WIDTH, HEIGHT = 280, 160  # maximum size of an image on the page, in pixels
# {% if cookiecutter.attachments == "images_and_documents" %}
CHIPS = "display: flex; flex-wrap: wrap; gap: 0.5rem"
CHIP = "border: 1px solid rgba(128, 128, 128, 0.4); border-radius: 0.5rem; padding: 0.25rem 0.6rem; font-size: 0.875rem"
# {% endif %}


@dataclass
class Draft:
    """A question that has not been asked yet."""

    text: str = ""
    files: list[UploadedFile] = field(default_factory=list)  # not read yet
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # why it was not asked
    sent: bool = False

    def send(self) -> None:
        """Take the typed text and the chosen files."""
        question = st.session_state.question
        self.text, self.sent = "\n\n".join(filter(None, [self.text, question.text])), True
        self.files, self.problems = self.files + question.files, []

    def ask(self, conversation: Conversation, options: Request) -> None:
        """Read the files, and ask if all are good. It makes no Streamlit call, so no rerun can interrupt it."""
        files, self.files, self.sent = self.files, [], False
        for file in files:
            if len(self.attachments) == settings.FILES:
                self.problems.append(f"{file.name} is one too many: {settings.FILES} files go with a question.")
                continue
            try:
                self.attachments.append(read(file.name, file.getvalue()))
            except RefusedError as refused:
                self.problems.append(str(refused))
        images = [attachment for attachment in self.attachments if attachment.image]
        if images and not most_images(options.provider, options.model):
            self.problems.append(f"{options.model} cannot see images. Choose another model, or remove them.")
        if not self.problems and (self.text or self.attachments):
            self.sent = True  # until the question is saved
            with changing(conversation):
                conversation.ask(self.text, tuple(self.attachments))
            self.text, self.attachments, self.sent = "", [], False

    def remove(self, number: int, of: int) -> None:
        """Remove one of `of` files; a double click does not remove the next one too."""
        if len(self.attachments) == of:
            del self.attachments[number]


def draw_input(options: Request, notice: DeltaGenerator, *, disabled: bool) -> None:
    """Draw the chat input; a question that was sent is asked in this conversation, wherever a click leads meanwhile.

    If a file is refused, nothing is asked: `notice`, an `st.empty()`, says why, the text returns to the box, and the
    good files wait above it.
    """
    conversation: Conversation = st.session_state.conversation
    draft: Draft = st.session_state.setdefault(f"draft-{conversation.id}", Draft())
    if draft.problems and draft.text:
        st.session_state.question = draft.text
    if draft.problems:
        with notice.container(gap="xsmall"):
            draw_draft(draft)
    st.chat_input(
        "Ask a question",
        key="question",
        accept_file="multiple",
        file_type=SUFFIXES,
        max_upload_size=settings.FILE_MEGABYTES,
        disabled=disabled,
        on_submit=draft.send,
    )
    if draft.problems:
        draft.text = ""  # it is in the box now
    if draft.sent:
        with notice.container(), st.spinner("Reading the files"):
            draft.ask(conversation, options)
        notice.empty()
        if draft.problems:
            st.rerun()


def draw_draft(draft: Draft) -> None:
    """Draw why a question was not asked, and its waiting files."""
    st.error("Not sent yet.", icon=":material/error:")
    for problem in draft.problems:
        st.text(problem)  # not Markdown: it contains a file name
    waiting = draft.attachments
    if waiting:
        st.text("Files for your next question:")
    for number, attachment in enumerate(waiting):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(attachment.label, width="content")
            which = number, len(waiting)
            key = f"remove-{number}-of-{len(waiting)}"
            st.button("Remove", key=key, icon=":material/close:", type="tertiary", on_click=draft.remove, args=which)


def draw_attachments(attachments: tuple[Attachment, ...]) -> None:
    """Draw the attachments of a message: images, and chips of documents."""  # {% if cookiecutter.attachments == "images_and_documents" %}
    """Draw the attachments of a message."""  # {% if cookiecutter.attachments == "images" %}
    if images := [attachment for attachment in attachments if attachment.image]:
        with st.container(horizontal=True):
            for attachment in images:
                width, height = Image.open(io.BytesIO(attachment.image)).size
                scale = min(1, WIDTH / width, HEIGHT / height)
                width, height = max(1, round(scale * width)), max(1, round(scale * height))
                # The box has its size before the image loads, so that nothing jumps.
                with st.container(width=width, height=height, border=False):
                    st.image(attachment.image, width=width, alt=attachment.name)
    # {% if cookiecutter.attachments == "images_and_documents" %}
    documents = [attachment for attachment in attachments if attachment.text]
    chips = (f'<span style="{CHIP}">{html.escape(document.label)}</span>' for document in documents)
    if documents:
        st.html(f'<div style="{CHIPS}">{"".join(chips)}</div>')
    # {% endif %}
