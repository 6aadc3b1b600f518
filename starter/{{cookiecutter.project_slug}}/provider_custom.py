"""Your own Python answers: the function `reply`, which is yours to write."""

import time
from collections.abc import Iterator

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"


class ReplyError(Exception):
    """Why there is no reply, or half of one: a sentence for whoever asked."""


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and a content, as it comes."""
    question = messages[-1]["content"]
    if not question.strip():
        raise ReplyError("There is nothing to answer. Ask something.")
    for word in received(question, len(messages)).split(" "):
        yield f"{word} "
        time.sleep(0.02)


def received(question: str, number: int) -> str:
    """All that was received: put your own code in its place."""
    quoted = question.replace("\n", "\n> ")
    return f"""`reply` in `provider.py` was asked this, as message {number} of the conversation:

> {quoted}

`MODEL` is {MODEL}, and `SYSTEM_PROMPT`: {SYSTEM_PROMPT}

To have something else answer, change that function: `yield` a text whenever you have one."""
