"""Takes the pictures of what some answers look like: `.dev/environment/bin/python -m configurator.pictures`.

Each is a real conversation in an app that was baked for it, with a local server in the place of its provider.
"""

import io
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from answers import ROOT
from configurator.baking import bake
from configurator.questions import QUESTIONS

sys.path.insert(0, str(ROOT / "tests"))
from app import App
from wire import Wire

FOLDER = ROOT / "docs" / "images" / "gallery"
PICTURED = ("avatars", "feedback")
PLAIN = {"llm_provider": "openai", "avatars": "material", "feedback": "none"}
SIZE = {"width": 420, "height": 900}
COLOURS = 64


def app_with(answers: dict[str, str], folder: Path, browser: Browser, wire: Wire) -> App:
    """The app for these answers, running."""
    baked = bake(PLAIN | answers)
    for path, content in baked.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return App(folder, browser, OPENAI_API_KEY="any", OPENAI_BASE_URL=wire.base_url("openai"))


def save(picture: bytes, name: str) -> None:
    """Save a picture with as few colours as it needs."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(FOLDER / name, optimize=True)


def take(app: App, wire: Wire, name: str) -> None:
    """Have a short conversation, and take its picture in light and in dark."""
    app.page.set_viewport_size(SIZE)
    wire.play("echo")
    app.ask("Is anybody there?")
    expect(app.messages.nth(1)).to_contain_text("You said")
    app.wait_for_the_end()
    top, reply = (app.messages.nth(n).bounding_box() for n in (0, 1))
    assert top
    assert reply
    clip = {"x": 0, "y": top["y"] - 8, "width": SIZE["width"], "height": reply["y"] + reply["height"] + 8 - top["y"]}
    for scheme in ("light", "dark"):
        app.page.emulate_media(color_scheme=scheme)
        app.page.wait_for_timeout(500)  # colours fade
        save(app.page.screenshot(clip=clip), f"{name}-{scheme}.png")


def main() -> None:
    """Take them all."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with sync_playwright() as playwright, Wire() as wire, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for question in PICTURED:
            for answer in QUESTIONS[question].labels:
                name = f"{question}-{answer}"
                app = app_with({question: answer}, Path(folder) / name, browser, wire)
                take(app, wire, name)
                app.close()


if __name__ == "__main__":
    main()
