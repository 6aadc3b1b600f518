"""People without browsers: each is a websocket that sends what a page would send, and draws nothing."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from bench.reply import QUESTION, Reply


@dataclass(frozen=True)
class Wait:
    """How long a person waited for the first and the last word of a reply, in seconds."""

    first_word: float
    last_word: float


class AnyPerson(Protocol):
    """A person at the page of any chat."""

    @classmethod
    async def arrive(cls, url: str) -> Self:
        """Open the page at `url`, and wait until it is drawn."""
        ...

    async def ask(self, reply: Reply) -> Wait:
        """Ask for a reply, and wait until the server is idle."""
        ...

    async def leave(self) -> None:
        """Close the page."""
        ...


class Person:
    """One page of a Streamlit app, open on a websocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._page_hash = self._query = ""
        self._widgets: dict[str, str] = {}  # ids, by the label of a button or the placeholder of a text field

    @classmethod
    async def arrive(cls, url: str) -> Self:
        """Open the page at `url`, and wait until it is drawn."""
        stream = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        person = cls(await connect(stream, subprotocols=["streamlit"], max_size=None, ping_interval=None, proxy=None))
        await person._run()
        return person

    async def ask(self, reply: Reply) -> Wait:
        """Ask for a reply, and wait until the server is idle."""
        state = WidgetState(id=self._widgets["Ask a question"])
        state.chat_input_value.data = QUESTION
        asked = time.perf_counter()
        first, last = await self._run(state, reply.first_word, reply.last_word)
        return Wait(first - asked, last - asked)

    async def clear(self) -> None:
        """Press "New chat" or "Clear chat", if there is such a button."""
        if button := self._widgets.get("New chat") or self._widgets.get("Clear chat"):
            await self._run(WidgetState(id=button, trigger_value=True))

    async def leave(self) -> None:
        """Close the page."""
        await self._socket.close()

    async def _run(self, change: WidgetState | None = None, *words: str) -> list[float]:
        """Run the script to its end; return when each of the words came, in seconds of `time.perf_counter`."""
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page_hash
        request.rerun_script.query_string = self._query
        if change:
            request.rerun_script.widget_states.widgets.append(change)
        await self._socket.send(request.SerializeToString())
        came: dict[str, float] = {}
        async for data in self._socket:
            came |= {word: time.perf_counter() for word in words if word not in came and word.encode() in data}
            message = ForwardMsg.FromString(data)
            match message.WhichOneof("type"):
                case "new_session":
                    self._page_hash = message.new_session.page_script_hash
                case "page_info_changed":
                    self._query = message.page_info_changed.query_string
                case "delta":
                    self._see(message.delta.new_element)
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
        return [came[word] for word in words]

    def _see(self, element: Element) -> None:
        self._widgets[element.chat_input.placeholder] = element.chat_input.id
        self._widgets[element.button.label] = element.button.id


class People:
    """People at the pages of one server."""

    def __init__(self, portal: BlockingPortal, url: str, who: type[AnyPerson]) -> None:
        self._portal, self._url, self._who = portal, url, who
        self._people: list[AnyPerson] = []

    def arrive(self, count: int) -> None:
        """This many more people open the page, one after another."""
        for _ in range(count):
            self._people.append(self._portal.call(self._who.arrive, self._url))

    def ask(self, reply: Reply, at_once: int) -> list[Wait]:
        """Everyone asks for this reply, `at_once` at a time; return how long each waited."""
        return self._portal.call(self._ask, reply, at_once)

    async def _ask(self, reply: Reply, at_once: int) -> list[Wait]:
        turnstile = asyncio.Semaphore(at_once)

        async def ask(person: AnyPerson) -> Wait:
            async with turnstile:
                return await person.ask(reply)

        return await asyncio.gather(*map(ask, self._people))

    def clear(self) -> None:
        """Everyone clears the chat, if the page has a button for it."""
        for person in self._people:
            if isinstance(person, Person):
                self._portal.call(person.clear)

    def leave(self) -> None:
        """Everyone closes the page."""
        for person in self._people:
            self._portal.call(person.leave)


@contextmanager
def people_at(url: str, who: type[AnyPerson] = Person) -> Iterator[People]:
    """People for the server at `url`, who leave when the `with` block ends."""
    with start_blocking_portal() as portal:
        people = People(portal, url, who)
        yield people
        people.leave()
