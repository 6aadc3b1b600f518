"""People without browsers at a page of Chainlit or Gradio: each sends what the page would send, and draws nothing.

What these pages send was recorded in a browser, with Chainlit 2.12 and Gradio 6.31.
"""

import asyncio
import json
import time
from secrets import token_hex
from typing import Any, Self
from uuid import uuid4

from httpx2 import AsyncClient, Limits, Response
from websockets.asyncio.client import ClientConnection, connect

from bench.people import Wait
from bench.reply import QUESTION, Reply


def http_client(url: str) -> AsyncClient:
    """The HTTP connections of one page."""
    # Both servers close a connection that is idle for 5 s. A browser asks again if that crosses with its request.
    return AsyncClient(base_url=url, timeout=None, trust_env=False, limits=Limits(keepalive_expiry=2))


class Reading:
    """A reply read piece by piece, timed from the question."""

    def __init__(self, reply: Reply) -> None:
        self._asked = time.perf_counter()
        self._words = (reply.first_word, reply.last_word)
        self._came: dict[str, float] = {}
        self._text = ""

    def read(self, piece: str) -> None:
        """Take the next piece."""
        self._text += piece
        for word in self._words:
            if word not in self._came and word in self._text:
                self._came[word] = time.perf_counter() - self._asked

    def wait(self) -> Wait:
        """How long the first and the last word took, once both have come."""
        return Wait(*(self._came[word] for word in self._words))


class ChainlitPerson:
    """One page of a Chainlit app, open on a Socket.IO connection."""

    def __init__(self, socket: ClientConnection, http: AsyncClient) -> None:
        self._socket, self._http = socket, http
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def arrive(cls, url: str) -> Self:
        """Open the page at `url`, and wait until the chat has started."""
        stream = f"{url.replace('http', 'ws', 1)}/ws/socket.io/?EIO=4&transport=websocket"
        socket = await connect(stream, max_size=None, ping_interval=None, proxy=None)
        await socket.recv()
        session = {"clientType": "webapp", "sessionId": str(uuid4()), "threadId": "", "userEnv": "{}"}
        await socket.send(f"40{json.dumps(session | {'chatProfile': ''})}")
        await socket.recv()
        person = cls(socket, http_client(url))
        await person._emit("connection_successful")
        await person._emit("fetch_favorites")
        while (await person._events.get())[0] != "update_message":  # the step "on_chat_start" has ended
            pass
        return person

    async def ask(self, reply: Reply) -> Wait:
        """Ask for a reply, and wait until its task ends."""
        message = {"id": str(uuid4()), "threadId": "", "name": "User", "type": "user_message", "output": QUESTION}
        message |= {"createdAt": "2026-01-01T00:00:00.000Z", "metadata": {"location": str(self._http.base_url)}}
        reading = Reading(reply)
        await self._emit("client_message", {"message": message, "fileReferences": []})
        user = asyncio.create_task(self._http.get("/user"))  # the page asks when it draws a new message
        while True:
            match await self._events.get():
                case "stream_start", {"output": piece}:
                    reading.read(piece)
                case "stream_token", {"token": piece}:
                    reading.read(piece)
                case "task_end", _:
                    break
        await user
        return reading.wait()

    async def leave(self) -> None:
        """Close the page."""
        await self._socket.close()
        await self._listening
        await self._http.aclose()

    async def _emit(self, *event: str | dict[str, Any]) -> None:
        await self._socket.send(f"42{json.dumps(event)}")

    async def _listen(self) -> None:
        async for packet in self._socket:
            if packet == "2":  # ping
                await self._socket.send("3")
            elif isinstance(packet, str) and packet.startswith("42"):  # an event
                name, *data = json.loads(packet[2:])
                self._events.put_nowait((name, data[0] if data else {}))


class GradioPerson:
    """One page of a Gradio app, which calls the app's functions in the order of its configuration."""

    def __init__(self, http: AsyncClient, config: dict[str, Any], session: str, heartbeat: Response) -> None:
        self._http, self._session, self._heartbeat = http, session, heartbeat
        self._dependencies = config["dependencies"]
        self._values = {component["id"]: component["props"].get("value") for component in config["components"]}
        self._box = next(component["id"] for component in config["components"] if component["type"] == "textbox")

    @classmethod
    async def arrive(cls, url: str) -> Self:
        """Open the page at `url`."""
        http, session = http_client(url), token_hex(6)
        config = (await http.get("/config")).json()
        heartbeat = http.build_request("GET", f"/gradio_api/heartbeat/{session}")  # while the page is open
        return cls(http, config, session, await http.send(heartbeat, stream=True))

    async def ask(self, reply: Reply) -> Wait:
        """Ask for a reply, and wait until the last function that a question triggers has returned."""
        self._values[self._box] = QUESTION
        reading = Reading(reply)
        submit = next(one for one in self._dependencies if [self._box, "submit"] in one["targets"])
        await self._call(submit, reading)
        return reading.wait()

    async def leave(self) -> None:
        """Close the page."""
        await self._heartbeat.aclose()
        await self._http.aclose()

    async def _call(self, dependency: dict[str, Any], reading: Reading) -> None:
        """Call a function, then those that it triggers."""
        call = {"data": [self._values[one] for one in dependency["inputs"]], "event_data": None}
        call |= {"fn_index": dependency["id"], "trigger_id": self._box, "session_hash": self._session}
        if dependency["queue"]:
            await self._post("queue/join", call)
            data = await self._stream(reading)
        else:
            data = (await self._post("run/predict", call))["data"]
        self._values |= zip(dependency["outputs"], data, strict=True)
        triggered = [one for one in self._dependencies if one["trigger_after"] == dependency["id"]]
        await asyncio.gather(*(self._call(one, reading) for one in triggered))

    async def _post(self, path: str, call: dict[str, Any]) -> dict[str, Any]:
        response = await self._http.post(f"/gradio_api/{path}", json=call, headers={"x-gradio-user": "app"})
        return response.raise_for_status().json()

    async def _stream(self, reading: Reading) -> list[Any]:
        """Read what a queued function yields; return its final values."""
        returned: list[Any] = []
        url = f"/gradio_api/queue/data?session_hash={self._session}"
        async with self._http.stream("GET", url) as response:
            async for line in response.aiter_lines():
                if line:
                    event = json.loads(line.removeprefix("data: "))
                    if event["msg"] == "process_generating":
                        for change in event["output"]["data"][-1]:
                            match change:  # first the whole conversation, then only what is new
                                case {"role": "assistant", "content": [{"text": piece}]} | ["append", _, piece]:
                                    reading.read(piece)
                    elif event["msg"] == "process_completed":
                        returned = event["output"]["data"]
        return returned
