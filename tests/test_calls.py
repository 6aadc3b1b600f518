"""Tool calls in every wire format, through each provider's SDK: what is offered, read and sent back."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx2
import pytest
from test_providers import Driver, environment, wire_format

from conftest import PROVIDERS as FACTS
from conftest import Bake
from wire import DIALECTS, REASONING, Wire, signature
from wire.bedrock import event as bedrock_event
from wire.quirks import DONE, END, GOOD, SAY, anthropic, chat, delta, good, raw, refusal
from wire.reply import sse
from wire.scenarios import split

PROVIDERS = (
    "openai",
    "anthropic",
    "gemini",
    "bedrock",
    "openai_compatible",
    "azure_openai",
    "ollama",
    "openrouter",
    "groq",
    "mistral",
    "cohere",
    "deepseek",
    "xai",
    "together",
    "huggingface",
)
TEXT = "Let me look."
QUESTION = "What time is it?"
ONE = (("get_time", '{"zone": "Europe/Paris"}'),)
TWO = (*ONE, ("get_date", '{"zone": "Asia/Tokyo"}'))
BROKEN = (("get_time", '{"zone": "Europe/'),)
UNKNOWN = (("get_weather", "{}"),)
TOOLS = ("get_time", "get_date")


def asking(text: str) -> tuple[str, list[Any]]:
    """A message of a person."""
    return ("user", [{"kind": "text", "text": text}])


class Calls:
    """A bake with every provider, in one process, and the server that they ask."""

    def __init__(self, driver: Driver, wire: Wire) -> None:
        """Nothing has been asked yet."""
        self.driver, self.wire = driver, wire

    def play(self, provider: str, *scenarios: str, calls: tuple[tuple[str, str], ...] = ONE, **options: Any) -> None:
        """Answer by these scenarios, in the provider's dialect."""
        self.wire.requests.clear()
        dialect = provider if provider in DIALECTS else None
        self.wire.play(scenarios, text=TEXT, chunks=3, calls=calls, dialect=dialect, **options)

    def ask(self, provider: str, *turns: tuple[str, list[Any]], tools: tuple[str, ...] = TOOLS) -> Any:
        """What came of a request with these turns after the question."""
        return self.driver.told({"provider": provider, "tools": tools, "messages": [asking(QUESTION), *turns]})

    @property
    def body(self) -> Any:
        """The last request."""
        return self.wire.requests[-1].body


@pytest.fixture(scope="module")
def calls(bake: Bake) -> Iterator[Calls]:
    """All of them."""
    first, *others = PROVIDERS
    project = bake(llm_provider=first, extra_providers=",".join(others), tools="functions")
    with Wire() as wire:
        addresses = [environment(name, wire.base_url(wire_format(name))) for name in PROVIDERS]
        driver = Driver(project, script="calls.py", **{name: value for one in addresses for name, value in one.items()})
        yield Calls(driver, wire)
        driver.close()


def answered(parts: list[Any], *results: tuple[str, str]) -> list[Any]:
    """The parts of a reply with these statuses and results of its calls."""
    left = iter(results)
    done = deepcopy(parts)
    for part in done:
        if part["kind"] == "toolcall":
            part["status"], part["result"] = next(left)
    return done


