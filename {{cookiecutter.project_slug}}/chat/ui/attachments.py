"""The box for a question with files, and the attachments of a message."""

import html  # {% if cookiecutter.attachments == "images_and_documents" %}
import io
from dataclasses import dataclass, field

import streamlit as st
from PIL import Image
from streamlit.typing import UploadedFile

from chat import settings
from chat.attachments import Attachment, RefusedError
from chat.attachments.reading import SUFFIXES, read
from chat.attachments.sending import most_images
from chat.providers import Request

WIDTH, HEIGHT = 280, 160  # pixels that an image on the page has at most
# {% if cookiecutter.attachments == "images_and_documents" %}
CHIPS = "display: flex; flex-wrap: wrap; gap: 0.5rem"
CHIP = "border: 1px solid rgba(128, 128, 128, 0.4); border-radius: 0.5rem; padding: 0.25rem 0.6rem; font-size: 0.875rem"
# {% endif %}


@dataclass
class Draft:
    """A question that is not asked yet."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # why it was not asked as it was
    complete: bool = False

    def take(self, text: str, files: list[UploadedFile], options: Request) -> None:
        """Read what was typed and chosen; complete if nothing is in the way."""
        self.text, self.problems = "\n\n".join(filter(None, [self.text, text])), []
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
        self.complete = not self.problems


def draw_input(options: Request, disabled: bool) -> tuple[str, tuple[Attachment, ...]]:
    """Draw the box for a question; the text and the attachments of one that is to be asked, both empty otherwise.

    Where a file is refused nothing is asked: it is said why, what was typed stands in the box again, and the files that
    are good wait above it.
    """
    draft: Draft = st.session_state.setdefault("draft", Draft())
    if draft.problems and draft.text:
        st.session_state.question, draft.text = draft.text, ""
    with st.bottom:
        waiting = st.empty()
        if draft.problems:
            with waiting.container(gap="xsmall"):
                draw_draft(draft)
        sent = st.chat_input(
            "Ask a question",
            key="question",
            accept_file="multiple",
            file_type=SUFFIXES,
            max_upload_size=settings.FILE_MEGABYTES,
            disabled=disabled,
        )
        if sent:
            # A click in the meantime ends this run: the draft is what the next one goes on with.
            with waiting.container(), st.spinner("Reading the files"):
                draft.take(sent.text, sent.files, options)
    if draft.complete:
        waiting.empty()
        st.session_state.draft = Draft()
        return draft.text, tuple(draft.attachments)
    if sent:
        st.rerun()
    return "", ()


def draw_draft(draft: Draft) -> None:
    """Draw why a question was not asked, and the files that wait for it."""
    st.error("This was not sent yet.", icon=":material/error:")
    for problem in draft.problems:
        st.text(problem)  # it has the name of a file, which is not Markdown
    waiting = draft.attachments
    if waiting:
        st.text("These files go with your next question:")
    for number, attachment in enumerate(waiting):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(attachment.label, width="content")
            key = f"remove-{number}-of-{len(waiting)}"  # so a double click does not remove the next one too
            st.button("Remove", key=key, icon=":material/close:", type="tertiary", on_click=remove, args=(number,))


def remove(number: int) -> None:
    """Take a file away that waits for its question."""
    del st.session_state.draft.attachments[number]


def draw_attachments(attachments: tuple[Attachment, ...]) -> None:
    """Draw the attachments of a message: images, and chips of documents."""  # {% if cookiecutter.attachments == "images_and_documents" %}
    """Draw the attachments of a message."""  # {% if cookiecutter.attachments == "images" %}
    if images := [attachment for attachment in attachments if attachment.image]:
        with st.container(horizontal=True):
            for attachment in images:
                width, height = Image.open(io.BytesIO(attachment.image)).size
                scale = min(1, WIDTH / width, HEIGHT / height)
                width, height = max(1, round(scale * width)), max(1, round(scale * height))
                # The box has its size before the browser has the picture: nothing jumps when it comes.
                with st.container(width=width, height=height, border=False):
                    st.image(attachment.image, width=width, alt=attachment.name)
    # {% if cookiecutter.attachments == "images_and_documents" %}
    documents = [attachment for attachment in attachments if attachment.text]
    chips = (f'<span style="{CHIP}">{html.escape(document.label)}</span>' for document in documents)
    if documents:
        st.html(f'<div style="{CHIPS}">{"".join(chips)}</div>')
    # {% endif %}
