"""Two replicas behind nginx, on PostgreSQL: people notice neither which one serves them nor when one is gone."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import psutil
import pytest
from playwright.sync_api import Browser, expect
from replicas import Replica, Replicas
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app import Tab, new_context
from bench.people import Person
from bench.reply import Reply
from conftest import Bake, copied
from waiting import HANG
from wire import Wire

T = TypeVar("T")
WORDS = 40  # of a reply
ANSWERS = {"deployment": "kubernetes", "history": "database", "llm_provider": "openai"}
PEOPLE = 50


@pytest.fixture
def two(bake: Bake, wire: Wire, postgresql: str, tmp_path: Path) -> Iterator[Replicas]:
    """Two replicas."""
    project = copied(bake(**ANSWERS), tmp_path / "app")
    environment = {
        "DATABASE_URL": postgresql,
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": wire.base_url("openai"),
        "STREAMLIT_SERVER_COOKIE_SECRET": "the same in both",
    }
    both = Replicas(project, tmp_path, 2, **environment)
    yield both
    both.close()


def in_a_thread(talk: Coroutine[Any, Any, T]) -> T:
    """What comes of it: the event loop of this thread is Playwright's once a test has a browser."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, talk).result()


def at(replicas: Replicas) -> Replica:
    """The replica that somebody is connected to."""

    def has_guests(replica: Replica) -> bool:
        connections = psutil.Process(replica.process.pid).net_connections()
        return any(c.laddr.port == replica.port and c.status == psutil.CONN_ESTABLISHED for c in connections)

    return next(filter(has_guests, replicas.running))


class Guest(Person):
    """Somebody whose browser keeps cookies, and comes back to the address that it had."""

    cookies: dict[str, str]

    @classmethod
    async def arrive(cls, url: str, before: Self | None = None, *words: str) -> Self:
        """Open the page, or open it again after what was `before`; it must show all these words."""
        cookies = before.cookies if before else {}
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        socket = await connect(
            f"{url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": header} if header else {},
            max_size=None,
            open_timeout=None,  # a machine may be busy
            ping_interval=None,
            proxy=None,
        )
        guest = cls(socket)
        guest._query = before._query if before else ""
        set_cookies = socket.response.headers.get_all("Set-Cookie") if socket.response else []
        guest.cookies = cookies | dict(cookie.partition(";")[0].split("=", 1) for cookie in set_cookies)
        await guest._run(None, *words)
        return guest


async def talk(url: str, wire: Wire, first: Replica) -> None:
    """Everybody chats; in the middle of it the first replica is killed."""

    async def ask(guests: list[Guest], reply: Reply, until: int | None = None) -> list[BaseException | None]:
        """What went wrong, for each."""
        wire.play("good", text=reply.text, chunks=reply.chunks, until=until)
        asked = await asyncio.gather(*(guest.ask(reply) for guest in guests), return_exceptions=True)
        return [result if isinstance(result, BaseException) else None for result in asked]

    guests = [await Guest.arrive(url) for _ in range(PEOPLE)]
    before, during, after = Reply(20), Reply(60), Reply(20)
    assert await ask(guests, before) == [None] * PEOPLE
    wire.requests.clear()
    asking = asyncio.create_task(ask(guests, during, until=30))
    while len(wire.requests) < PEOPLE or min(request.chunks_sent for request in wire.requests) < 30:
        await asyncio.sleep(0.05)
    first.process.kill()
    for request in wire.requests:
        request.go_on()
    cut_off = [failure is not None for failure in await asking]
    assert 0 < sum(cut_off) < PEOPLE
    at = [guest.cookies["replica"] for guest in guests]
    gone, left = ({replica for replica, cut in zip(at, cut_off, strict=True) if cut == lost} for lost in (True, False))
    assert (len(gone), len(left)) == (1, 1)

    words = [
        [before.first_word, before.last_word, *([] if lost else [during.first_word, during.last_word])]
        for lost in cut_off
    ]
    again = [await Guest.arrive(url, guest, *finished) for guest, finished in zip(guests, words, strict=True)]
    assert {guest.cookies["replica"] for guest in again} == left
    assert await ask(again, after) == [None] * PEOPLE


@pytest.mark.thorough
def test_no_finished_message_is_missing_when_a_replica_is_killed(two: Replicas, wire: Wire) -> None:
    in_a_thread(talk(two.url, wire, two.running[0]))


