"""What the model is offered: `python -m chat.tools` lists it, and `python -m chat.tools NAME JSON` calls one."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from chat.tools.offered import offered


def main(words: Sequence[str] | None = None) -> None:
    """Do what the words of the command line say; without any, those of this process."""
    parser = argparse.ArgumentParser("python -m chat.tools", description="What the model can call.")
    parser.add_argument("name", nargs="?", help="which tool to call; without one, they are listed")
    parser.add_argument("arguments", nargs="?", default="{}", help='as JSON, like \'{"zone": "Europe/Paris"}\'')
    options = parser.parse_args(words)
    if not options.name:
        print("\n\n".join(map(described, offered())))
    elif tool := offered().get(options.name):
        status, result = asyncio.run(tool.call(options.arguments))
        sys.exit(result) if status == "failed" else print(result)
    else:
        sys.exit(f"There is no tool {options.name!r}; there are {', '.join(offered())}.")


def described(name: str) -> str:
    """What the model reads of a tool, and whether a person is asked before each call."""
    tool = offered()[name].tool
    asks = "  (asks first)" if offered()[name].needs_approval else ""
    return f"{name}{asks}\n{tool.description}\n{json.dumps(tool.schema, ensure_ascii=False)}"


if __name__ == "__main__":
    main()