def asked_for(parts: list[Any]) -> list[tuple[str, str]]:
    """The calls among the parts."""
    return [(part["name"], part["arguments"]) for part in parts if part["kind"] == "toolcall"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_tools_are_offered_and_calls_read(calls: Calls, provider: str) -> None:
    for wanted in (ONE, TWO, UNKNOWN, BROKEN):
        calls.play(provider, "tools", calls=wanted)
        outcome = calls.ask(provider)
        parts = outcome["parts"]
        if wanted == BROKEN and provider == "gemini":  # which reads what the model wrote, and hands on no such call
            assert outcome["stop_reason"] == "ended_early"
            assert "MALFORMED_FUNCTION_CALL" in outcome["detail"]
            continue
        assert outcome["stop_reason"] == "tools", outcome
        assert asked_for(parts) == [*wanted]
        kinds = [part["kind"] for part in parts]
        assert kinds == ["reasoning", "text", *["toolcall"] * len(wanted), "replay"]
        assert (parts[0]["text"], parts[1]["text"]) == (REASONING, TEXT)
        assert len({part["id"] for part in parts if part["kind"] == "toolcall"}) == len(wanted)
    assert offered(provider, calls.body) == [*TOOLS]
    calls.play(provider, "good")
    assert calls.ask(provider)["parts"] == [{"kind": "text", "text": TEXT}]
    assert calls.ask(provider, tools=())["stop_reason"] == "complete"
    assert not calls.body.get("tools")


def offered(provider: str, body: Any) -> list[str]:
    """The names of the tools in a request, each with its description and its schema."""
    match provider:
        case "gemini":
            [tools] = body["tools"]
            functions = [(tool, tool["parameters_json_schema"]) for tool in tools["functionDeclarations"]]
        case "bedrock":
            tools = [tool["toolSpec"] for tool in body["toolConfig"]["tools"]]
            functions = [(tool, tool["inputSchema"]["json"]) for tool in tools]
        case "openai":
            assert {(tool["type"], tool["strict"]) for tool in body["tools"]} == {("function", False)}
            functions = [(tool, tool["parameters"]) for tool in body["tools"]]
        case "anthropic":
            functions = [(tool, tool["input_schema"]) for tool in body["tools"]]
        case _:
            assert {tool["type"] for tool in body["tools"]} == {"function"}
            functions = [(tool["function"], tool["function"]["parameters"]) for tool in body["tools"]]
    assert all(tool["description"] == "The time in a zone." for tool, _ in functions)
    assert all(schema["required"] == ["zone"] for _, schema in functions)
    return [tool["name"] for tool, _ in functions]


def conversation(provider: str, body: Any) -> Any:
    """The turns of a request, without the system prompt and the question."""
    turns = body.get("input") or body.get("contents") or body["messages"]
    return turns[1 + (turns[0]["role"] == "system") :]


# What follows on the question: the turn of the model as it came, then a result and a failure.
SEALED = signature(REASONING)
PARIS, TOKYO = {"zone": "Europe/Paris"}, {"zone": "Asia/Tokyo"}
RESULTS = (("done", "12:30"), ("failed", "There is no such zone."))
ROUND = {
    "openai": [
        {
            "type": "reasoning",
            "id": "rs_1_0",
            "summary": [{"type": "summary_text", "text": REASONING}],
            "encrypted_content": signature("rs_1_0", REASONING),
        },
        {
            "type": "message",
            "id": "msg_1_1",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": TEXT, "annotations": [], "logprobs": []}],
        },
        *(
            {
                "type": "function_call",
                "id": f"fc_1_{number + 2}",
                "call_id": f"call_1_{number}",
                "name": name,
                "arguments": arguments,
                "status": "completed",
            }
            for number, (name, arguments) in enumerate(TWO)
        ),
        {"type": "function_call_output", "call_id": "call_1_0", "output": "12:30"},
        {"type": "function_call_output", "call_id": "call_1_1", "output": "Error: There is no such zone."},
    ],
    "anthropic": [
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": REASONING, "signature": SEALED},
                {"type": "text", "text": TEXT},
                {"type": "tool_use", "id": "toolu_1_0", "name": "get_time", "input": PARIS},
                {"type": "tool_use", "id": "toolu_1_1", "name": "get_date", "input": TOKYO},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1_0", "content": "12:30", "is_error": False},
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_1_1",
                    "content": "There is no such zone.",
                    "is_error": True,
                },
            ],
        },
    ],
    "bedrock": [
        {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": REASONING, "signature": SEALED}}},
                {"text": TEXT},
                {"toolUse": {"toolUseId": "tooluse_1_0", "name": "get_time", "input": PARIS}},
                {"toolUse": {"toolUseId": "tooluse_1_1", "name": "get_date", "input": TOKYO}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "tooluse_1_0", "content": [{"text": "12:30"}], "status": "success"}},
                {
                    "toolResult": {
                        "toolUseId": "tooluse_1_1",
                        "content": [{"text": "There is no such zone."}],
                        "status": "error",
                    }
                },
            ],
        },
    ],
    "gemini": [
        {
            "role": "model",
            "parts": [
                *({"text": piece, "thought": True} for piece in split(REASONING, 3)),
                *({"text": piece} for piece in split(TEXT, 3)),
                {
                    "functionCall": {"id": "call_1_0", "name": "get_time", "args": PARIS},
                    "thoughtSignature": signature("get_time", ONE[0][1]),
                },
                {"functionCall": {"id": "call_1_1", "name": "get_date", "args": TOKYO}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "call_1_0", "name": "get_time", "response": {"output": "12:30"}}},
                {
                    "functionResponse": {
                        "id": "call_1_1",
                        "name": "get_date",
                        "response": {"error": "There is no such zone."},
                    }
                },
            ],
        },
    ],
}
CHAT = [
    {
        "role": "assistant",
        "content": TEXT,
        "tool_calls": [
            {"id": f"call_2_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for number, (name, arguments) in enumerate(TWO)
        ],
    },
    {"role": "tool", "tool_call_id": "call_2_0", "content": "12:30"},
    {"role": "tool", "tool_call_id": "call_2_1", "content": "Error: There is no such zone."},
]
# Each server is sent what was thought under the name under which it sent it; Mistral takes it under none.
DETAIL = {"type": "reasoning.text", "text": REASONING, "index": 0, "format": "anthropic-claude-v1", "signature": SEALED}
THOUGHTS: dict[str, dict[str, Any]] = {
    **{name: {"reasoning": REASONING} for name in ("ollama", "groq", "together", "huggingface")},
    "mistral": {},
    "openrouter": {"reasoning": REASONING, "reasoning_details": [DETAIL]},
}


def expected(provider: str) -> list[Any]:
    """What follows on the question in the request with the results."""
    if provider in ROUND:
        return ROUND[provider]
    called, *results = CHAT
    return [called | THOUGHTS.get(provider, {"reasoning_content": REASONING}), *results]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_turn_goes_back_as_it_came_with_all_results(calls: Calls, provider: str) -> None:
    calls.play(provider, "tools", "good", calls=TWO)
    parts = answered(calls.ask(provider)["parts"], *RESULTS)

    # In the reply that is being made.
    outcome = calls.ask(provider, ("assistant", parts))
    assert outcome["stop_reason"] == "complete", outcome
    assert conversation(provider, calls.body) == expected(provider)

    # The turn after it is kept too, and both go back with the next question.
    assert [part["kind"] for part in outcome["parts"]] == ["text", "replay"]
    again = calls.ask(provider, ("assistant", [*parts, *outcome["parts"]]), asking("Why?"))
    assert again["stop_reason"] == "complete", again
    *turns, _, question = conversation(provider, calls.body)
    assert turns == expected(provider)
    assert "Why?" in str(question)
    assert [part["kind"] for part in again["parts"]] == ["text"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_model_can_call_again_and_again(calls: Calls, provider: str) -> None:
    calls.play(provider, "tools")
    parts: list[Any] = []
    for turn in range(1, 4):
        outcome = calls.ask(provider, *([("assistant", parts)] if parts else []))
        assert outcome["stop_reason"] == "tools", outcome
        parts += answered(outcome["parts"], ("done", f"12:3{turn}"))
    assert len({part["id"] for part in parts if part["kind"] == "toolcall"}) == 3


def test_deepseek_is_sent_thoughts_also_where_there_were_none(calls: Calls) -> None:
    calls.play("deepseek", "tools", "good", reasoning="")
    parts = answered(calls.ask("deepseek")["parts"], ("done", "12:30"))
    assert calls.ask("deepseek", ("assistant", parts))["stop_reason"] == "complete"
    assert conversation("deepseek", calls.body)[0]["reasoning_content"] == ""


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "gemini"])
def test_arguments_that_are_none_do_not_stop_the_conversation(calls: Calls, provider: str) -> None:
    calls.play(provider, "tools", "good", calls=BROKEN)
    parts = answered(calls.ask(provider)["parts"], ("failed", "The arguments are no JSON."))
    assert calls.ask(provider, ("assistant", parts))["stop_reason"] == "complete"
    assert "Europe/" in str(conversation(provider, calls.body))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_question_after_a_reply_that_was_stopped_at_its_calls(calls: Calls, provider: str) -> None:
    calls.play(provider, "tools", "good", calls=TWO)
    parts = answered(calls.ask(provider)["parts"], *RESULTS)
    outcome = calls.ask(provider, ("assistant", parts), asking("And now?"))
    assert outcome["stop_reason"] == "complete", outcome
    *turns, stopped, question = conversation(provider, calls.body)
    assert turns == expected(provider)
    assert (stopped["role"], question["role"]) in {("assistant", "user"), ("model", "user")}


