"""The tool calls of a reply, and what a provider wants back with them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from chat.conversation.parts import Part


@dataclass(frozen=True)
class ToolCall(Part):
    """A call that the model asked for, and its result. In a reply, one with the same id replaces it."""

    id: str  # as the provider names it
    name: str  # of the tool
    arguments: str  # JSON, as the model wrote it
    result: str = ""  # what the model is told
    status: Literal["running", "waiting", "done", "failed", "declined"] = "running"  # waiting: for a person
    seconds: float = 0.0  # that it took
    server: str = ""  # that made it; none for a function of the app  # {% if cookiecutter.tools == "mcp" %}
    allowed: Literal["", "once", "always"] = ""  # by a person, who was asked
    fingerprint: str = ""  # of the tool about which they were asked

    def to_markdown(self) -> str:
        """A quote: the call, and its result."""
        lines = [f"**{self.name}** {self.arguments}", *self.result.splitlines()]
        return "\n>\n".join(f"> {line}" for line in lines)

    def not_allowed(self) -> "ToolCall":
        """The call, which nobody has allowed."""
        return replace(self, allowed="")

    def declined(self) -> "ToolCall":
        """The call, which a person does not want."""
        return replace(self, status="declined", result="The person declined this call.")

    def ended(self) -> "ToolCall":
        """The call once its reply has ended: with a result, also where none came."""
        if self.status == "running":
            return replace(self, status="failed", result="The reply ended during this call. It may have taken effect.")
        return replace(self.declined(), result="This call was not approved.") if self.status == "waiting" else self


@dataclass(frozen=True)
class Replay(Part):
    """What a provider wants sent back unchanged with the calls of a reply; nobody else can read it."""

    provider: str
    model: str
    items: list[dict[str, Any]]
