"""Two replicas behind nginx, on PostgreSQL: people do not notice which of them they are at, nor when one is gone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil
import pytest
from playwright.sync_api import Browser, expect
from replicas import Replica, replicas
from websockets.asyncio.client import connect

from app import Tab, new_context
from bench.people import Person
from bench.reply import Reply
from conftest import Bake, copied
from wire import Wire

ANSWERS = {"deployment": "kubernetes", "history": "database", "llm_provider": "openai"}
PEOPLE = 50


@pytest.fixture
def two_replicas(bake: Bake, wire: Wire, postgresql: str, tmp_path: Path) -> Iterator[tuple[str, list[Replica]]]:
    """The address of both, and each."""
    project = copied(bake(**ANSWERS), tmp_path / "app")
    environment = {
        "DATABASE_URL": postgresql,
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": wire.base_url("openai"),
        "STREAMLIT_SERVER_COOKIE_SECRET": "the same in both",
    }
    with replicas(project, tmp_path, 2, **environment) as both:
        yield both


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
def test_no_finished_message_is_missing_when_a_replica_is_killed(
    two_replicas: tuple[str, list[Replica]], wire: Wire
) -> None:
    url, (first, _) = two_replicas
    asyncio.run(talk(url, wire, first))


@pytest.mark.thorough
def test_a_page_finds_another_replica_by_itself(
    two_replicas: tuple[str, list[Replica]], wire: Wire, browser: Browser
) -> None:
    url, both = two_replicas
    page = new_context(browser).new_page()
    page.goto(url)
    tab = Tab(page)
    tab.ask("Hello")
    expect(tab.messages).to_have_count(2)
    tab.wait_for_the_end()
    with page.expect_event("websocket"):  # it tries again until it is connected
        for replica in both:
            connections = psutil.Process(replica.process.pid).net_connections()
            if any(c.laddr.port == replica.port and c.status == psutil.CONN_ESTABLISHED for c in connections):
                replica.process.kill()
    page.wait_for_selector("[data-test-connection-state=CONNECTED]")
    tab.ask("Are you still there?")
    expect(tab.messages).to_have_count(4)
    page.context.close()
