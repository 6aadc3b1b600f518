"""A tool that the model may call, and the outcome of a call."""

import asyncio
import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from chat import settings
from chat.conversation.text import well_formed
from chat.log import about, masked
from chat.providers import Tool

log = logging.getLogger(__name__)

# Separate from the shared threads: a function that never returns occupies one.
_threads = ThreadPoolExecutor(8, "functions")


# {% if cookiecutter.tools == "mcp" %}
class FailedError(Exception):
    """A failed call; the model is told its message."""


# {% endif %}
@dataclass(frozen=True)
class Offered:
    """A tool, and how to call it."""

    tool: Tool
    needs_approval: bool  # whether a person is asked before a call
    run: Callable[[str], Awaitable[Any]]  # takes the arguments as JSON, returns the result
    server: str = ""  # the tool's; empty for a function of this app  # {% if cookiecutter.tools == "mcp" %}

    @property
    def fingerprint(self) -> str:
        """A hash of name, description and schema, so that an approval is only for this very tool."""
        # {% if cookiecutter.tools == "mcp" %}
        what = [self.server, *astuple(self.tool)]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
        # {% else %}
        return hashlib.sha256(json.dumps(astuple(self.tool), sort_keys=True).encode()).hexdigest()
        # {% endif %}

    async def call(self, arguments: str) -> tuple[Literal["done", "failed"], str]:
        """What the model is told of a call: its result, or why there is none, cut if it is too long."""
        try:
            async with asyncio.timeout(settings.CALL_SECONDS):
                result = await self.run(arguments.strip() or "{}")
            return "done", cut(result if isinstance(result, str) else TypeAdapter(Any).dump_json(result).decode())
        except TimeoutError:
            return "failed", f"It took longer than {settings.CALL_SECONDS} s and was stopped."
        except ValidationError as error:
            wrong = [f"{'.'.join(map(str, each['loc']))} {each['msg']}".strip() for each in error.errors()]
            return "failed", cut(f"Invalid arguments: {'; '.join(wrong)}.")
        # {% if cookiecutter.tools == "mcp" %}
        except FailedError as error:
            return "failed", cut(str(error))
        # {% endif %}
        except Exception as error:
            log.warning("tool failed", extra=about(tool=self.tool.name, kind=type(error).__name__))
            return "failed", cut(masked(f"{type(error).__name__}: {error}"))


def cut(text: str) -> str:
    """A result, cut to what the model may receive."""
    text, most = well_formed(text), settings.RESULT_CHARACTERS
    return text if len(text) <= most else f"{text[:most]}\n[{len(text) - most:,} more characters were left out]"


def as_offered(function: Any) -> Offered:
    """A function as a tool: its types give the schema, and its docstring is the description."""
    adapter = TypeAdapter(function)

    async def run(arguments: str) -> Any:
        result = await asyncio.get_running_loop().run_in_executor(_threads, adapter.validate_json, arguments)
        return await result if inspect.isawaitable(result) else result

    tool = Tool(function.__name__, inspect.getdoc(function) or "", adapter.json_schema())
    return Offered(tool, "needs_approval" in vars(function), run)
