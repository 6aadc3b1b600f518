"""Files of a question: in every provider's format, and in a real browser."""

import io
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import expect
from test_providers import Driver, environment, wire_format

from app import App
from conftest import Bake
from wire import Wire

# Gemini's SDK writes base64 in the letters that may stand in an address.
TO_URL, FROM_URL = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


def photo() -> bytes:
    """A photo that tells where it was taken, as cameras make them."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.6)
    data = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((1200, 900)).save(data, "JPEG", exif=exif)
    return data.getvalue()


def sheet() -> bytes:
    """A sheet with a number in it."""
    data, book = io.BytesIO(), Workbook()
    book.active.append(["Grand total", 4711])
    book.save(data)
    return data.getvalue()


def images_in(body: Any) -> list[bytes]:
    """Every image in a request, whatever its shape: texts in base64 that are one."""
    if isinstance(body, dict | list):
        values = body.values() if isinstance(body, dict) else body
        return [image for value in values for image in images_in(value)]
    data = re.sub(r"^data:image/\w+;base64,", "", body) if isinstance(body, str) else ""
    data = data.translate(FROM_URL)
    return [b64decode(data)] if data.startswith(("/9j/", "iVBOR")) else []


SHAPES: dict[str, Callable[[str, str], list[dict[str, Any]]]] = {
    "openai": lambda text, data: [
        {"type": "input_image", "detail": "auto", "image_url": f"data:image/jpeg;base64,{data}"},
        {"type": "input_text", "text": text},
    ],
    "anthropic": lambda text, data: [
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": data}},
        {"type": "text", "text": text},
    ],
    "gemini": lambda text, data: [
        {"inlineData": {"data": data.translate(TO_URL), "mime_type": "image/jpeg"}},
        {"text": text},
    ],
    "bedrock": lambda text, data: [{"image": {"format": "jpeg", "source": {"bytes": data}}}, {"text": text}],
    "mistral": lambda text, data: [
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}},
        {"type": "text", "text": text},
    ],
}


@pytest.mark.parametrize("provider", SHAPES)
def test_what_every_provider_is_sent(bake: Bake, wire: Wire, provider: str) -> None:
    project = bake(llm_provider=provider, attachments="images_and_documents")
    driver = Driver(project, **environment(provider, wire.base_url(wire_format(provider))))
    files = [["photo.jpg", b64encode(photo()).decode()], ["notes.txt", b64encode(b"It is 5.").decode()]]
    driver.ask([["What?", *files], "That.", "Sure?"])
    driver.ask([["", files[0]]])
    driver.close()
    with_text, without = (request.body for request in wire.requests)
    [image] = images_in(with_text)
    assert Image.open(io.BytesIO(image)).size == (900, 1200)
    assert not Image.open(io.BytesIO(image)).getexif()
    text = '<document name="notes.txt">\nIt is 5.\n</document>\n\nWhat?'
    turn = (with_text.get("input") or with_text.get("contents") or with_text["messages"])[-3]
    expected = SHAPES[provider](text, b64encode(image).decode())
    assert (turn.get("content") or turn["parts"]) == expected
    turn = (without.get("input") or without.get("contents") or without["messages"])[-1]
    assert (turn.get("content") or turn["parts"]) == expected[:1]


def attach(app: App, *files: Path) -> None:
    """Choose files for the next question, and wait until the server has them."""
    box = app.page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files(files)
    expect(box.get_by_test_id("stFileChip")).to_have_count(len(files))
    expect(box.get_by_test_id("stFileChipIconSpinner")).to_have_count(0)


def test_a_conversation_with_files(start: Callable[..., App], wire: Wire, tmp_path: Path) -> None:
    app = start(llm_provider="openai", attachments="images_and_documents")
    wire.play("echo")
    files = {"photo.jpg": photo(), "sheet.xlsx": sheet(), "bad.pdf": b"MZ\x90" + bytes(100)}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    attach(app, *(tmp_path / name for name in files))
    app.ask("How much?")
    expect(app.page.get_by_text("bad.pdf is not a valid PDF file")).to_be_visible()
    expect(app.page.get_by_text("sheet.xlsx (5 kB)")).to_be_visible()
    expect(app.question).to_have_value("How much?")
    assert not wire.requests
    app.picture("attachments-1-refused")

    app.question.press("Enter")
    expect(app.messages.nth(1)).to_contain_text("How much?")
    expect(app.page.get_by_text("bad.pdf")).to_have_count(0)
    app.wait_for_the_end()
    picture = app.messages.nth(0).get_by_role("img", name="photo.jpg")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalHeight > image.naturalWidth")
    expect(app.messages.nth(0)).to_contain_text("sheet.xlsx (5 kB)")
    app.picture("attachments-2-asked")
    [image] = images_in(wire.requests[0].body)
    assert not Image.open(io.BytesIO(image)).getexif()
    assert "4711" in json.dumps(wire.requests[0].body)

    app.ask("And now?")
    expect(app.messages.nth(3)).to_contain_text("And now?")
    app.wait_for_the_end()
    assert images_in(wire.requests[1].body) == [image]
    # Another option ends the run of the page in which the files are read.
    app.page.get_by_text("Options", exact=True).click()
    wire.play("good")
    convert, gate = app.project / "chat" / "conversation" / "attachments" / "convert.py", tmp_path / "gate"
    held = f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists():\n    time.sleep(0.01)\n"
    convert.write_text(held + convert.read_text("utf-8"), "utf-8")
    (tmp_path / "long.xlsx").write_bytes(sheet())
    attach(app, tmp_path / "long.xlsx")
    app.ask("Once more?")
    expect(app.page.get_by_text("Reading the files")).to_be_visible()
    app.page.get_by_label("System prompt").fill("Be brief.")
    app.page.get_by_label("System prompt").press("Control+Enter")
    gate.touch()
    expect(app.messages.nth(4)).to_contain_text("Once more?")
    app.wait_for_the_end()
    expect(app.messages).to_have_count(6)
    expect(app.messages.nth(4)).to_contain_text("long.xlsx")
    assert len(wire.requests) == 3
    app.page.reload()
    expect(app.messages.nth(0).get_by_role("img", name="photo.jpg")).to_be_visible()