@pytest.mark.thorough
def test_a_page_finds_another_replica_by_itself(two: Replicas, wire: Wire, browser: Browser) -> None:
    page = new_context(browser).new_page()
    page.goto(two.url)
    tab = Tab(page)
    tab.ask("Hello")
    expect(tab.messages).to_have_count(2)
    tab.wait_for_the_end()
    drawn_anew: list[bytes] = []

    def note(data: bytes) -> None:
        if ForwardMsg.FromString(data).WhichOneof("type") == "script_finished":
            drawn_anew.append(data)

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    with page.expect_event("websocket"):  # it tries again until it is connected
        at(two).process.kill()
    while not drawn_anew:
        page.wait_for_timeout(50)
    tab.ask("Are you still there?")
    expect(tab.messages).to_have_count(4)
    page.context.close()


class Chatting(Guest):
    """Somebody who asks again and again, and comes back as a browser does when the connection is lost."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self.drawn = ""  # replies, and what went wrong

    def _see(self, element: Element) -> None:
        super()._see(element)
        self.drawn += f"{element.markdown.body}{element.alert.body}{element.exception.message} "

    async def chat(self, url: str, name: str, over: asyncio.Event) -> tuple[str, int]:
        """Ask until it is `over`; what then stands on the page, and how many questions there were."""
        guest, turns = self, 0
        while not over.is_set():
            turns += 1
            words = [f"{name}turn{turns}word{n}" for n in range(WORDS)]
            while guest._socket.close_code is not None:
                with suppress(ConnectionClosed, InvalidStatus):
                    guest = await type(self).arrive(url, guest)
            state = WidgetState(id=guest._widgets["Ask a question"])
            state.chat_input_value.data = " ".join(words)
            with suppress(ConnectionClosed, InvalidStatus):
                await guest._run(state)
            async with asyncio.timeout(HANG):  # what was asked is answered: here or, after it was sent on, elsewhere
                while words[-1] not in guest.drawn:
                    await asyncio.sleep(0.3)  # as a browser waits
                    with suppress(ConnectionClosed, InvalidStatus):
                        guest = await type(self).arrive(url, guest)
            await asyncio.sleep(1)  # to read it
        return (await type(self).arrive(url, guest)).drawn, turns


@pytest.mark.thorough
def test_a_rollout_loses_no_word(two: Replicas, wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty people chat, while both replicas are replaced."""
    wire.play("echo", chunks=WORDS, rate=10)

    async def talk() -> list[tuple[str, int]]:
        over = asyncio.Event()
        guests = [await Chatting.arrive(two.url) for _ in range(20)]
        chats = [asyncio.create_task(guest.chat(two.url, f"guest{n}", over)) for n, guest in enumerate(guests)]
        await asyncio.to_thread(two.replace)
        over.set()
        return await asyncio.gather(*chats)

    pages = in_a_thread(talk())
    sent = sum(len(re.findall("word", str(request.body["input"][-1]))) for request in wire.requests)
    on_pages = sum(len({*re.findall(r"guest\d+turn\d+word\d+", page)}) for page, _ in pages)
    with capsys.disabled():
        print(f"\nwords sent: {sent}, words on the pages: {on_pages}")
    assert {request.closed_by for request in wire.requests} == {"server"}
    assert sent == on_pages == WORDS * sum(turns for _, turns in pages)
    assert not [page for page, _ in pages if re.search("interrupted|wrong|Error", page)]


@pytest.mark.thorough
def test_a_page_is_sent_on_with_the_question_that_it_asks(two: Replicas, wire: Wire, browser: Browser) -> None:
    wire.play("echo", chunks=WORDS, rate=10)
    page = new_context(browser).new_page()
    page.goto(two.url)
    tab = Tab(page)
    long = " ".join(f"word{n}" for n in range(WORDS))
    tab.ask(long)
    expect(tab.messages.nth(1)).to_contain_text("word3")
    two.take_away(old := at(two))
    tab.ask("Who are you?")
    expect(page.get_by_text("This server is shutting down. Another one will take your next question.")).to_be_visible()
    expect(tab.messages.nth(1)).to_contain_text(long)
    expect(tab.messages.nth(3)).to_contain_text("You said: Who are you?")
    tab.wait_for_the_end()
    expect(tab.messages).to_have_count(4)
    assert old.process.wait(HANG) is not None
    assert [request.closed_by for request in wire.requests] == ["server", "server"]
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.close()
