"""Messages, and the conversation that they form: a tree, one path of which is on the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import (
    Any,  # {% if cookiecutter is stepped %}
    Literal,
    cast,
)
from uuid import uuid4

from chat.conversation.attachments import Attachment  # {% if cookiecutter.attachments != "none" %}
from chat.conversation.calls import Replay, ToolCall  # {% if cookiecutter is tooled %}
from chat.conversation.parts import Part, Reasoning, Text
from chat.conversation.steps import Source, Step  # {% if cookiecutter is stepped %}
from chat.conversation.text import well_formed

Role = Literal["user", "assistant"]
# {% if cookiecutter is tooled %}
# A reply with the status `asking` resumes when a person has decided on its calls.
Status = Literal["waiting", "streaming", "asking", "complete", "stopped", "interrupted", "failed"]
# {% else %}
Status = Literal["waiting", "streaming", "complete", "stopped", "interrupted", "failed"]
# {% endif %}
# {% if cookiecutter is tooled %}
StopReason = Literal["complete", "max_tokens", "ended_early", "tools"]  # the last: the model waits for results
# {% else %}
StopReason = Literal["complete", "max_tokens", "ended_early"]
# {% endif %}

CONTINUE = "Go on exactly where you stopped. Do not repeat anything."


def new_id() -> str:
    """A unique, unguessable id."""
    return uuid4().hex


@dataclass(frozen=True)
class Usage:
    """The tokens of one reply, as the provider counted them."""

    input_tokens: int
    output_tokens: int

    def __add__(self, other: "Usage | None") -> "Usage":
        """The sum, for a reply that was continued."""
        if other is None:
            return self
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(eq=False, kw_only=True)
class Place:
    """A place in a conversation, with the versions of what follows it."""

    versions: list["Message"] = field(default_factory=list)
    shown: int = 0  # which of them is on the page

    def add(self, message: "Message") -> "Message":
        """Add a version, and show it."""
        message.before = self
        self.versions.append(message)
        self.shown = len(self.versions) - 1
        return message


@dataclass(eq=False)
class Message(Place):
    """A question or a reply. A reply is filled in place while it streams."""

    role: Role
    parts: list[Part] = field(default_factory=list)  # in the order they came
    id: str = field(default_factory=new_id)
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    before: Place = field(default_factory=Place, repr=False)
    # A reply has these too.
    status: Status = "complete"
    error: str = ""  # why it failed, or what it waits for: one sentence for the person who asked
    detail: str = ""  # the provider's own message
    provider: str = ""
    model: str = ""
    first_token_seconds: float | None = None
    seconds: float = 0
    usage: Usage | None = None
    stop_reason: StopReason | None = None
    left_out: int = 0  # number of oldest messages not sent to the model
    note: str = ""  # why another provider answered  # {% if cookiecutter.extra_providers %}
    trace_id: str = ""  # {% if cookiecutter.telemetry != "none" %}
    rating: int | None = None  # {% if cookiecutter.feedback != "none" %}
    comment: str = ""  # on the rating  # {% if cookiecutter.feedback != "none" %}

    @classmethod
    def saying(cls, role: Role, text: str) -> "Message":
        """A message with text only."""
        return cls(role, [Text(text)] if text else [])

    @property
    def text(self) -> str:
        """Its text, without the other parts."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Text))

    # {% if cookiecutter.attachments != "none" %}
    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of a question."""
        return tuple(part for part in self.parts if isinstance(part, Attachment))

    # {% endif %}
    @property
    def empty(self) -> bool:
        """Whether it is empty or has only reasoning."""
        # {% if cookiecutter is tooled %}
        return not self.text.strip() and all(isinstance(part, Text | Reasoning | Replay) for part in self.parts)
        # {% else %}
        return not self.text.strip() and all(isinstance(part, Text | Reasoning) for part in self.parts)
        # {% endif %}

    # {% if cookiecutter is tooled %}
    @property
    def calls(self) -> list[ToolCall]:
        """The tool calls that the model requested."""
        return [part for part in self.parts if isinstance(part, ToolCall)]

    @property
    def undecided(self) -> list[ToolCall]:
        """The calls that wait for approval."""
        return [call for call in self.calls if call.status == "waiting" and not call.allowed]

    def replace_call(self, call: ToolCall) -> None:
        """Replace the call with the same id."""
        self.parts[:] = [call if isinstance(part, ToolCall) and part.id == call.id else part for part in self.parts]

    def end_calls(self) -> None:
        """Give a result to unfinished calls, since the reply has ended."""
        for call in self.calls:
            self.replace_call(call.ended())

    # {% endif %}
    def replaced(self, text: str) -> "Message":
        """A copy with another text and the same attachments."""  # {% if cookiecutter.attachments != "none" %}
        return replace(self, parts=[*self.attachments, Text(text)])  # {% if cookiecutter.attachments != "none" %}
        """A copy with another text."""  # {% if cookiecutter.attachments == "none" %}
        return replace(self, parts=[Text(text)])  # {% if cookiecutter.attachments == "none" %}

    def grow(self, kind: type[Text | Reasoning], piece: str) -> None:
        """Append to the latest text or reasoning, or begin one after a part of another kind."""
        for part in reversed(self.parts):
            if isinstance(part, kind):
                part.text += piece
                return
            if not isinstance(part, Text | Reasoning):
                break
        if piece:
            self.parts.append(kind(piece))

    # {% if cookiecutter is stepped %}
    def put(self, part: Part) -> None:
        """Add a part; an existing step is replaced, a nested one goes into its parent, a source gets a number."""
        texts = {name: well_formed(value) for name, value in vars(part).items() if isinstance(value, str)}
        part = replace(cast("Any", part), **texts) if texts else part
        if isinstance(part, Source):
            part = replace(part, number=1 + sum(isinstance(other, Source) for other in self.parts))
        # {% if cookiecutter is tooled %}
        if isinstance(part, ToolCall) and any(call.id == part.id for call in self.calls):
            self.replace_call(part)
            return
        # {% endif %}
        for place, other in enumerate(self.parts):
            if isinstance(part, Step) and isinstance(other, Step) and (updated := other.updated(part)):
                self.parts[place] = updated
                return
        self.parts.append(part)

    # {% endif %}
    # {% if cookiecutter is using("openai_compatible") %}
    def take_back(self, count: int) -> None:
        """Remove this many characters from the end of the text."""
        last = next(part for part in reversed(self.parts) if isinstance(part, Text))
        last.text = last.text[:-count]
        if not last.text:
            self.parts.remove(last)

    # {% endif %}
    @property
    def ended(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.status not in {"waiting", "streaming"}  # {% if not cookiecutter is tooled %}
        return self.status not in {"waiting", "streaming", "asking"}  # {% if cookiecutter is tooled %}

    def wait(self) -> "Message":
        """Queue a reply to this question."""
        return self.add(Message("assistant", status="waiting"))


@dataclass(eq=False)
class Conversation(Place):
    """A tree of messages; on every path, questions and replies alternate."""

    id: str = field(default_factory=new_id)
    owner: str = ""  # a person's id  # {% if cookiecutter is owned %}
    persona: str = ""  # its name  # {% if cookiecutter is peopled %}
    lock: RLock = field(default_factory=RLock, repr=False)  # several pages may show it, and change it

    @property
    def messages(self) -> list[Message]:
        """The messages on the page: question, reply, question, reply."""
        path: list[Message] = []
        place: Place = self
        with self.lock:
            while place.versions:
                place = place.versions[place.shown]
                path.append(place)
        return path

    def everything(self) -> Iterator[Message]:
        """Every message in all versions, each after its parent."""
        places: list[Place] = [self]
        while places:
            place = places.pop()
            yield from place.versions
            places += place.versions

    # {% if cookiecutter.feedback != "none" %}
    def message(self, message_id: str) -> Message | None:
        """The message with this id; None if it was deleted, or replaced because it was empty."""
        return next((message for message in self.everything() if message.id == message_id), None)

    # {% endif %}
    def on_page(self, message_id: str) -> Message | None:
        """The message with this id; None if it is not on the page."""
        return next((message for message in self.messages if message.id == message_id), None)

    # {% if cookiecutter.attachments == "none" %}
    def ask(self, text: str) -> Message:
        """Add a question at the end, and return its queued reply."""
        return (self.messages or [self])[-1].add(Message.saying("user", well_formed(text))).wait()

    # {% else %}
    def ask(self, text: str, attachments: tuple[Attachment, ...] = ()) -> Message:
        """Add a question at the end, and return its queued reply."""
        question = Message("user", [*attachments, Text(well_formed(text))])
        return (self.messages or [self])[-1].add(question).wait()

    # {% endif %}
    def next_waiting(self) -> Message | None:
        """The first queued reply; None while another reply is running."""
        messages = self.messages
        coming = {"streaming"}  # {% if not cookiecutter is tooled %}
        coming = {"streaming", "asking"}  # {% if cookiecutter is tooled %}
        if any(message.status in coming for message in messages):
            return None
        return next((message for message in messages if message.status == "waiting"), None)

    def take_waiting(self) -> Message | None:
        """Take the next queued reply, which only one caller gets."""
        with self.lock:
            if message := self.next_waiting():
                message.status = "streaming"
            return message

    def question_of(self, reply: Message) -> Message:
        """The question that a reply answers."""
        return cast("Message", reply.before)

    def ask_again(self, reply: Message) -> None:
        """Queue another version of a finished reply; an empty one is replaced."""
        if reply.ended:
            if reply.empty:
                reply.before.versions.remove(reply)
            self.question_of(reply).wait()

    def go_on(self, reply: Message) -> None:
        """Queue a finished reply to be continued."""
        if reply.ended:
            reply.status = "waiting"

    # {% if cookiecutter is tooled %}
    @property
    def always(self) -> set[str]:
        """The fingerprints of the tools that may be called in this conversation without asking again."""
        return {call.fingerprint for message in self.everything() for call in message.calls if call.allowed == "always"}

    def decide(self, reply: Message, call_id: str, allowed: Literal["", "once", "always"]) -> None:
        """Record whether a waiting call is allowed; after the last decision, the reply is queued."""
        for call in reply.undecided:
            if call.id == call_id:
                reply.replace_call(replace(call, allowed=allowed) if allowed else call.declined())
        if reply.status == "asking" and not reply.undecided:
            reply.status = "waiting"

    def stop_asking(self, reply: Message) -> None:
        """End a reply that waits for a decision."""
        if reply.status == "asking":
            reply.status = "stopped"
            reply.end_calls()

    # {% endif %}
    def edit(self, question: Message, text: str) -> Message:
        """Ask an edited question, and return its queued reply."""
        edited = Message.saying("user", well_formed(text))
        edited.parts[:0] = question.attachments  # {% if cookiecutter.attachments != "none" %}
        return question.before.add(edited).wait()

    def show(self, message: Message, version: int) -> None:
        """Show another version (0 is the first) in place of a message, if it is still there."""
        if version < len(message.before.versions):
            message.before.shown = version

    def delete(self, question: Message) -> None:
        """Delete a turn: a question and its replies. What follows the reply on the page stays."""
        place = question.before
        index = place.versions.index(question)
        later = question.versions[question.shown].versions
        for message in later:
            message.before = place
        place.versions[index : index + 1] = later
        place.shown = max(0, min(index + question.versions[question.shown].shown, len(place.versions) - 1))

    def before(self, reply: Message) -> list[Message]:
        """What the model is sent for a reply: the answered turns before it, and the question.

        If the reply has begun, the text so far follows, and the model is asked to continue.
        """
        question = self.question_of(reply)
        # {% if cookiecutter is tooled %}
        said = [part for part in reply.parts if isinstance(part, Text | ToolCall)]
        messages = [reply] if said else []
        if said and isinstance(said[-1], Text):
            messages.append(Message.saying("user", CONTINUE))
        # {% else %}
        messages = [reply, Message.saying("user", CONTINUE)] if reply.text else []
        # {% endif %}
        messages.insert(0, question)
        while isinstance(question.before, Message):
            answer, question = question.before, self.question_of(question.before)
            if answer.text:
                messages[:0] = [question, answer]
        return messages
