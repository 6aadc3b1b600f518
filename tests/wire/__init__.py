"""A local server that speaks the wire formats of the LLM providers and plays their failures.

with Wire() as wire:
    client = AsyncOpenAI(base_url=wire.base_url("openai"), api_key="any")
    wire.play("rate_limit", retry_after=1)
    ...
    assert len(wire.requests) == 3
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import uvicorn
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from waiting import HANG

from .anthropic import Messages
from .bedrock import ConverseStream
from .chat import DIALECTS, ChatCompletions, Ollama
from .gemini import GenerateContent
from .openai import Responses
from .quirks import Raw
from .reply import ERRORS, INPUT_TOKENS, REFUSAL, Reply, signature
from .scenarios import REASONING, STREAMS, TEXT, Halt, Scenario, first_half

__all__ = [
    "DIALECTS",
    "ERRORS",
    "FORMATS",
    "INPUT_TOKENS",
    "REASONING",
    "REFUSAL",
    "STREAMS",
    "TEXT",
    "Request",
    "Wire",
    "first_half",
    "signature",
]

FORMATS: dict[str, type[Reply]] = {
    "openai": Responses,
    "chat": ChatCompletions,
    "ollama": Ollama,
    "anthropic": Messages,
    "gemini": GenerateContent,
    "bedrock": ConverseStream,
}


@dataclass
class Request:
    """One request, and how its response ended. Times are of `time.monotonic`."""

    format: str
    path: str
    headers: dict[str, str]
    body: Any
    opened: float = field(default_factory=time.monotonic)
    closed: float | None = None
    closed_by: str | None = None  # "client" or "server"
    chunks_sent: int = 0
    until: int | None = None
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    def close(self, by: str) -> None:
        """Note who ended the response, and when."""
        self.closed, self.closed_by = time.monotonic(), by
        self._over.set()

    def go_on(self, until: int | None = None) -> None:
        """Send more: up to that many chunks in all, else the rest."""
        self.until = until

    def wait_closed(self) -> bool:
        """Wait until the response is over or the client has left; False if neither comes."""
        return self._over.wait(HANG)


class Wire:
    """The server: listens on a free port of the loopback interface as long as `with` lasts.

    `requests` holds the requests for a reply, `listings` those for a list of models, whose ids
    are in `models`.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.listings: list[Request] = []
        self.models = ["wire-1", "wire-2"]
        self._scenarios: list[Any] = []  # a Scenario or a Raw for each
        self.play("good")

        routes = []
        for name, spelling in FORMATS.items():
            reply = partial(self._reply, name, spelling)
            routes.append(Route(f"/{name}{spelling.reply_path}", reply, methods=["POST"]))
            for path, listing in spelling.lists:
                routes.append(Route(f"/{name}{path}", partial(self._list, name, spelling, listing)))
        config = uvicorn.Config(
            Router(routes),
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # a dropped connection is meant
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)

    def __enter__(self) -> Self:
        """Listen."""
        # Where the protocol is named, asyncio turns off Nagle's algorithm, which would hold chunks back for 40 ms.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # a connection made before the thread runs waits for it
        self.url = "http://{}:{}".format(*listener.getsockname())
        run = partial(self._server.run, sockets=[listener])
        self._thread = threading.Thread(target=run, name="wire", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection and stop."""
        self._server.should_exit = True
        self._thread.join()

    def base_url(self, name: str) -> str:
        """The base URL that the SDK of a format is given; the names are the keys of `FORMATS`."""
        return f"{self.url}/{name}{FORMATS[name].base_path}"

    def refused_url(self) -> str:
        """A URL of this machine where nobody listens."""
        with socket.create_server(("127.0.0.1", 0)) as unused:
            return "http://{}:{}".format(*unused.getsockname())

    def play(self, scenario: str | Iterable[str], **options: Any) -> None:
        """Answer each following request by the scenario, or by the next of several.

        The last one stays. All options have defaults:

        - `text` of the reply, in how many `chunks` (at most one a character), at what `rate` of
          network chunks a second (None: as fast as they can be sent), and `until` how many of
          these are sent before the request is told to `go_on`;
        - for an error, `retry_after`: seconds in the Retry-After header, and another `status`;
        - for "tools", the `calls` that follow on the text, each a name and its arguments;
        - `dialect` of Chat Completions, a key of `DIALECTS`.

        A list of models is refused, or kept waiting, by the scenarios that do so to a reply.
        """
        names = [scenario] if isinstance(scenario, str) else scenario
        self._scenarios = [Scenario(name, **options) for name in names]

    def answer(self, *responses: Raw) -> None:
        """Answer each following request by the next of these responses; the last one stays."""
        self._scenarios = [*responses]

    async def _reply(self, name: str, spelling: type[Reply], http: HTTPRequest) -> ASGIApp:
        body = await http.json()
        scenario = self._scenarios.pop(0) if self._scenarios[1:] else self._scenarios[0]
        until = None if isinstance(scenario, Raw) else scenario.until
        request = Request(name, http.url.path, dict(http.headers), body, until=until)
        self.requests.append(request)
        if isinstance(scenario, Raw):
            return partial(_answer, request, partial(_send, scenario))
        model = http.path_params.get("model") or body["model"]
        reply = spelling(body, model, scenario.dialect)
        refused = reply.refused_parameter() or _error(scenario, reply)
        if not refused and (message := reply.broken_rule()):
            refused = reply.bad_request(message)
        response = refused or partial(_stream, request, scenario, reply)
        return partial(_answer, request, response)

    async def _list(
        self,
        name: str,
        spelling: type[Reply],
        listing: Callable[[list[str]], dict[str, Any]],
        http: HTTPRequest,
    ) -> ASGIApp:
        request = Request(name, http.url.path, dict(http.headers), None)
        self.listings.append(request)
        scenario = self._scenarios[0]
        reply = spelling({}, "", scenario.dialect)
        if scenario.name == "silent":
            response = partial(_stream, request, scenario, reply)
        else:
            response = _error(scenario, reply) or JSONResponse(listing(self.models))
        return partial(_answer, request, response)


def _error(scenario: Scenario, reply: Reply) -> JSONResponse | None:
    if scenario.name not in reply.errors:
        return None
    seconds = scenario.retry_after
    if seconds is None and scenario.name == "rate_limit":
        seconds = 1
    response = reply.error(scenario.name, seconds)
    if seconds is not None:
        response.headers["retry-after"] = str(seconds)
    response.status_code = scenario.status or response.status_code
    return response


async def _send(raw: Raw, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"content-type": raw.media_type, **raw.headers}
    if not raw.drop:
        await Response(raw.body, raw.status, headers)(scope, receive, send)
        return
    spelt = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": raw.status, "headers": spelt})
    await send({"type": "http.response.body", "body": raw.body, "more_body": True})


async def _answer(request: Request, response: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the response, and notice at once when the client leaves before its end."""
    sending = asyncio.create_task(response(scope, receive, send))
    leaving = asyncio.create_task(_disconnection(receive))
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        request.close("client" if leaving.done() and not sending.done() else "server")
        sending.cancel()
        leaving.cancel()


async def _disconnection(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(
    request: Request, scenario: Scenario, reply: Reply, scope: Scope, receive: Receive, send: Send
) -> None:
    content_type = (b"content-type", reply.media_type.encode())
    began = time.monotonic()
    for number, step in enumerate(scenario.steps(reply)):
        if step is Halt.HOLD:
            await asyncio.Event().wait()
        if step is Halt.DROP:
            return  # and uvicorn closes the connection, since the body has no end
        due = began + number / scenario.rate if scenario.rate else began
        await asyncio.sleep(due - time.monotonic())
        while request.until is not None and number >= request.until:
            await asyncio.sleep(0.01)
        if number == 0:
            start = {"type": "http.response.start", "status": 200, "headers": [content_type]}
            await send(start)
        request.chunks_sent += 1
        await send({"type": "http.response.body", "body": step, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
