"""Your own Python answers: the function `reply`, which you write."""

import time
from collections.abc import Iterator

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    question = messages[-1]["content"]
    if not question.strip():
        raise ReplyError("There is nothing to answer. Ask something.")
    for word in received(question, len(messages)).split(" "):
        yield f"{word} "
        time.sleep(0.02)


def received(question: str, number: int) -> str:
    """What was received: put your own code in its place."""
    quoted = question.replace("\n", "\n> ")
    return f"""`reply` in `provider.py` was asked this, as message {number} of the conversation:

> {quoted}

`MODEL` is {MODEL}, and `SYSTEM_PROMPT`: {SYSTEM_PROMPT}

To change the answer, edit that function: `yield` text whenever you have some."""