def tool_calls(*pieces: dict[str, Any], **fields: Any) -> bytes:
    """A delta with pieces of calls."""
    choice = {"index": 0, "delta": {"tool_calls": pieces} | fields, "finish_reason": None}
    return chat(choices=[choice])


def piece(arguments: Any, name: str | None = None, **fields: Any) -> dict[str, Any]:
    """A piece of a call."""
    return {"function": {"arguments": arguments} | ({"name": name} if name else {})} | fields


# What servers send that is not as documented, and which calls it is.
SPELLINGS = {
    "whole, each with the first index": (
        tool_calls(piece(ONE[0][1], "get_time", index=0, id="a"))
        + tool_calls(piece(TWO[1][1], "get_date", index=0, id="b")),
        TWO,
    ),
    "whole, without index and in one delta": (
        tool_calls(piece(ONE[0][1], "get_time", id="a"), piece(TWO[1][1], "get_date", id="b")),
        TWO,
    ),
    "an id in each piece": (
        tool_calls(piece('{"zone": ', "get_time", index=0, id="a"))
        + tool_calls(piece('"Europe/Paris"}', "", index=0, id="a", type="function")),
        ONE,
    ),
    "empty ids, and names once more": (
        tool_calls(piece('{"zone": ', "get_time", index=0, id=""))
        + tool_calls(piece('"Europe/Paris"}', "get_time", index=0)),
        ONE,
    ),
    "arguments as an object": (tool_calls(piece(PARIS, "get_time", index=0, id="a")), ONE),
    "no arguments": (tool_calls(piece("", "get_time", index=0, id="a")), (("get_time", "{}"),)),
    "null where nothing is said": (
        tool_calls(piece(ONE[0][1], "get_time", index=0, id="a", type=None), content=None, reasoning=None)
        + chat(choices=[{"index": 0, "delta": {"tool_calls": None}}]),
        ONE,
    ),
}


