"""Run by pytest in the folder of a bake: whatever people do, in any order, no message is misplaced or torn.

The bake stores nothing, or has a database and sign-in.

Two pages show one conversation. Every click goes the way of a browser's click, even on something that is gone, and a
run of the page may end wherever it uses the session state.
"""

import asyncio
import itertools
import queue
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

import streamlit
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat import settings as app_settings
from chat.conversation.export import from_json, to_json
from chat.conversation.messages import Conversation, Message
from chat.conversation.text import Door
from chat.history import conversations as store
from chat.providers import Chunk, ProviderError, Request
from chat.replies.reply import Reply, running
from chat.ui import asking
from chat.ui.actions import act
from waiting import wait_until

STORED = find_spec("chat.history.tables") is not None
if STORED:
    from chat.history.engine import engine
    from chat.replies import limits

    limits.ON = True  # counts each reply that begins for the person at the page
    asking.person = lambda: streamlit.session_state.get("person", "ann")

ACTIONS = ("Regenerate", "Continue", "Edit", "Ask", "Cancel", "Delete the turn", "Delete")
WORDS = st.text(min_size=1, max_size=5) | st.sampled_from(["\ud83d", "\ude00", "a\ud83d", "\0"])
PAGES, PICKS = st.integers(0, 1), st.integers(0, 99)


class EndedError(BaseException):
    """Ends a run of the page, as Streamlit's own exceptions do."""


