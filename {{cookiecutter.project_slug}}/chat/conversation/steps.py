"""The steps and the sources of a reply, as plain data that can be stored anywhere."""

import time
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self
from uuid import uuid4

from chat.conversation.parts import Part


@dataclass(frozen=True)
class Step(Part):
    """A step on the way to a reply.

    A reply yields it when it begins, and again when it has ended:

        yield Chunk(part=(step := Step("Searching", "cats")))
        yield Chunk(part=step.done("3 pages"))

    A step within another, given by its id, is drawn inside that one.
    """

    name: str
    input: str = ""  # its input
    output: str = ""  # its output
    status: Literal["running", "done", "failed"] = "running"
    began: float = field(default_factory=time.time)  # in seconds since 1970
    seconds: float = 0.0  # its duration
    id: str = field(default_factory=lambda: uuid4().hex)
    within: str = ""
    steps: tuple["Step", ...] = ()  # within this one

    def done(self, output: str = "") -> "Step":
        """This step, ended."""
        return replace(self, status="done", output=output, seconds=time.time() - self.began)

    def failed(self, output: str = "") -> "Step":
        """This step, ended without success."""
        return replace(self.done(output), status="failed")

    def updated(self, step: "Step") -> "Step | None":
        """This step, updated by a later version of itself or of one within it; None if the other is unrelated."""
        if step.id == self.id:
            return replace(step, steps=self.steps)
        if step.within == self.id:
            return replace(self, steps=tuple(({each.id: each for each in self.steps} | {step.id: step}).values()))
        return None

    def to_markdown(self) -> str:
        """A quote: the name, the input and the output."""
        said = [f"**{self.name}**", self.input, *(step.to_markdown() for step in self.steps), self.output]
        lines = "\n\n".join(text for text in said if text).splitlines()
        return "\n".join(f"> {line}".rstrip() for line in lines)

    def to_dict(self) -> dict[str, Any]:
        """The step as data for JSON."""
        return {**super().to_dict(), "steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The step that `to_dict` wrote."""
        inner = tuple(cls.from_dict(step) for step in values.get("steps", []))
        rest = {name: value for name, value in values.items() if name not in {"kind", "steps"}}
        return replace(super().from_dict(rest), steps=inner)


@dataclass(frozen=True)
class Source(Part):
    """A source of a reply; `[1]` in its text is the first one."""

    title: str
    address: str = ""  # on the web
    passage: str = ""  # the exact words
    page: int | None = None
    number: int = 0  # among the sources of its message, from 1; set when it is added

    def to_markdown(self) -> str:
        """Its number, title and place, then the passage as a quote."""
        told = [self.title, f"page {self.page}" if self.page else "", self.address]
        place = ", ".join(text for text in told if text)
        quote = "".join(f"\n> {line}" for line in self.passage.splitlines())
        return f"[{self.number}] {place}{quote}"
