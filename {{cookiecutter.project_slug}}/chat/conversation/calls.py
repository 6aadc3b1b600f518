"""The tool calls of a reply, and what a provider wants back with them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from chat.conversation.parts import Part


@dataclass(frozen=True)
class ToolCall(Part):
    """A call that the model requested, and its result. In a reply, a call with the same id replaces it."""

    id: str  # from the provider
    name: str  # the tool's
    arguments: str  # JSON, as the model wrote it
    result: str = ""  # what the model receives
    status: Literal["running", "waiting", "done", "failed", "declined"] = "running"  # waiting: for approval
    seconds: float = 0.0  # its duration
    server: str = ""  # the tool's; empty for a function of the app  # {% if cookiecutter.tools == "mcp" %}
    allowed: Literal["", "once", "always"] = ""  # by a person
    fingerprint: str = ""  # of the tool when it was approved

    def to_markdown(self) -> str:
        """A quote: the call, and its result."""
        lines = [f"**{self.name}** {self.arguments}", *self.result.splitlines()]
        return "\n>\n".join(f"> {line}" for line in lines)

    def not_allowed(self) -> "ToolCall":
        """The call, not allowed by anyone."""
        return replace(self, allowed="")

    def declined(self) -> "ToolCall":
        """The call, declined by a person."""
        return replace(self, status="declined", result="The person declined this call.")

    def ended(self) -> "ToolCall":
        """The call after its reply has ended: with a result, even if none came."""
        if self.status == "running":
            return replace(self, status="failed", result="The reply ended during this call. It may have taken effect.")
        return replace(self.declined(), result="This call was not approved.") if self.status == "waiting" else self


@dataclass(frozen=True)
class Replay(Part):
    """Provider data to be sent back unchanged with the calls of a reply; only that provider can read it."""

    provider: str
    model: str
    items: list[dict[str, Any]]
