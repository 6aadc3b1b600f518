"""The model's tools: `python -m chat.tools` lists them, and `python -m chat.tools NAME JSON` calls one."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from chat.tools.offered import offered
from chat.tools.servers import connect, connections, known  # {% if cookiecutter.tools == "mcp" %}

CONNECT_SECONDS = 30  # to servers, which may have to be started first  # {% if cookiecutter.tools == "mcp" %}


def main(words: Sequence[str] | None = None) -> None:
    """Run the command in `words`, by default this process's arguments."""
    parser = argparse.ArgumentParser("python -m chat.tools", description="What the model can call.")
    parser.add_argument("name", nargs="?", help="the tool to call; without it, list the tools")
    parser.add_argument("arguments", nargs="?", default="{}", help='as JSON, like \'{"zone": "Europe/Paris"}\'')
    options = parser.parse_args(words)
    asyncio.run(act(options.name, options.arguments))


async def act(name: str | None, arguments: str) -> None:
    """List the tools, or call the one with this name."""
    # {% if cookiecutter.tools == "mcp" %}
    connecting = asyncio.create_task(connect())
    await known(CONNECT_SECONDS)
    for server, connection in connections.items():
        if connection.problem:
            print(f"{server}: {connection.problem}", file=sys.stderr)
    # {% endif %}
    if not name:
        print("\n\n".join(map(described, offered())))
    elif tool := offered().get(name):
        status, result = await tool.call(arguments)
        sys.exit(result) if status == "failed" else print(result)
    else:
        sys.exit(f"There is no tool {name!r}; there are {', '.join(offered())}.")
    connecting.cancel()  # {% if cookiecutter.tools == "mcp" %}


def described(name: str) -> str:
    """A tool as the model sees it, and whether a person is asked before each call."""
    tool = offered()[name].tool
    asks = "  (asks first)" if offered()[name].needs_approval else ""
    return f"{name}{asks}\n{tool.description}\n{json.dumps(tool.schema, ensure_ascii=False)}"


if __name__ == "__main__":
    main()
