"""The real embedded model: assertions are about the protocol, never about what it knows."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_providers import Driver

from conftest import ROOT, Bake, output


@pytest.fixture(scope="module")
def driver(bake: Bake) -> Iterator[Driver]:
    """The app's model, in a process of its own."""
    driver = Driver(bake())
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def engine_url() -> Iterator[str]:
    """The engine's own HTTP server, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-B", ROOT / "tests" / "engine.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    yield next(line.split()[1] for line in process.stdout if line.startswith("listening "))
    process.communicate()


def test_it_answers(driver: Driver) -> None:
    outcome = driver.ask(["What is the capital of France?"])
    assert outcome["status"] == "complete", outcome["error"]
    assert len(outcome["text"].split()) > 2
    assert outcome["stop_reason"] == "complete"
    assert outcome["tokens"][0] > 20
    assert outcome["tokens"][1] > 2
    assert outcome["problem"] is None


def test_it_stops_at_once(driver: Driver) -> None:
    outcome = driver.ask(["Tell me a long story about a ship.", None])
    assert outcome["status"] == "stopped"
    assert outcome["text"]
    assert len(outcome["text"].split()) < 100
    assert driver.ask(["Say hello."])["status"] == "complete"


def test_the_oldest_turns_are_left_out_where_all_are_too_long(driver: Driver) -> None:
    turns = ["Say hello again.", "Hello hello hello hello hello hello hello hello."] * 150
    outcome = driver.ask([*turns, "What is the capital of France?"])
    assert outcome["status"] == "complete", outcome["error"]
    assert 500 < outcome["tokens"][0] < 2048
    assert outcome["left_out"] > 100


def test_a_question_that_is_too_long_is_said(driver: Driver) -> None:
    outcome = driver.ask(["word " * 3000])
    assert outcome["status"] == "failed"
    assert "too long" in outcome["error"]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "openai_compatible"])
def test_the_engine_s_own_server_answers_the_sdks(bake: Bake, tmp_path: Path, engine_url: str, provider: str) -> None:
    project = tmp_path / "app"
    shutil.copytree(bake(llm_provider=provider), project)
    settings = project / "chat" / "settings.py"
    settings.write_text(settings.read_text("utf-8").replace("max_tokens=8192", "max_tokens=100"), "utf-8")
    address = engine_url if provider == "anthropic" else f"{engine_url}/v1"
    driver = Driver(project, LLM_BASE_URL=address, LLM_API_KEY="a-key")
    outcome = driver.ask(["What is the capital of France?"])  # to "Say hello." it sometimes says nothing
    assert outcome["status"] == "complete", outcome["error"]
    assert outcome["text"].strip()
    assert outcome["tokens"][0] > 5
    driver.close()
    driver = Driver(project, LLM_BASE_URL=address, LLM_API_KEY="a-wrong-key")
    assert driver.ask(["Say hello."])["kind"] == "auth"
    driver.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "does not exist"), (b"no model at all", "cannot load another.gguf")],
    ids=["missing", "broken"],
)
def test_a_model_that_cannot_run_is_said_with_what_to_do(
    bake: Bake, tmp_path: Path, content: bytes | None, said: str
) -> None:
    model = tmp_path / "another.gguf"
    if content:
        model.write_bytes(content)
    driver = Driver(bake(), EMBEDDED_MODEL_PATH=str(model))
    outcome = driver.ask(["Hello"])
    assert outcome["status"] == "failed"
    assert said in outcome["error"]
    assert "EMBEDDED_MODEL_PATH" in outcome["error"]
    driver.close()


# What the engine hands over in place of a model's words, and what becomes of it.
ENGINE = """
import asyncio
import json
import sys

sys.path.insert(0, ".")
from chat import settings
from chat.conversation.messages import Message
from chat.providers import ProviderError, Request, embedded


class Engine:
    def handle_chat_completions(self, body, hand_over):
        for event in json.loads(sys.argv[1]):
            if isinstance(event, str):
                raise RuntimeError(event)
            hand_over(event)


async def read():
    request = Request(settings.PROVIDER, "any", "", 10, messages=[Message.saying("user", "Hello")])
    try:
        async for chunk in embedded.stream(request):
            print(chunk.reasoning, chunk.text, chunk.stop_reason or "", sep="|")
    except ProviderError as error:
        print(error.kind, error.sentence, error.detail, sep="|")


embedded.engine = lambda context_tokens: Engine()
asyncio.run(read())
"""


def event(finish_reason: str | None = None, **delta: str | None) -> dict[str, object]:
    """An event of the engine."""
    return {"choices": [{"delta": delta, "finish_reason": finish_reason}]}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([event(reasoning_content="Hm.", content=None), event(content="Hi.")], "Hm.||\n|Hi.|\n"),
        ([event(content="Hi"), event("length")], "|Hi|\n||\n||max_tokens\n"),
        (
            [{"error": {"code": 400, "message": "too large", "type": "exceed_context_size_error"}}],
            "context|This is too long for the model. ",
        ),
        (
            [event(content="Hi"), {"error": {"code": 500, "message": "out of memory", "type": "server_error"}}],
            "|Hi|\nfailed|The model failed. See Details, or try again.|",
        ),
        (["failed to allocate"], "failed|The model failed. See Details, or try again.|failed to allocate"),
    ],
    ids=["reasoning", "length", "context", "failure", "exception"],
)
def test_what_the_engine_says_beside_words(bake: Bake, events: list[object], said: str) -> None:
    assert output(sys.executable, "-B", "-c", ENGINE, json.dumps(events), cwd=bake()).startswith(said)


# How the trial of the model ended, and what is said of that.
TRIAL = """
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, ".")
from chat.providers import ProviderError, embedded

tried = SimpleNamespace(returncode=int(sys.argv[1]), stderr=sys.argv[2])
embedded.subprocess.run = lambda *arguments, **options: tried
try:
    embedded.probe(Path("model.gguf"))
except ProviderError as error:
    print(error.sentence)
"""


@pytest.mark.parametrize(
    ("status", "stderr", "said"),
    [
        (0, "", ""),
        (-4, "", "This processor lacks AVX2, which the engine needs."),
        (1, "ImportError: libgomp.so.1: cannot open", "The engine needs libgomp: on Debian, apt-get install libgomp1."),
        (1, "ModuleNotFoundError: No module named 'xllamacpp'", "The engine is not installed: install xllamacpp, "),
        (
            1,
            "Traceback:\nImportError: libm.so.6: none.\n",
            "The engine needs a system library: libm.so.6: none.",
        ),
        (1, "error loading model", "The engine cannot load model.gguf."),
    ],
)
def test_why_the_engine_cannot_run_is_said(bake: Bake, status: int, stderr: str, said: str) -> None:
    assert output(sys.executable, "-B", "-c", TRIAL, str(status), stderr, cwd=bake()).startswith(said)