@pytest.mark.parametrize("end", ["tool_calls", "stop", "STOP", None], ids=str)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_calls_in_other_spellings(calls: Calls, spelling: str, end: str | None) -> None:
    deltas, wanted = SPELLINGS[spelling]
    calls.wire.answer(raw("chat", deltas + (END["chat"](end) if end else b"") + DONE), raw("chat", good("chat")))
    outcome = calls.ask("openai_compatible")
    assert outcome["stop_reason"] == "tools", outcome
    assert asked_for(outcome["parts"]) == [*wanted]
    parts = answered(outcome["parts"], *[("done", "12:30")] * len(wanted))
    assert calls.ask("openai_compatible", ("assistant", parts))["stop_reason"] == "complete"
    called, *results = conversation("openai_compatible", calls.body)
    ids = [call["id"] for call in called["tool_calls"]]
    assert all(ids)
    assert [result["tool_call_id"] for result in results] == ids
    assert {*called} == {"role", "content", "tool_calls"}


def test_text_that_may_be_a_tag_stands_before_the_call(calls: Calls) -> None:
    deltas = chat(choices=[{"index": 0, "delta": {"content": "If a <"}}]) + tool_calls(piece("{}", "get_time", id="a"))
    calls.wire.answer(raw("chat", deltas + END["chat"]("stop")))
    parts = calls.ask("openai_compatible")["parts"]
    assert [(part["kind"], part.get("text")) for part in parts][:2] == [("text", "If a <"), ("toolcall", None)]


