"""Run by pytest in the folder of a bake: whatever people do in whatever order, no message is out of order or torn."""

import asyncio
import itertools
import queue
from collections.abc import AsyncGenerator

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat.conversation.export import from_json, to_json
from chat.conversation.messages import Conversation, Message
from chat.providers import Chunk, ProviderError
from chat.replies.reply import Reply, running
from waiting import wait_until


class Provider:
    """Writes the words that it is given, until it is told to end."""

    def __init__(self) -> None:
        self.words: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        self.closed = False

    async def stream(self) -> AsyncGenerator[Chunk]:
        """The reply."""
        try:
            while True:
                try:
                    word = self.words.get_nowait()
                except queue.Empty:
                    await asyncio.sleep(0.001)
                    continue
                if isinstance(word, Exception):
                    raise word
                yield Chunk(stop_reason="complete") if word is None else Chunk(word)
                if word is None:
                    return
        finally:
            self.closed = True


class Talk(RuleBasedStateMachine):
    """A conversation, and people who do anything to it."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation()
        self.providers: dict[str, Provider] = {}
        self.expected: dict[str, str] = {}  # by the id of a reply: all that was written while it ran
        self.followers = []
        self.numbers = itertools.count()

    def replies(self, *statuses: str) -> list[Message]:
        """The replies on the page that have one of these statuses."""
        return [
            message
            for message in self.conversation.messages
            if message.role == "assistant" and message.status in statuses
        ]

    def begin(self, message: Message) -> None:
        """Have the provider fill a message."""
        self.providers[message.id] = Provider()
        self.expected.setdefault(message.id, "")
        Reply(message, self.providers[message.id].stream())

    def started(self) -> bool:
        """Whether a reply is coming."""
        return bool(self.replies("streaming"))

    def ended(self) -> bool:
        """Whether a reply has ended."""
        return bool(self.replies("complete", "stopped", "failed"))

    @rule()
    def ask(self) -> None:
        """Ask, also while a reply is coming."""
        self.conversation.ask(f"question {next(self.numbers)}")

    @rule()
    def draw_the_page(self) -> None:
        """Run the page: it begins the next reply that waits."""
        if message := self.conversation.take_waiting():
            self.begin(message)

    @precondition(started)
    @rule(word=st.text(min_size=1, max_size=5))
    def write(self, word: str) -> None:
        """The provider writes a word."""
        (message,) = self.replies("streaming")
        self.providers[message.id].words.put(word)
        self.expected[message.id] += word
        wait_until(lambda: message.text == self.expected[message.id])

    @precondition(started)
    @rule(end=st.sampled_from([None, ProviderError("cut_off")]))
    def end(self, end: Exception | None) -> None:
        """The provider ends, or fails."""
        (message,) = self.replies("streaming")
        self.providers[message.id].words.put(end)
        wait_until(lambda: message.id not in running)

    @precondition(started)
    @rule(word=st.sampled_from(["", "late"]))
    def stop(self, word: str) -> None:
        """Somebody stops the reply, perhaps just when a word comes."""
        (message,) = self.replies("streaming")
        self.providers[message.id].words.put(word)
        running[message.id].stop()
        text = message.text
        wait_until(lambda: self.providers[message.id].closed or not message.text)
        assert message.text == text
        assert text in (self.expected[message.id], self.expected[message.id] + word)
        self.expected[message.id] = text

    @precondition(started)
    @rule()
    def open_a_tab(self) -> None:
        """One more page follows."""
        (message,) = self.replies("streaming")
        self.followers.append((message, running[message.id].follow()))

    @rule()
    def close_the_tabs(self) -> None:
        """Pages go away."""
        for _, follower in self.followers:
            follower.close()
        self.followers.clear()

    @precondition(ended)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Continue a reply."""
        self.conversation.go_on(data.draw(st.sampled_from(self.replies("complete", "stopped", "failed"))))

    @precondition(ended)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """Let another version of a reply be written."""
        self.conversation.ask_again(data.draw(st.sampled_from(self.replies("complete", "stopped", "failed"))))

    @precondition(ended)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Ask a question in another way."""
        questions = [message for message in self.conversation.messages if message.role == "user"]
        self.conversation.edit(data.draw(st.sampled_from(questions)), f"question {next(self.numbers)}")

    @precondition(lambda self: self.conversation.messages)
    @rule(data=st.data())
    def look_at_another_version(self, data: st.DataObject) -> None:
        """Move to another version of a message."""
        message = data.draw(st.sampled_from(self.conversation.messages))
        message.before.shown = data.draw(st.integers(0, len(message.before.versions) - 1))

    @precondition(lambda self: self.conversation.messages and not running)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a turn."""
        questions = [message for message in self.conversation.messages if message.role == "user"]
        self.conversation.delete(data.draw(st.sampled_from(questions)))

    @invariant()
    def questions_and_replies_take_turns(self) -> None:
        """Question, reply, question, reply; each behind the one that it follows."""
        messages = self.conversation.messages
        assert [message.role for message in messages] == ["user", "assistant"] * (len(messages) // 2)
        for before, message in itertools.pairwise([self.conversation, *messages]):
            assert message.before is before

    @invariant()
    def no_character_is_lost(self) -> None:
        """Every reply has all that was written to it, in every version."""
        for message in self.conversation.everything():
            assert message.text == self.expected.get(message.id, message.text if message.role == "user" else "")

    @invariant()
    def what_is_saved_can_be_opened(self) -> None:
        """A saved conversation has the same texts."""
        opened = from_json(to_json(self.conversation))
        assert [message.text for message in opened.messages] == [message.text for message in self.conversation.messages]

    def teardown(self) -> None:
        """End what still runs; who still follows sees the end."""
        for reply in list(running.values()):
            reply.stop()
        for message, follower in self.followers:
            *_, last = follower
            assert last == message.text
        assert not running


Talk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTalk = Talk.TestCase
