"""What the model is offered, and what comes of a call."""

import asyncio
import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from chat import settings
from chat.conversation.text import well_formed
from chat.log import about, masked
from chat.providers import Tool
from chat.tools import functions

log = logging.getLogger(__name__)

# Apart from the threads that everything else shares: a function that never returns keeps one.
_threads = ThreadPoolExecutor(8, "functions")


@dataclass(frozen=True)
class Offered:
    """A tool, and how it is called."""

    tool: Tool
    needs_approval: bool  # whether a person is asked before a call
    run: Callable[[str], Awaitable[Any]]  # with the arguments as JSON; gives the result

    @property
    def fingerprint(self) -> str:
        """Another one for each name, description and schema: what was approved is what is called."""
        return hashlib.sha256(json.dumps(astuple(self.tool), sort_keys=True).encode()).hexdigest()

    async def call(self, arguments: str) -> tuple[Literal["done", "failed"], str]:
        """What the model is told of a call: its result, or why there is none; cut where it is long."""
        try:
            async with asyncio.timeout(settings.CALL_SECONDS):
                result = await self.run(arguments.strip() or "{}")
        except TimeoutError:
            return "failed", f"It took longer than {settings.CALL_SECONDS} s, and was ended."
        except ValidationError as error:
            wrong = [f"{'.'.join(map(str, each['loc']))} {each['msg']}".strip() for each in error.errors()]
            return "failed", cut(f"The arguments cannot be: {'; '.join(wrong)}.")
        except Exception as error:
            log.warning("tool failed", extra=about(tool=self.tool.name, kind=type(error).__name__))
            return "failed", cut(masked(f"{type(error).__name__}: {error}"))
        text = result if isinstance(result, str) else TypeAdapter(Any).dump_json(result, fallback=str).decode()
        return "done", cut(text)


def cut(text: str) -> str:
    """As much of a result as the model is told."""
    text, most = well_formed(text), settings.RESULT_CHARACTERS
    return text if len(text) <= most else f"{text[:most]}\n[{len(text) - most:,} more characters were left out]"


@cache
def offered() -> dict[str, Offered]:
    """By its name, each tool that the model is offered."""
    own = (each for name, each in vars(functions).items() if inspect.isfunction(each) and name[0] != "_")
    tools = [as_offered(each) for each in own if each.__module__ == functions.__name__]
    return {each.tool.name: each for each in tools}


def as_offered(function: Any) -> Offered:
    """A function as the model is offered it: its types make the schema, and its docstring is the description."""
    adapter = TypeAdapter(function)

    async def run(arguments: str) -> Any:
        result = await asyncio.get_running_loop().run_in_executor(_threads, adapter.validate_json, arguments)
        return await result if inspect.isawaitable(result) else result

    tool = Tool(function.__name__, inspect.getdoc(function) or "", adapter.json_schema())
    return Offered(tool, "needs_approval" in vars(function), run)
