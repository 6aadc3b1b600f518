"""A server that is told to stop: it begins no more replies, finishes the running ones, and sends its pages on."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import pytest
from starlette.requests import Request  # {% if not cookiecutter is stored %}
from starlette.types import Message, Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from chat.replies.reply import running
from chat.server import draining
from tests.conftest import ScriptedProvider

WAIT_SECONDS = 10


@pytest.fixture
def stop() -> Iterator[Mock]:
    """The server's own reaction to being told to stop; restores everything afterwards."""
    stop = Mock()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    yield stop
    for number, handler in before.items():
        signal.signal(number, handler)
    draining.draining.clear()
    running.clear()


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


def test_the_server_stops_when_the_last_reply_has_ended(stop: Mock) -> None:
    async def serve() -> None:
        draining.drain_before_stopping()
        running["a reply"] = Mock()
        signal.raise_signal(signal.SIGTERM)
        assert draining.draining.is_set()
        await asyncio.sleep(0.3)
        assert not stop.called
        running.clear()
        await wait_until(lambda: stop.called)

    asyncio.run(serve())
    assert [call.args[0] for call in stop.call_args_list] == [signal.SIGTERM]


@pytest.mark.parametrize("name", ["DRAIN_SECONDS", "HURRY_SECONDS"])
def test_a_reply_that_takes_too_long_does_not_keep_it(stop: Mock, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The first Ctrl+C waits as long as a rollout would, the second waits less."""
    monkeypatch.setattr(draining.settings if name == "DRAIN_SECONDS" else draining, name, 0)

    async def serve() -> None:
        draining.drain_before_stopping()
        running["a reply"] = Mock()
        signal.raise_signal(signal.SIGINT)
        if name == "HURRY_SECONDS":
            await asyncio.sleep(0.3)
            assert not stop.called
            signal.raise_signal(signal.SIGINT)
        await wait_until(lambda: stop.called)

    asyncio.run(serve())
    assert [call.args[0] for call in stop.call_args_list] == [signal.SIGINT]


# {% if not cookiecutter is stored %}
def test_health_checks_send_nobody_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> tuple[int, bytes]:
        response = asyncio.run(draining.readiness(Request({"type": "http"})))
        return response.status_code, bytes(response.body)

    assert told() == (200, b"ready")
    monkeypatch.setattr(draining.draining, "is_set", lambda: True)
    assert told() == (503, b"draining")


# {% endif %}
def test_a_question_waits_for_another_server_and_a_notice_says_so(page: AppTest, scripted: ScriptedProvider) -> None:
    draining.draining.set()
    try:
        page.chat_input[0].set_value("Is anybody there?").run()
    finally:
        draining.draining.clear()
    assert [toast.value for toast in page.toast] == [draining.NOTICE]
    assert not scripted.requests
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    scripted.will_say("I am.")
    page.run()  # as another server draws it
    assert page.chat_message[1].markdown[-1].value == "I am."
    assert not page.toast


def test_a_page_that_is_sent_on_loses_its_socket_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "LINGER_SECONDS", 0)
    sent: list[tuple[str, Message]] = []

    async def serve() -> None:
        over = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await over.wait()

        async def visit(key: str) -> None:
            async def send(message: Message) -> None:
                sent.append((key, message))

            scope = {"type": "websocket", "headers": [(b"sec-websocket-key", key.encode())]}
            await draining.PageSockets(app)(scope, Mock(), send)

        pages = [asyncio.create_task(visit(key)) for key in ("one", "two")]
        await asyncio.sleep(0)
        await asyncio.to_thread(draining.send_on, "one")
        draining.send_on(None)  # of a page without a socket
        draining.send_on("three")
        await wait_until(lambda: sent)
        over.set()
        await asyncio.gather(*pages)
        draining.send_on("two")  # which has left

    asyncio.run(serve())
    assert [(key, message["type"], message["code"]) for key, message in sent] == [("one", "websocket.close", 1012)]
