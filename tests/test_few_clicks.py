"""Everyday actions take few clicks: as many as docs/gallery.md says, and no more than in the big chats."""

from collections.abc import Callable

from app import App
from conftest import ROOT
from documentation import clicks
from documentation.pictures import GALLERY
from wire import Wire


def test_nothing_takes_more_clicks_than_in_the_big_chats(start: Callable[..., App], wire: Wire) -> None:
    wire.models = clicks.MODELS
    app = start(llm_provider="openai", history="database", attachments="images")
    counted = clicks.count(app, wire, ROOT / "docs" / "images" / "default-app.png")
    assert {act: number for act, number in counted.items() if number > clicks.ACTS[act][0]} == {}
    assert GALLERY.read_text("utf-8").endswith(clicks.chapter(counted))
