"""What answers: the function `reply`, which you write. README.md says what it receives and what it may yield."""

import time
from collections.abc import Iterator

from chat.providers import Chunk
from chat.providers.custom import Question


def reply(question: Question) -> Iterator[str | Chunk]:
    """The reply to a question, in chunks: each is on the page as soon as it is yielded."""
    for word in received(question).split(" "):
        yield f"{word} "
        time.sleep(0.02)


def received(question: Question) -> str:
    """What was received: put your own code in its place."""
    quoted = question.text.replace("\n", "\n> ")
    attached = ", ".join(file.name for file in question.attachments)  # {% if cookiecutter.attachments != "none" %}
    facts = [
        f"`question.messages`: {len(question.messages)}, with this one",
        f"`question.attachments`: {attached or 'none'}",  # {% if cookiecutter.attachments != "none" %}
        f"`question.conversation`: {question.conversation}",
        f"`question.person`: {question.person}",  # {% if cookiecutter is owned %}
        f"`question.persona`: {question.persona}",  # {% if cookiecutter is peopled %}
        f"`question.model`: {question.model}",
        f"`question.system_prompt`: {question.system_prompt}",
        f"`question.max_tokens`: {question.max_tokens}",
    ]
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"""`reply` in `my_reply.py` was asked this:

> {quoted}

It was also told:

{listed}

To change the answer, edit that function: `README.md` says how."""
