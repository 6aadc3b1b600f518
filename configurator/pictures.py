"""Takes the pictures of docs/gallery.md, and writes it: `.dev/environment/bin/python -m configurator.pictures`.

Each is a real conversation in an app that was baked for it, with a local server in the place of its provider.
"""

import io
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from configurator.baking import bake
from configurator.questions import QUESTIONS
from cookiecutter_streamlit_chat.questions import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from app import App
from wire import Wire

GALLERY = ROOT / "docs" / "gallery.md"
FOLDER = ROOT / "docs" / "images" / "gallery"
PICTURED = ("avatars", "feedback")
PLAIN = {"llm_provider": "openai", "avatars": "material", "feedback": "none"}
SIZE = {"width": 420, "height": 900}
WHOLE = {"width": 1280, "height": 800}
SCHEMES = ("light", "dark")
COLOURS = 256
REPLY = """
A list comprehension builds a list in **one expression**; see [the tutorial](https://docs.python.org/3/tutorial/).

```python
# The squares of even numbers
def squares(limit: int) -> list[int]:
    return [n * n for n in range(limit) if n % 2 == 0]
```

> Keep it short: two conditions are one too many.
"""
TEXT = """# Gallery

Pictures of the app as it comes from the template. Made by `.dev/environment/bin/python -m configurator.pictures`, which
writes this page too.

## A light and a dark theme

The reader's system chooses. The colours stand in `.streamlit/config.toml` and `page.css` of the app.

![A conversation in the light theme](images/gallery/theme-light.png)

![The same conversation in the dark theme](images/gallery/theme-dark.png)
"""


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
    save_both(app, name, clip=clip)


def take_whole(app: App, wire: Wire, name: str) -> None:
    """Have two conversations, and take a picture of the whole page in light and in dark."""
    app.page.set_viewport_size(WHOLE)
    wire.play("good", text=REPLY)
    for question in ("Is it spelled licence or license?", "How do I write a list comprehension?"):
        app.press("New chat")
        expect(app.messages).to_have_count(0)
        app.ask(question)
        expect(app.messages.nth(1)).to_contain_text("Keep it short")
        app.wait_for_the_end()
    app.messages.nth(1).get_by_role("radio").first.click()
    expect(app.page.get_by_role("button", name="Add a comment")).to_be_visible()
    save_both(app, name)


def save_both(app: App, name: str, **options: Any) -> None:
    """Save a picture in light and in dark; the options are those of Playwright's screenshot()."""
    for scheme in SCHEMES:
        app.page.emulate_media(color_scheme=scheme)
        app.page.wait_for_timeout(500)  # colours fade
        save(app.page.screenshot(**options), f"{name}-{scheme}.png")


def gallery() -> str:
    """The text of docs/gallery.md."""
    parts = [TEXT]
    for name in PICTURED:
        question = QUESTIONS[name]
        parts.append(f"\n## `{name}`: {question.prompt}\n\n| answer | {' | '.join(SCHEMES)} |\n|---|---|---|\n")
        for answer, label in question.labels.items():
            pictures = [f"![{label}, {scheme}](images/gallery/{name}-{answer}-{scheme}.png)" for scheme in SCHEMES]
            parts.append(f"| `{answer}`: {label} | {' | '.join(pictures)} |\n")
    return "".join(parts)


def main() -> None:
    """Take them all, and write the page that shows them."""
    GALLERY.write_text(gallery(), "utf-8")
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
        app = app_with({"feedback": "thumbs", "history": "database"}, Path(folder) / "theme", browser, wire)
        take_whole(app, wire, "theme")
        app.close()


if __name__ == "__main__":
    main()