def test_thoughts_that_cannot_be_read_go_back(calls: Calls) -> None:
    block = {"type": "redacted_thinking", "data": "c2VjcmV0"}
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_time", "input": {}}
    written = anthropic("content_block_start", index=0, content_block=block)
    written += anthropic("content_block_start", index=1, content_block={"type": "text", "text": ""})
    written += anthropic("content_block_start", index=2, content_block=call) + END["anthropic"]("tool_use")
    calls.wire.answer(raw("anthropic", written), raw("anthropic", good("anthropic")))
    parts = answered(calls.ask("anthropic")["parts"], ("done", "12:30"))
    calls.ask("anthropic", ("assistant", parts))
    assert conversation("anthropic", calls.body)[0]["content"] == [block, call]

    start = bedrock_event(
        "contentBlockStart", contentBlockIndex=1, start={"toolUse": {"toolUseId": "a", "name": "get_time"}}
    )
    hidden = {"reasoningContent": {"redactedContent": "c2VjcmV0"}}
    written = bedrock_event("contentBlockDelta", contentBlockIndex=0, delta=hidden) + start + END["bedrock"]("tool_use")
    calls.wire.answer(raw("bedrock", written), raw("bedrock", good("bedrock")))
    parts = answered(calls.ask("bedrock")["parts"], ("done", "12:30"))
    calls.ask("bedrock", ("assistant", parts))
    called = {"toolUse": {"toolUseId": "a", "name": "get_time", "input": {}}}
    assert conversation("bedrock", calls.body)[0]["content"] == [hidden, called]


def test_a_turn_that_was_paused_in_a_search_goes_on(calls: Calls) -> None:
    query = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    page = {"type": "web_search_result", "title": "A", "url": "https://a.example", "encrypted_content": "c2VhbGVk"}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [page]}
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_time", "input": {}}
    written = anthropic("content_block_start", index=0, content_block=query)
    written += anthropic(
        "content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": '{"query": 1}'}
    )
    written += anthropic("content_block_start", index=1, content_block=found) + END["anthropic"]("pause_turn")
    asks = anthropic("content_block_start", index=0, content_block=call) + END["anthropic"]("tool_use")
    stop = anthropic("message_stop")
    calls.wire.requests.clear()
    calls.wire.answer(*(raw("anthropic", body + stop) for body in (written, asks, good("anthropic"))))

    outcome = calls.ask("anthropic")
    assert outcome["stop_reason"] == "tools"
    assert [part["kind"] for part in outcome["parts"]] == ["replay", "toolcall", "replay"]
    paused = {"role": "assistant", "content": [query | {"input": {"query": 1}}, found]}
    assert conversation("anthropic", calls.body) == [paused]

    calls.ask("anthropic", ("assistant", answered(outcome["parts"], ("done", "12:30"))))
    first, second, results = conversation("anthropic", calls.body)
    assert (first, second) == (paused, {"role": "assistant", "content": [call]})
    assert results["content"][0]["tool_use_id"] == "toolu_1"
    assert len(calls.wire.requests) == 3


def test_gemini_may_give_no_ids(calls: Calls) -> None:
    content = {"role": "model", "parts": [{"functionCall": {"name": name}} for name in TOOLS]}
    calls.wire.answer(
        raw("gemini", sse({"candidates": [{"content": content, "finishReason": "STOP"}]})),
        raw("gemini", good("gemini")),
    )
    parts = answered(calls.ask("gemini")["parts"], *RESULTS)
    calls.ask("gemini", ("assistant", parts))
    called, results = conversation("gemini", calls.body)
    assert called == content
    assert [part["functionResponse"]["response"] for part in results["parts"]] == [
        {"output": "12:30"},
        {"error": "There is no such zone."},
    ]
    assert "id" not in str(results)


