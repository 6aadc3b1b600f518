"""The bench against other chats: each chat gives every figure of the table."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import beside, crowd
from bench.peers.people import Reading
from bench.people import Wait
from bench.reply import Reply
from bench.servers import Provider
from conftest import ROOT, Bake, copied
from dev import prepare_peers

CLASSIC = ROOT / "bench" / "classic"
PEOPLE = 2


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def assert_measured(name: str, app: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "CROWD_CHUNKS", 20)
    taken = beside.measure_beside(beside.chats(CLASSIC, app)[name], provider, PEOPLE)
    header, _, *rows = beside.table({name: taken}, PEOPLE).splitlines()
    assert [cell.strip() for cell in header.split("|")] == ["", "", name, ""]
    assert len(rows) == len(taken)
    assert min(taken["crowd: first word"], taken["later turn: first word"], taken["memory"]) > 0


def test_words_are_read_in_pieces() -> None:
    reading = Reading(reply := Reply(1))
    for piece in (reply.first_word[:3], reply.first_word[3:], ": and ", reply.last_word):
        with pytest.raises(KeyError):
            reading.wait()
        reading.read(piece)
    assert isinstance(wait := reading.wait(), Wait)
    assert 0 < wait.first_word < wait.last_word


def test_the_classic_pattern(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_measured("classic", CLASSIC, provider, monkeypatch)


def test_the_app(bake: Bake, provider: Provider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert_measured("here", copied(bake(llm_provider="openai"), tmp_path / "app"), provider, monkeypatch)


@pytest.mark.thorough
def test_the_peers(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_peers()
    for name in ("Chainlit", "Gradio"):
        assert_measured(name, CLASSIC, provider, monkeypatch)
