"""Takes the pictures in docs/images, and writes docs/gallery.md, which shows them.

`.dev/environment/bin/python -m documentation.pictures`: each shows a real conversation in an app baked for it, with a
local server as its provider.
"""

import io
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from configurator.baking import bake
from configurator.preview import CHART, RAIN
from configurator.questions import QUESTIONS
from cookiecutter_streamlit_chat.questions import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from app import App, Server
from documentation import clicks
from wire import Wire

GALLERY = ROOT / "docs" / "gallery.md"
IMAGES = ROOT / "docs" / "images"
FOLDER = IMAGES / "gallery"
PICTURED = ("avatars", "feedback")
PLAIN = {"llm_provider": "openai", "avatars": "material", "feedback": "none"}
SIZE = {"width": 660, "height": 900}  # below 640 there are no avatars
WHOLE = {"width": 1100, "height": 820}
SCHEMES = ("light", "dark")
COLOURS = 256
DAY = 86_400  # seconds
REPLY = f"""
Mostly in **autumn**. November brings about 110 mm, July hardly any:

```vega-lite
{json.dumps({**CHART, "height": 320})}
```

```python
# The wettest month
max(rain, key=rain.get)
```
"""
# Questions, and how many days ago each was asked, oldest first.
EARLIER = {
    "Translate a poem by Trakl": 50,
    "A name for a grey cat": 21,
    "Why is the sky dark at night?": 12,
    "Compare two job offers": 5,
    "Plan three days in Rome": 3,
    "A letter to the landlord": 1,
    "Is it spelled licence or license?": 0,
}
QUESTION = "When does it rain in Rome, and how much?"
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "a text that nobody needs to guess"
client_id = "chat"
client_secret = "none"
server_metadata_url = "http://127.0.0.1:9/"
"""
TEXT = """# Gallery

Pictures of the app, straight from the template. `.dev/environment/bin/python -m documentation.pictures` takes them
and writes this page.
"""
# Pictures of whole pages: name, title and description.
WHOLES = {
    "theme": (
        "A light and a dark theme",
        "The reader's system decides. The colours are in the app's `.streamlit/config.toml` and `page.css`.",
    ),
    "conversations": (
        "The list of conversations",
        "With `history=database`: search as you type, rename, delete.",
    ),
    "attachments": (
        "Attachments",
        "With `attachments=images_and_documents`: images are scaled down, and documents read as text.",
    ),
    "sign-in": ("Signing in", "With `sign_in=oidc`, the page shows nothing else until you sign in."),
}


def baked(answers: dict[str, str], folder: Path) -> Path:
    """Bake an app with these answers into the folder, and return it."""
    for path, content in bake(PLAIN | answers).files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def app_with(answers: dict[str, str], folder: Path, browser: Browser, wire: Wire) -> App:
    """A running app with these answers."""
    return App(baked(answers, folder), browser, OPENAI_API_KEY="any", OPENAI_BASE_URL=wire.base_url("openai"))


def save(picture: Image.Image, path: Path) -> None:
    """Save a picture with as few colours as it needs."""
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


def take(app: App, wire: Wire, name: str) -> None:
    """Have a short conversation, and take pictures of it in light and dark."""
    app.page.set_viewport_size(SIZE)
    wire.play("echo")
    app.ask("Is anybody there?")
    expect(app.messages.nth(1)).to_contain_text("You said")
    app.wait_for_the_end()
    top, reply = (app.messages.nth(n).bounding_box() for n in (0, 1))
    assert top
    assert reply
    clip = {"x": 0, "y": top["y"] - 8, "width": SIZE["width"], "height": reply["y"] + reply["height"] + 8 - top["y"]}
    save_both(app.page, name, clip=clip)


def take_list(app: App, wire: Wire) -> None:
    """Have conversations dated over some weeks, the last with a chart; take pictures of the page and the list."""
    page = app.page
    page.set_viewport_size(WHOLE)
    wire.play("echo")
    for question in EARLIER:
        app.ask(question)
        expect(app.messages.nth(1)).to_contain_text("You said")
        app.wait_for_the_end()
        app.press("New chat")
        expect(app.messages).to_have_count(0)
    with closing(sqlite3.connect(app.project / "data" / "chat.db")) as database, database:
        for question, days in EARLIER.items():
            database.execute("UPDATE conversations SET time = time - ? WHERE title = ?", (days * DAY, question))
    wire.play("good", text=REPLY)
    app.ask(QUESTION)
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    app.wait_for_the_end()
    app.messages.nth(1).get_by_role("radio").first.click()
    expect(page.get_by_role("button", name="Add a comment")).to_be_visible()
    page.mouse.move(0, 0)
    save_both(page, "theme")
    sidebar = page.get_by_test_id("stSidebar").bounding_box()
    assert sidebar
    save_both(page, "conversations", clip=sidebar)
    both = [Image.open(FOLDER / f"theme-{scheme}.png").convert("RGB") for scheme in SCHEMES]
    beside = Image.new("RGB", (2 * WHOLE["width"], WHOLE["height"]))
    for number, picture in enumerate(both):
        beside.paste(picture, (number * WHOLE["width"], 0))
    save(beside, IMAGES / "default-app.png")


def take_attachments(app: App, wire: Wire, folder: Path) -> None:
    """Ask about an image and a table, and take pictures."""
    app.page.set_viewport_size(WHOLE)
    picture, table = folder / "sunset.png", folder / "rain.csv"
    sky = [Image.linear_gradient("L").point(lambda n, s=share: n * s // 9) for share in (9, 5, 3)]
    Image.merge("RGB", sky).resize((480, 240)).save(picture)
    table.write_text("\n".join(["month,mm", *(f"{month},{rain}" for month, rain in RAIN.items())]), "utf-8")
    box = app.page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files([picture, table])
    expect(box.get_by_test_id("stFileChip")).to_have_count(2)
    expect(box.get_by_test_id("stFileChipIconSpinner")).to_have_count(0)
    wire.play("good", text="The picture is a sky after rain. The table says when to expect it: **November**.")
    app.ask("What do these have to do with each other?")
    expect(app.messages.nth(1)).to_contain_text("November")
    app.wait_for_the_end()
    save_both(app.page, "attachments")


def take_sign_in(server: Server) -> None:
    """Take pictures of the page before sign-in."""
    page = server.visit(server.url)
    page.set_viewport_size(WHOLE)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    save_both(page, "sign-in")


def take_configurator(server: Server) -> None:
    """Take a picture of the configurator's page, with some answers given."""
    page = server.visit(f"{server.url}/?llm_provider=openai&history=database&avatars=emoji")
    page.set_viewport_size(WHOLE)
    expect(page.locator(".st-key-app canvas, .st-key-app svg.marks").first).to_be_visible()
    page.wait_for_selector("[data-test-script-state=notRunning]")
    page.get_by_role("tab", name="The page").click()
    page.wait_for_timeout(1_000)
    save(Image.open(io.BytesIO(page.screenshot())), IMAGES / "configurator.png")