def without(items: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """A turn that is kept, without the items of this type, and without the field of this name in others."""
    left = [item for item in items if item.get("type") != name and [*item] != [name]]
    return [{field: value for field, value in item.items() if field != name} for item in left]


# What is taken from a turn that is kept, and what the vendor says then.
DEMANDED = {
    "openai": ("reasoning", "was provided without its required 'reasoning' item"),
    "anthropic": ("thinking", "Expected `thinking` or `redacted_thinking`"),
    "bedrock": ("reasoningContent", "Expected `thinking` or `redacted_thinking`"),
    "gemini": ("thought_signature", "is missing a thought_signature"),
    "deepseek": ("reasoning_content", "in the thinking mode must be passed back to the API"),
    "openrouter": ("reasoning_details", "Invalid `signature` in `thinking` block"),
}


@pytest.mark.parametrize("provider", DEMANDED)
def test_the_server_refuses_what_the_vendor_refuses(calls: Calls, provider: str) -> None:
    calls.play(provider, "tools", "good")
    parts = answered(calls.ask(provider)["parts"], ("done", "12:30"))
    assert calls.ask(provider, ("assistant", parts))["stop_reason"] == "complete"

    name, words = DEMANDED[provider]
    parts[-1]["items"] = without(parts[-1]["items"], name)
    refused = calls.ask(provider, ("assistant", parts))
    assert refused["kind"] == "bad_request"
    assert words in refused["detail"]


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("openai", "No tool output found for function call"),
        ("anthropic", "`tool_use` ids were found without `tool_result` blocks immediately after"),
        ("bedrock", "`tool_use` ids were found without `tool_result` blocks immediately after"),
        ("gemini", "the number of function response parts is equal"),
        ("openai_compatible", "must be followed by tool messages responding to each"),
    ],
)
def test_the_server_refuses_a_call_without_its_result(calls: Calls, provider: str, words: str) -> None:
    calls.play(provider, "tools", "good")
    parts = answered(calls.ask(provider)["parts"], ("done", "12:30"))
    assert calls.ask(provider, ("assistant", parts))["stop_reason"] == "complete"
    turns = calls.body.get("input") or calls.body.get("contents") or calls.body["messages"]
    turns[-1] = turns[-3 if provider != "openai" else 0]  # a question in place of the result
    answer = httpx2.post(f"{calls.wire.url}{calls.wire.requests[-1].path}", json=calls.body)
    assert answer.status_code == 400
    assert words in answer.text


SEARCHING = ("openai", "anthropic", "gemini", "openrouter", "groq")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_web_is_searched_by_those_who_can(calls: Calls, provider: str) -> None:
    calls.play(provider, "good")
    calls.ask(provider)
    assert not searches(provider, calls.body)
    calls.driver.set(WEB_SEARCH=True)
    for tools in (TOOLS, ()):
        outcome = calls.ask(provider, tools=tools)
        assert outcome["stop_reason"] == "complete", outcome
        assert searches(provider, calls.body) == (provider in SEARCHING)
    calls.driver.set(WEB_SEARCH=False)


def searches(provider: str, body: Any) -> bool:
    """Whether a request lets the model search the web, as the provider's documentation has it."""
    tools = body.get("tools", [])
    if provider == "gemini":
        both = any("functionDeclarations" in tool for tool in tools) and any("googleSearch" in tool for tool in tools)
        together = {"includeServerSideToolInvocations": True}
        assert (body.get("toolConfig") == together) == both
        return any(tool.get("googleSearch") == {} for tool in tools)
    kind = FACTS[provider]["search_tool"]
    options = {"name": "web_search", "allowed_callers": ["direct"]} if provider == "anthropic" else {}
    return bool(kind) and {"type": kind, **options} in tools


PAGE, OTHER = ("The page", "https://a.example/1"), ("Another", "https://a.example/2")


def web(title: str, address: str, **fields: Any) -> dict[str, Any]:
    """An annotation of OpenAI."""
    return {"type": "url_citation", "title": title, "url": address, "start_index": 0, "end_index": 5} | fields


def annotated(*pages: tuple[str, str]) -> bytes:
    """Annotations in OpenAI's stream."""
    kind = "response.output_text.annotation.added"
    return b"".join(sse({"type": kind, "annotation": web(*page)}) for page in pages)


def cited_by_anthropic(*citations: dict[str, Any]) -> bytes:
    """A block of text with citations."""
    written = anthropic("content_block_start", index=0, content_block={"type": "text", "text": "", "citations": []})
    written += anthropic("content_block_delta", index=0, delta={"type": "text_delta", "text": "So it is."})
    for citation in citations:
        delta = {"type": "citations_delta", "citation": citation}
        written += anthropic("content_block_delta", index=0, delta=delta)
    return written + anthropic("content_block_stop", index=0)


