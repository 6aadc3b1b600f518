"""Reasoning that a server leaves in the text as the model writes it: <think>thoughts</think>answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.providers import Chunk, ProviderError

OPEN, CLOSE = "<think>", "</think>"
QUOTES = ("`", '"', "'")  # before a tag that is quoted in an answer


async def thoughts_apart(chunks: AsyncGenerator[Chunk]) -> AsyncGenerator[Chunk]:
    """The chunks, with the thoughts in their text as reasoning.

    Raises:
        ProviderError: what `chunks` raises, after all text that has come.
    """
    text = thoughts = answer = ""
    apart = False  # the server itself separates reasoning

    def news(chunk: Chunk, *, last: bool) -> Chunk:
        nonlocal thoughts, answer
        before, said = thoughts, answer
        thoughts, answer = ("", text) if apart else split(text, last=last)
        goes_on = answer.startswith(said)  # otherwise the apparent answer was thoughts
        return replace(
            chunk,
            text=answer[len(said) :] if goes_on else answer,
            reasoning=chunk.reasoning + thoughts[len(before) :],
            take_back=0 if goes_on else len(said),
        )

    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                text += chunk.text
                apart = apart or bool(chunk.reasoning)
                # {% if cookiecutter is tooled %}
                yield news(chunk, last=chunk.stop_reason is not None or chunk.part is not None)
                # {% else %}
                yield news(chunk, last=chunk.stop_reason is not None)
                # {% endif %}
    except ProviderError:
        yield news(Chunk(), last=True)
        raise
    yield news(Chunk(), last=True)


def split(text: str, *, last: bool) -> tuple[str, str]:
    """The thoughts and the answer in a text so far; half a tag at its end is in neither, unless `last`.

    The first tag may be missing, since many templates write it for the model.
    """
    if not last:
        half = max(n for n in range(len(CLOSE)) if text.endswith(CLOSE[:n]))
        text = text[: len(text) - half]
    before, closed, after = text.partition(CLOSE)
    begins = before.lstrip()
    if begins.startswith(OPEN):
        return begins.removeprefix(OPEN), after.lstrip()
    if closed and OPEN not in before and not before.endswith(QUOTES):
        return before, after.lstrip()
    if not last and OPEN.startswith(begins):
        return "", ""
    return "", text