def save_both(page: Page, name: str, **options: Any) -> None:
    """Save pictures in light and dark, with the options of Playwright's screenshot()."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(1_000)  # colours fade
        save(Image.open(io.BytesIO(page.screenshot(**options))), FOLDER / f"{name}-{scheme}.png")


def gallery() -> str:
    """The text of docs/gallery.md without its last chapter."""
    parts = [TEXT]
    for name, (title, said) in WHOLES.items():
        pictures = (f"![{title}, {scheme}](images/gallery/{name}-{scheme}.png)" for scheme in SCHEMES)
        parts.append("\n\n".join([f"\n## {title}", said, *pictures]) + "\n")
    for name in PICTURED:
        question = QUESTIONS[name]
        parts.append(f"\n## `{name}`: {question.prompt}\n\n| answer | {' | '.join(SCHEMES)} |\n|---|---|---|\n")
        for answer, label in question.labels.items():
            pictures = [f"![{label}, {scheme}](images/gallery/{name}-{answer}-{scheme}.png)" for scheme in SCHEMES]
            parts.append(f"| `{answer}`: {label} | {' | '.join(pictures)} |\n")
    return "".join(parts)


def main() -> None:
    """Take all pictures, and write docs/gallery.md."""
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
        stored = {"feedback": "thumbs", "history": "database"}
        app = app_with(stored, Path(folder) / "theme", browser, wire)
        take_list(app, wire)
        app.close()
        wire.models = clicks.MODELS
        app = app_with({"history": "database", "attachments": "images"}, Path(folder) / "clicks", browser, wire)
        counted = clicks.count(app, wire, IMAGES / "default-app.png")
        app.close()
        GALLERY.write_text(gallery() + clicks.chapter(counted), "utf-8", newline="\n")
        app = app_with({"attachments": "images_and_documents"}, Path(folder) / "attachments", browser, wire)
        take_attachments(app, wire, Path(folder))
        app.close()
        project = baked({"sign_in": "oidc"}, Path(folder) / "sign-in")
        (project / ".streamlit" / "secrets.toml").write_text(SECRETS, "utf-8")
        server = Server(project, browser)
        take_sign_in(server)
        server.close()
        server = Server(ROOT / "configurator", browser)
        take_configurator(server)
        server.close()


if __name__ == "__main__":
    main()