def cited_by_bedrock(*citations: dict[str, Any]) -> bytes:
    """The same."""
    deltas = [{"text": "So it is."}, *({"citation": citation} for citation in citations)]
    written = [bedrock_event("contentBlockDelta", contentBlockIndex=0, delta=delta) for delta in deltas]
    return b"".join(written) + bedrock_event("contentBlockStop", contentBlockIndex=0)


def source(title: str, address: str = "", passage: str = "", page: int | None = None) -> dict[str, Any]:
    """A source among the parts of a reply."""
    return {"kind": "source", "title": title, "address": address, "passage": passage, "page": page, "number": 0}


FOUND = [{"web": {"title": title, "uri": address}} for title, address in (PAGE, PAGE, OTHER)]
# How each provider tells what a reply rests on, the text that is kept, and the sources.
CITED: dict[str, tuple[bytes, str, list[dict[str, Any]]]] = {
    "openai": (
        SAY["openai"]("So it is.") + annotated(PAGE, OTHER, PAGE),
        "So it is.",
        [source(*PAGE), source(*OTHER)],
    ),
    "openrouter": (
        SAY["chat"]("So it is.")
        + delta("", annotations=[{"type": "url_citation", "url_citation": web(*PAGE, content="Words.")}]),
        "So it is.",
        [source(*PAGE, "Words.")],
    ),
    "gemini": (
        SAY["gemini"]("So it is.") + sse({"candidates": [{"groundingMetadata": {"groundingChunks": FOUND}}]}),
        "So it is.",
        [source(*PAGE), source(*OTHER)],
    ),
    "anthropic": (
        cited_by_anthropic(
            {"type": "web_search_result_location", "title": PAGE[0], "url": PAGE[1], "cited_text": "Words."},
            {"type": "page_location", "document_title": "a.pdf", "cited_text": "More.", "start_page_number": 3},
        )
        * 2,
        "So it is. [1] [2]So it is. [1] [2]",
        [source(*PAGE, "Words."), source("a.pdf", "", "More.", 3)],
    ),
    "bedrock": (
        cited_by_bedrock(
            {"title": PAGE[0], "location": {"web": {"url": PAGE[1]}}, "sourceContent": [{"text": "Words."}]},
            {"title": "a.pdf", "location": {"documentPage": {"documentIndex": 0, "start": 3, "end": 4}}},
        ),
        "So it is. [1] [2]",
        [source(*PAGE, "Words."), source("a.pdf", "", "", 3)],
    ),
}


@pytest.mark.parametrize("provider", CITED)
def test_what_a_reply_rests_on(calls: Calls, provider: str) -> None:
    written, text, sources = CITED[provider]
    wire = wire_format(provider)
    calls.wire.answer(raw(wire, written + END[wire](GOOD[wire])))
    outcome = calls.ask(provider)
    assert outcome["stop_reason"] == "complete", outcome
    assert outcome["parts"] == [{"kind": "text", "text": text}, *sources]


REFUSALS = {
    "ollama": "registry.ollama.ai/library/gemma:2b does not support tools",
    "openai_compatible": '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    "huggingface": "tools param requires --jinja flag",
    "openrouter": "No endpoints found that support tool use. To learn more about provider routing, visit: https://a.b",
    "groq": "`tool calling` is not supported with this model",
    "mistral": "Function calling is not enabled for this model",
    "azure_openai": "Unsupported parameter: 'tools' is not supported with this model.",
    "together": "This model doesn't support function calling",
    "gemini": "Function calling is not enabled for models/gemma-3-27b-it",
    "bedrock": "This model doesn't support tool use in streaming mode.",
}


@pytest.mark.parametrize("provider", REFUSALS)
def test_a_model_that_cannot_call_tools(calls: Calls, provider: str) -> None:
    calls.wire.answer(refusal(400, REFUSALS[provider])[wire_format(provider).replace("ollama", "chat")])
    refused = calls.ask(provider)
    assert refused["kind"] == "tools", refused
    assert refused["detail"].startswith("This model cannot call tools. Choose another one.")
