"""Servers of the Model Context Protocol, whose tools the model may call.

Each has a task on the loop of the replies. Its client stays open, and lists the tools every half minute: so a server
that was down comes back, and changes are noticed.
"""

import asyncio
import json
import logging
import os  # {% if cookiecutter is deployed %}
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

from chat import settings
from chat.conversation.text import well_formed
from chat.log import about, masked
from chat.providers import Tool
from chat.tools.calling import FailedError, Offered

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult
    from mcp.types import Tool as Listed

log = logging.getLogger(__name__)

REFRESH_SECONDS = 30.0  # between requests to a server, even one that was down
ANSWER_SECONDS = 10.0  # for a server to list its tools
UNNAMEABLE = re.compile(r"[^a-zA-Z0-9_-]")  # characters that providers refuse in a tool's name
LONGEST_NAME = 64
FIRST_SECONDS = 5.0  # that a reply waits for servers not heard of yet


@dataclass
class Connection:
    """The state of a server."""

    tools: list[Offered] = field(default_factory=list)
    problem: str = ""  # why it has no tools
    known: asyncio.Event = field(default_factory=asyncio.Event)  # set once it has answered or failed


connections = {name: Connection() for name in settings.SERVERS}


async def connect() -> None:
    """Stay connected to the servers in the settings."""
    if connections:
        await asyncio.to_thread(import_module, "mcp")  # it takes seconds
        await asyncio.gather(*(keep(name, connection) for name, connection in connections.items()))


async def known(seconds: float = FIRST_SECONDS) -> None:
    """Wait until each server has answered or failed, at most this long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for connection in connections.values():
                await connection.known.wait()


async def keep(name: str, connection: Connection) -> None:
    """Keep the state of a server up to date from now on."""
    server, now = settings.SERVERS[name], asyncio.get_running_loop().time
    while True:
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as limit, client_of(server) as client:
                while True:
                    listed = await tools_of(client)
                    connection.tools = [as_offered(name, server, client, tool) for tool in listed]
                    connection.problem = ""
                    connection.known.set()
                    limit.reschedule(None)
                    await asyncio.sleep(REFRESH_SECONDS)
                    limit.reschedule(now() + ANSWER_SECONDS)
        except Exception as error:
            why = first(error)
            if not connection.problem:
                log.warning("server not reached", extra=about(server=name, kind=type(why).__name__))
            connection.tools = []
            connection.problem = str(why) if isinstance(why, FailedError) else "It cannot be reached."
            connection.known.set()
        await asyncio.sleep(REFRESH_SECONDS)


def first(error: BaseException) -> BaseException:
    """The first exception of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@asynccontextmanager
async def client_of(server: settings.Server) -> AsyncIterator["Client"]:
    """A client, connected to a server for the `with` block.

    Raises:
        FailedError: if it may not be connected; also whatever keeps it from being reached.
    """
    from mcp import Client, StdioServerParameters
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    if server.command:
        # {% if cookiecutter is deployed %}
        if os.environ.get("container"):  # noqa: SIM112 - so it is called, and in the Dockerfile
            raise FailedError("A container cannot start servers: give this one an address.")
        # {% endif %}
        command, *arguments = server.command
        async with Client(StdioServerParameters(command=command, args=arguments)) as client:
            yield client
        return
    key = settings.secret(server.key) if server.key else None
    if server.key and not key:
        raise FailedError(f"{server.key} is not set.")
    headers = {"Authorization": f"Bearer {key}"} if key else None
    async with (
        create_mcp_http_client(headers) as http,
        Client(streamable_http_client(server.url, http_client=http)) as client,
    ):
        yield client


async def tools_of(client: "Client") -> list["Listed"]:
    """All tools of a server, from every page of its list."""
    page = await client.list_tools(cache_mode="refresh")
    tools = [*page.tools]
    while page.next_cursor:
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    return tools


def as_offered(name: str, server: settings.Server, client: "Client", listed: "Listed") -> Offered:
    """A server's tool for the model; its hints count only if the settings trust the server."""

    async def run(arguments: str) -> str:
        try:
            result = await client.call_tool(listed.name, json.loads(arguments))
        except Exception as error:
            raise FailedError(masked(f"The server {name} gave no result: {first(error)}")) from error
        return result_of(result)

    read_only = server.trusted and bool(listed.annotations and listed.annotations.read_only_hint)
    tool = Tool(well_formed(listed.name), well_formed(listed.description or ""), listed.input_schema)
    return Offered(tool, needs_approval=not read_only, run=run, server=name)


def named(tools: Sequence[Offered]) -> dict[str, Offered]:
    """Tools by names that every provider accepts; if two share a name, a server's name is put before its own."""
    count = Counter(each.tool.name for each in tools)
    by_name: dict[str, Offered] = {}
    for each in tools:
        name = f"{each.server}_{each.tool.name}" if each.server and count[each.tool.name] > 1 else each.tool.name
        name = UNNAMEABLE.sub("_", name)[:LONGEST_NAME]
        by_name.setdefault(name, replace(each, tool=replace(each.tool, name=name)))
    return by_name


def result_of(result: "CallToolResult") -> str:
    """The text of a result; for other content, its kind.

    Raises:
        FailedError: with the text, if the call failed.
    """
    words = []
    for block in result.content:
        match block.model_dump(mode="json"):
            case {"text": str(text)} | {"resource": {"text": str(text)}}:
                words.append(text)
            case {"type": "resource_link", "uri": uri}:
                words.append(uri)
            case {"type": kind}:
                words.append(f"[{kind}, which cannot be shown to you]")
    text = "\n".join(words) or json.dumps(result.structured_content, ensure_ascii=False)
    if result.is_error:
        raise FailedError(text)
    return text
