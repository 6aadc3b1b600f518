"""Items from a blocking library, run in a thread so that it does not block the loop."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(produce: Callable[[Callable[[T], bool]], object]) -> AsyncGenerator[T]:
    """The items that `produce` hands over in its own thread; its exceptions are raised here.

    Args:
        produce: called with a function that takes an item and returns True once no more are wanted.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | Exception | None] = asyncio.Queue()
    closed = threading.Event()

    def hand_over(item: T) -> bool:
        loop.call_soon_threadsafe(queue.put_nowait, item)
        return closed.is_set()

    def work() -> None:
        end = None
        try:
            produce(hand_over)
        except Exception as error:
            end = error
        # {% if cookiecutter is using("custom") %}
        except BaseException as error:  # even SystemExit: otherwise the loop would wait forever
            end = RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
        # {% endif %}
        loop.call_soon_threadsafe(queue.put_nowait, end)

    threading.Thread(target=work, name="provider", daemon=True).start()
    try:
        while (item := await queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        closed.set()
