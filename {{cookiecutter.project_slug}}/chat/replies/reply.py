"""Replies that belong to the server: each is a task on one background loop, whatever the page does."""

import asyncio
import logging
import threading
import time
from collections.abc import (
    AsyncGenerator,
    Callable,  # {% if cookiecutter is stored %}
    Generator,
)
from contextlib import aclosing

from chat import settings
from chat.conversation.messages import Message, Status
from chat.conversation.parts import Reasoning, Text
from chat.conversation.text import Door, well_formed
from chat.log import about, masked
from chat.providers import Chunk, ProviderError
from chat.replies import telemetry  # {% if cookiecutter.telemetry != "none" %}

log = logging.getLogger(__name__)

UPDATE_SECONDS = 0.065  # at most one update of a page in this time
UNHURRIED = 8  # with more replies than this at once, all these times grow
# {% if not cookiecutter is served_by("embedded") %}
GATHER_SECONDS = 0.1  # for which text then collects before it is read: small pieces cost an SDK most
TAKING_SECONDS = 0.01  # to take what has collected
# {% endif %}
SILENCE_SECONDS = 0.1  # between updates of a silent reply, so that its page can react to a click

MOST_DETAIL = 500  # characters of a provider's error message

running: dict[str, "Reply"] = {}  # by message id; a reply is removed when it ends

# The event loop of all replies of this process: a provider's client belongs to one loop.
background_loop = asyncio.new_event_loop()
threading.Thread(target=background_loop.run_forever, name="replies", daemon=True).start()