class Session:
    """A page's session state; using it may end the run."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"form": None}
        self.left = -1  # uses before the run ends; negative: no limit

    def used(self) -> dict[str, Any]:
        """The state, unless the run ends here."""
        if self.left == 0:
            raise EndedError
        self.left -= 1
        return self.values

    def __getitem__(self, name: str) -> Any:
        return self.used()[name]

    def get(self, name: str, default: object = None) -> Any:
        return self.used().get(name, default)

    def setdefault(self, name: str, default: object) -> Any:
        return self.used().setdefault(name, default)

    @property
    def conversation(self) -> Conversation:
        return self.used()["conversation"]

    @property
    def form(self) -> str | None:
        return self.used()["form"]

    @form.setter
    def form(self, value: str | None) -> None:
        self.used()["form"] = value


class Provider:
    """Writes the given words until told to end."""

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


def picked(choices: list[Any], pick: int) -> Any:
    """One of several choices, last ones first."""
    return choices[-1 - pick % len(choices)]


class Talk(RuleBasedStateMachine):
    """A conversation on two pages, and people who do anything to it."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation()
        self.sessions = [Session(), Session()]
        self.providers: dict[str, Provider] = {}
        self.doors: dict[str, Door] = {}
        self.expected: dict[str, str] = {}  # by reply id: everything written while it ran
        self.followers: list[tuple[Message, Iterator[str]]] = []
        self.numbers = itertools.count()
        self.seen: dict[str, list[str]] = {"user": [], "assistant": []}  # the ids of all messages so far
        for session in self.sessions:
            session.values["conversation"] = self.conversation
        asking.answer = lambda request: Provider().stream()
        store.Reply = self.fill

    def fill(self, message: Message, chunks: object, *save: Callable[[Message], None]) -> None:
        """Have a provider fill a message from where it is."""
        assert message.id not in running, "it is filled twice"
        self.providers[message.id], self.doors[message.id] = Provider(), Door()
        self.expected.setdefault(message.id, "")
        Reply(message, self.providers[message.id].stream(), *save)

    def on(self, page: int, left: int = -1) -> None:
        """Make this the page whose callbacks are called, and end its run after `left` uses of its state."""
        streamlit.session_state = self.sessions[page]
        self.sessions[page].left = left

    def coming(self) -> list[Message]:
        """The running replies, in all versions."""
        return [message for message in self.conversation.everything() if message.id in running]

    def draw(self, page: int, left: int = -1) -> None:
        """Run the parts of the page that change something."""
        self.on(page, left)
        store.find(self.conversation.id)
        provider = app_settings.PROVIDER
        asking.begin_next(self.conversation, Request(provider, provider.model, "", 100))

    @rule(page=PAGES, text=WORDS)
    def ask(self, page: int, text: str) -> None:
        """Ask, even while a reply is running."""
        self.on(page)
        self.sessions[page].values["question"] = f"question {next(self.numbers)} {text}"
        asking.ask("question")

    @rule(page=PAGES)
    def draw_the_page(self, page: int) -> None:
        """Run the page, which begins the next waiting reply."""
        self.draw(page)

    @rule(page=PAGES, left=st.integers(0, 6))
    def draw_the_page_to_some_place(self, page: int, left: int) -> None:
        """Run the page, interrupted by a click or by closing it."""
        with suppress(EndedError):
            self.draw(page, left)

    @precondition(lambda self: self.seen["user"])
    @rule(
        page=PAGES,
        action=st.sampled_from(ACTIONS),
        pick=PICKS,
        times=st.sampled_from([1, 1, 1, 2]),
        left=st.sampled_from([-1, -1, -1, 0, 1, 2, 3, 4]),
    )
    def click(self, page: int, action: str, pick: int, times: int, left: int) -> None:
        """Click something that is or was on the page; perhaps twice, or just before another click."""
        form = self.sessions[page].values["form"]
        ids = self.seen["user" if action in {"Edit", "Ask"} else "assistant"]
        message_id = picked(ids, pick)
        # A question's form cannot delete a turn, and a turn's form cannot ask.
        if form and pick % 3 and (action == "Cancel" or (action in {"Ask", "Delete"} and form in ids)):
            message_id = form
        self.sessions[page].values[f"edit-{message_id}"] = f"question {next(self.numbers)}"
        self.on(page, left)
        for _ in range(times):
            with suppress(EndedError):
                act(action, message_id)

    @precondition(lambda self: self.seen["user"])
    @rule(page=PAGES, pick=PICKS, version=st.integers(1, 4))
    def look_at_another_version(self, page: int, pick: int, version: int) -> None:
        """Show another version of a message, which may be gone."""
        message_id = picked(self.seen["user"] + self.seen["assistant"], pick)
        self.sessions[page].values[f"version-{message_id}"] = version
        self.on(page)
        act("Show", message_id)

    @precondition(coming)
    @rule(pick=PICKS, word=WORDS)
    def write(self, pick: int, word: str) -> None:
        """The provider writes a word."""
        message = picked(self.coming(), pick)
        self.providers[message.id].words.put(word)
        self.expected[message.id] += self.doors[message.id].take(word)
        wait_until(lambda: message.text == self.expected[message.id])

    @precondition(coming)
    @rule(pick=PICKS, end=st.sampled_from([None, ProviderError("cut_off")]))
    def end(self, pick: int, end: Exception | None) -> None:
        """The provider ends, or fails."""
        message = picked(self.coming(), pick)
        self.providers[message.id].words.put(end)
        self.expected[message.id] += self.doors[message.id].take("", last=True)
        wait_until(lambda: message.id not in running)

    @precondition(coming)
    @rule(pick=PICKS, word=st.sampled_from(["", "late"]))
    def stop(self, pick: int, word: str) -> None:
        """A person stops the reply, perhaps just when a word comes, and perhaps twice."""
        message = picked(self.coming(), pick)
        self.providers[message.id].words.put(word)
        store.stop(message.id)
        text, half = message.text, self.doors[message.id].take("", last=True)
        store.stop(message.id)
        wait_until(lambda: self.providers[message.id].closed or not message.text)
        assert message.text == text
        before = self.expected[message.id]
        # A reply may not have taken half a character yet, which is invisible.
        assert text in {before + half, before + half + word} | ({before} if half else set())
        self.expected[message.id] = text

    @precondition(coming)
    @rule(pick=PICKS)
    def open_a_tab(self, pick: int) -> None:
        """Another page follows."""
        message = picked(self.coming(), pick)
        self.followers.append((message, running[message.id].follow()))

    @rule()
    def close_the_tabs(self) -> None:
        """Pages go away."""
        for _, follower in self.followers:
            follower.close()
        self.followers.clear()

    @invariant()
    def questions_and_replies_take_turns(self) -> None:
        """Question, reply, question, reply; each after the one it follows."""
        for message in self.conversation.everything():
            if message.id not in self.seen[message.role]:
                self.seen[message.role].append(message.id)
        messages = self.conversation.messages
        assert [message.role for message in messages] == ["user", "assistant"] * (len(messages) // 2)
        for before, message in itertools.pairwise([self.conversation, *messages]):
            assert message.before is before

    @invariant()
    def no_reply_is_coming_that_nobody_fills(self) -> None:
        """Otherwise every later question would wait forever."""
        for message in self.conversation.everything():
            assert (message.status == "streaming") == (message.id in running)

    @invariant()
    def no_character_is_lost(self) -> None:
        """Every reply has everything that was written to it, in every version."""
        for message in self.conversation.everything():
            if message.role == "assistant":
                assert message.text == self.expected.get(message.id, "")

    @invariant()
    def page_and_database_agree(self) -> None:
        """Another process reads the same as this one shows."""
        if not STORED or not self.conversation.messages:
            return
        read = Conversation(id=self.conversation.id)
        with engine().connect() as connection:
            store.read(read, store.Saved(), connection)
        here, there = (
            [
                (message.id, message.before.versions[message.before.shown] is message, message.status)
                + ((message.text,) if message.id not in running else ())
                for message in conversation.everything()
            ]
            for conversation in (self.conversation, read)
        )
        assert here == there

    @invariant()
    def what_is_saved_can_be_opened(self) -> None:
        """A saved conversation has the same texts."""
        opened = from_json(to_json(self.conversation))
        assert [message.text for message in opened.messages] == [message.text for message in self.conversation.messages]

    def teardown(self) -> None:
        """The next question is answered; running replies end, and their followers see the end."""
        for reply in list(running.values()):
            reply.stop()
        for message, follower in self.followers:
            *_, last = follower
            assert last == message.text
        assert not running
        self.ask(0, "and now?")
        reply = self.conversation.messages[-1]
        for _ in self.conversation.messages:
            self.draw(1)
            for message in self.coming():
                self.providers[message.id].words.put(None)
                wait_until(lambda message=message: message.id not in running)
        assert reply.status == "failed"  # it said nothing
        assert not running


Talk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTalk = Talk.TestCase
