"""The steps of a reply, and its sources."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from chat.conversation.export import from_json, part_of, to_json, to_markdown
from chat.conversation.messages import Message
from chat.conversation.parts import Undrawable
from chat.conversation.steps import Source, Step
from chat.providers import Chunk, ProviderError
from tests.conftest import ScriptedProvider

END = Chunk(stop_reason="complete")
SOURCE = Source("Atlas", "https://atlas.example/fr", "Paris is the capital.", 12)


def test_a_step_is_replaced_by_what_became_of_it() -> None:
    message, step = Message("assistant"), Step("Searching", "cats")
    message.put(step)
    message.put(step.done("3 pages"))
    (part,) = message.parts
    assert isinstance(part, Step)
    assert (part.name, part.input, part.output, part.status) == ("Searching", "cats", "3 pages", "done")
    assert part.seconds >= 0


def test_a_step_within_another_goes_there() -> None:
    message, outer = Message("assistant"), Step("Research")
    inner = Step("Searching", within=outer.id)
    for step in (outer, inner, inner.failed("no network"), outer.done()):
        message.put(step)
    (part,) = message.parts
    assert isinstance(part, Step)
    assert part.status == "done"
    assert [(step.name, step.status) for step in part.steps] == [("Searching", "failed")]


def talked(page: AppTest, scripted: ScriptedProvider) -> AppTest:
    """A page with a reply that has steps and sources."""
    step = Step("Searching", "capitals")
    inner = Step("Opening", "atlas", within=step.id)
    brought = (step, inner, inner.done("a page"), step.done("1 page"), SOURCE, Source("<b>None</b>", "javascript:a"))
    text = Chunk("Paris [1], or so [2], but `[1]` and [3].")
    scripted.replies.append([*(Chunk(part=part) for part in brought), text, END])
    page.chat_input[0].set_value("Capital of France?").run()
    assert not page.exception
    return page


def sources(page: AppTest) -> str:
    """The list of sources, in HTML."""
    (listed,) = (html.proto.body for html in page.get("html") if html.proto.body.startswith("<ol"))
    return listed


def test_a_step_is_a_line_that_opens(page: AppTest, scripted: ScriptedProvider) -> None:
    outer = talked(page, scripted).status[0]
    assert outer.label.startswith("Searching · ")
    assert [code.value for code in outer.code] == ["capitals", "1 page", "atlas", "a page"]


def test_numbers_in_the_text_lead_to_the_sources(page: AppTest, scripted: ScriptedProvider) -> None:
    talked(page, scripted)
    reply = page.session_state["conversation"].messages[1]
    listed = sources(page)
    assert page.markdown[-1].value == (
        rf"Paris [\[1\]](#source-{reply.id}-1), or so [\[2\]](#source-{reply.id}-2), but `[1]` and \[3\]."
    )
    assert f'id="source-{reply.id}-1"' in listed
    assert '<a href="https://atlas.example/fr"' in listed
    assert "Paris is the capital." in listed
    assert "page 12" in listed


def test_a_source_cannot_run_anything(page: AppTest, scripted: ScriptedProvider) -> None:
    talked(page, scripted)
    listed = sources(page)
    assert "<b>&lt;b&gt;None&lt;/b&gt;</b>, javascript:a<" in listed
    assert 'href="javascript' not in listed


def test_steps_and_sources_are_kept_in_a_file(page: AppTest, scripted: ScriptedProvider) -> None:
    conversation = talked(page, scripted).session_state["conversation"]
    opened = from_json(to_json(conversation))
    assert opened.messages[1].parts == conversation.messages[1].parts
    saved = to_markdown(conversation)
    assert "> **Searching**" in saved
    assert "[1] Atlas, page 12, https://atlas.example/fr\n> Paris is the capital." in saved


def test_a_step_that_never_ended_says_so(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([Chunk(part=Step("Searching")), Chunk("Paris."), END])
    page.chat_input[0].set_value("Capital of France?").run()
    page.run()
    assert page.status[0].label == "Searching · not finished"
    assert page.status[0].state == "complete"


def test_a_step_that_a_failure_ends_says_so_at_once(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.replies.append([Chunk(part=Step("Searching")), ProviderError("cut_off")])
    page.chat_input[0].set_value("Capital of France?").run()
    assert page.status[0].label == "Searching · not finished"


def test_what_cannot_be_kept_is_taken_out() -> None:
    message, step = Message("assistant"), Step("a\ud83d\0b", "c\0")
    for part in (step, step.done("d\ud83d"), Source("e\0")):
        message.put(part)
    outcome, source = message.parts
    assert isinstance(outcome, Step)
    assert isinstance(source, Source)
    assert (outcome.name, outcome.input, outcome.output, source.title) == ("a\ufffdb", "c", "d\ufffd", "e")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "step"},
        {"kind": "step", "name": 5},
        {"kind": "step", "name": "a", "status": "lost"},
        {"kind": "step", "name": "a", "steps": [{"name": 5}]},
        {"kind": "source", "title": "a", "page": "twelve"},
    ],
    ids=json.dumps,
)
def test_what_is_neither_is_kept_with_a_reason(values: dict[str, object]) -> None:
    part = part_of(values)
    assert isinstance(part, Undrawable)
    assert "unexpected structure" in part.reason