class Reply:
    """A reply as it streams: a task that fills its message, and any number of pages that follow it."""

    def __init__(
        self,
        message: Message,
        chunks: AsyncGenerator[Chunk],
        save: Callable[[Message], None],  # {% if cookiecutter is stored %}
    ) -> None:
        """Start filling `message` with the provider's `chunks`."""  # {% if not cookiecutter is stored %}
        """Start filling `message` with `chunks`; `save` it at the end."""  # {% if cookiecutter is stored %}
        self.message = message
        self._save = save  # {% if cookiecutter is stored %}
        message.status, message.error, message.detail, message.stop_reason = "streaming", "", "", None
        self._began = time.monotonic() - message.seconds  # more than zero if a reply is continued
        self._gathered = time.monotonic()  # {% if not cookiecutter is served_by("embedded") %}
        self._changed, self._over, self._ended = threading.Condition(), threading.Event(), False
        self._text, self._reasoning, self._reasoning_since = Door(), Door(), 0.0
        self._trace = telemetry.begin(message)  # {% if cookiecutter.telemetry != "none" %}
        log.info("reply begun", extra=about(message, provider=message.provider, model=message.model))
        with self._changed:  # it may end or be stopped at once
            running[message.id] = self
            self._task = asyncio.run_coroutine_threadsafe(self._fill(chunks), background_loop)

    def stop(self, status: Status = "stopped") -> None:
        """End the reply and close the provider's connection; the text so far stays."""
        with self._changed:
            self._task.cancel()
        self._end(status)

    def follow(self) -> Generator[str]:
        """The text as it grows, until the reply ends; every page may follow, at any time.

        Yields at most every 65 ms while text comes, every 0.1 s while none does, and less often while many replies run;
        the last text is complete.
        """
        text = ""
        while not self._over.is_set():
            slower = max(1, len(running) / UNHURRIED)
            with self._changed:
                if text == self.message.text and not self._over.is_set():
                    self._changed.wait(SILENCE_SECONDS * slower)
            text = self.message.text
            yield text
            if self.message.parts:
                self._over.wait(UPDATE_SECONDS * slower)
        yield self.message.text

    async def _fill(self, chunks: AsyncGenerator[Chunk]) -> None:
        telemetry.enter(self._trace)  # {% if cookiecutter.telemetry != "none" %}
        outcome = await self._outcome(chunks)
        await asyncio.to_thread(self._end, *outcome)  # {% if cookiecutter is stored %}
        self._end(*outcome)  # {% if not cookiecutter is stored %}

    async def _outcome(self, chunks: AsyncGenerator[Chunk]) -> tuple[Status, str]:
        message = self.message
        try:
            # Closing the chunks closes the provider's connection, even if this is cancelled.
            async with asyncio.timeout(settings.REPLY_MINUTES * 60), aclosing(chunks):
                async for chunk in chunks:
                    self._take(chunk)
                    await self._gather()  # {% if not cookiecutter is served_by("embedded") %}
            # {% if cookiecutter is tooled %}
            if message.undecided:
                return "asking", ""
            # {% endif %}
            if message.stop_reason is None:
                raise ProviderError("cut_off" if message.parts else "nothing", "the stream ended without a stop reason")
            if message.stop_reason == "complete" and message.empty:
                raise ProviderError("empty", "the stream ended without a text")
            return "complete", ""
        except TimeoutError:
            telemetry.failed()  # {% if cookiecutter.telemetry != "none" %}
            log.warning("reply took too long", extra=about(message))
            return "failed", f"The reply took longer than {settings.REPLY_MINUTES} minutes and was stopped."
        except ProviderError as error:
            telemetry.failed()  # {% if cookiecutter.telemetry != "none" %}
            message.detail = well_formed(masked(error.detail)[:MOST_DETAIL])  # it may quote the conversation
            said = message.detail if settings.LOG_TEXT else None
            log.warning("reply failed", extra=about(message, kind=error.kind, detail=said))
            return "failed", error.sentence
        except Exception:
            telemetry.failed()  # {% if cookiecutter.telemetry != "none" %}
            log.exception("reply failed", extra=about(message))
            return "failed", "Something went wrong in the app. The log has the details."

    # {% if not cookiecutter is served_by("embedded") %}
    async def _gather(self) -> None:
        # Collected chunks are taken without waiting; a later one was waited for.
        if len(running) > UNHURRIED and time.monotonic() > self._gathered + TAKING_SECONDS:
            await asyncio.sleep(GATHER_SECONDS)
            self._gathered = time.monotonic()

    # {% endif %}
    def _take(self, chunk: Chunk) -> None:
        message = self.message
        with self._changed:
            if self._ended:  # stopped but not yet cancelled
                return
            seconds = time.monotonic() - self._began
            if message.first_token_seconds is None and chunk.says:
                message.first_token_seconds = seconds
            self._time_reasoning(chunk, seconds)
            # {% if cookiecutter is using("openai_compatible") %}
            if chunk.take_back:
                message.take_back(chunk.take_back)
            # {% endif %}
            message.grow(Reasoning, self._reasoning.take(chunk.reasoning))
            message.grow(Text, self._text.take(chunk.text))
            message.left_out = chunk.left_out or message.left_out
            message.stop_reason = chunk.stop_reason or message.stop_reason
            message.detail = well_formed(chunk.detail) or message.detail
            message.error = chunk.notice  # {% if cookiecutter is remote %}
            if chunk.usage:
                message.usage = chunk.usage + message.usage
            # {% if cookiecutter is parted %}
            if chunk.part:
                message.parts.append(chunk.part)  # {% if not cookiecutter is stepped %}
                message.put(chunk.part)  # {% if cookiecutter is stepped %}
                telemetry.step(chunk.part)  # {% if cookiecutter is stepped and cookiecutter.telemetry != "none" %}
            # {% endif %}
            # {% if cookiecutter.extra_providers %}
            if chunk.instead:
                message.provider, message.model = chunk.instead.name, chunk.instead.model
                message.note = chunk.note
            # {% endif %}
            self._changed.notify_all()

    def _time_reasoning(self, chunk: Chunk, seconds: float) -> None:
        # It lasts until something else comes.
        open_parts = [part for part in self.message.parts if isinstance(part, Reasoning) and part.seconds is None]
        if chunk.reasoning and not open_parts:
            self._reasoning_since = seconds
        goes_on = chunk.text or chunk.part  # {% if cookiecutter is parted %}
        goes_on = chunk.text  # {% if not cookiecutter is parted %}
        if goes_on and open_parts:
            open_parts[-1].seconds = seconds - self._reasoning_since

    def _end(self, status: Status, error: str = "") -> None:
        with self._changed:
            if self._ended:
                return
            self._ended = True
            self.message.grow(Reasoning, self._reasoning.take("", last=True))
            self.message.grow(Text, self._text.take("", last=True))
            self.message.seconds = time.monotonic() - self._began
            # {% if cookiecutter is tooled %}
            if status != "asking":
                self.message.end_calls()
            # {% endif %}
            self.message.error = well_formed(error)
            self.message.status = status
        # {% if cookiecutter is stored %}
        try:
            self._save(self.message)  # before any page hears of the end
        except Exception:
            log.exception("reply not saved", extra=about(self.message))
        # {% endif %}
        self._log_end()
        telemetry.end(self._trace)  # {% if cookiecutter.telemetry != "none" %}
        self._over.set()
        with self._changed:
            self._changed.notify_all()
        if running.get(self.message.id) is self:  # it may have been continued by now
            del running[self.message.id]

    def _log_end(self) -> None:
        message, usage = self.message, self.message.usage
        took = about(
            message,
            status=message.status,
            provider=message.provider,
            model=message.model,
            seconds=round(message.seconds, 3),
            first_token_seconds=message.first_token_seconds and round(message.first_token_seconds, 3),
            input_tokens=usage and usage.input_tokens,
            output_tokens=usage and usage.output_tokens,
            stop_reason=message.stop_reason,
        )
        log.info("reply ended", extra=took)
