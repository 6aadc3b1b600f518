"""The configurator in a real browser, and with many people at once; screenshots are left in .dev/screenshots."""

import asyncio
import io
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from anyio.from_thread import start_blocking_portal
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from app import SCREENSHOTS, new_context
from conftest import PROVIDERS, ROOT, own_tests, tool
from waiting import HANG

# Chromium and Firefox let the keyboard into what scrolls, so code that is wider than its place may do so.
OPTIONS = {"rules": {"scrollable-region-focusable": {"enabled": False}}}
# A scheme is colours: what else there is has been looked at.
OPTIONS_BY_SCHEME = {"light": OPTIONS, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The configurator, running; when it ends, it has left nothing in its temporary folder."""
    folder = tmp_path_factory.mktemp("temporary")
    options = ["--server.port=0", "--server.address=127.0.0.1", "--server.headless=true"]
    process = subprocess.Popen(
        [tool("streamlit"), "run", "configurator/streamlit_app.py", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    yield next(line for line in process.stdout if "URL:" in line).split()[-1]
    process.terminate()
    process.communicate(timeout=HANG)
    assert not list(folder.iterdir())


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of it."""
    context = new_context(browser)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="Download", exact=True)).to_be_visible()
    yield page
    context.close()


def pick(page: Page, group: str, answer: str) -> None:
    """Choose an answer in a group of questions."""
    page.get_by_role("tab", name=group).click()
    page.get_by_text(answer).click()


@pytest.mark.thorough
def test_somebody_picks_sees_downloads_and_runs_the_app(page: Page, tmp_path: Path) -> None:
    pick(page, "The page", "One to five stars")
    app = page.locator(".st-key-app")
    expect(app.get_by_role("radio", name="3 out of 5 stars")).to_be_visible()
    page.get_by_role("tab", name="Files").click()
    pick(page, "The page", "All at once")
    expect(page.get_by_role("button", name="growing.py")).to_contain_text("\N{MINUS SIGN} growing.py")
    expect(page.get_by_role("button", name="stream.py")).to_contain_text("~ stream.py")
    page.get_by_role("button", name="README.md").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("-| `chat/ui/growing.py` |")
    page.get_by_role("tab", name="The chat").click()
    page.get_by_label("Name", exact=True).fill("Night Desk")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Folder", exact=True)).to_have_value("night-desk")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "configurator.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    with ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        archive.extractall(tmp_path)
    own_tests(tmp_path / "night-desk")


def test_the_address_keeps_the_answers(page: Page) -> None:
    pick(page, "The page", "One to five stars")
    page.wait_for_url("**/?feedback=stars")
    pick(page, "The page", "Two pictures")
    page.wait_for_url("**/?feedback=stars&avatars=images")
    colleague = page.context.new_page()
    colleague.goto(page.url)
    colleague.get_by_role("tab", name="The page").click()
    expect(colleague.get_by_role("radio", name="One to five stars")).to_be_checked()
    expect(colleague.get_by_role("radio", name="Two pictures")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("radio", name="Material icons")).to_be_checked()
    expect(page.get_by_role("radio", name="One to five stars")).to_be_checked()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_serious(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/?extra_providers=mistral")
    pick(page, "The page", "Word by word")
    page.get_by_role("tab", name="Files").click()
    expect(page.get_by_role("button", name="stream.py")).to_contain_text("~ stream.py")
    pick(page, "The chat", "BSD")
    page.get_by_label("Folder", exact=True).fill("No Folder")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot name a folder")
    expect(page.get_by_role("button", name="Download", exact=True)).to_be_disabled()
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")  # colours fade
    page.wait_for_selector("[data-test-script-state=notRunning]")
    found = []
    for tab in ("The app", "Dependencies", "Files", "The model"):
        page.get_by_role("tab", name=tab).click()
        for scheme, options in OPTIONS_BY_SCHEME.items():
            page.emulate_media(color_scheme=scheme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
            page.screenshot(path=SCREENSHOTS / f"configurator-{width}-{scheme}-{tab}.png")
            found += Axe().run(page, options=options).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], node["html"]) for fault in serious for node in fault["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_app_stands_before_the_questions_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    app, download, questions = (
        page.locator(".st-key-app"),
        page.get_by_role("button", name="Download", exact=True),
        page.get_by_role("tab", name="The chat"),
    )
    tops = [box["y"] for place in (download, app, questions) if (box := place.bounding_box())]
    assert tops == sorted(tops)
    assert tops[1] < 844 / 2
    pick(page, "The page", "Five faces")
    expect(app.get_by_role("radio", name="Very satisfied")).to_be_visible()


def test_what_a_link_brings_does_not_run(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    text = "\a<img src='http://127.0.0.1:9/a' onerror='alert(1)'> ![b](http://127.0.0.1:9/b) <script>alert(2)</script>"
    response = page.goto(f"{address}/?{urlencode({'project_name': text, 'description': text[1:]})}")
    assert response
    assert "default-src 'self'" in response.headers["content-security-policy"]
    expect(page.get_by_role("alert")).to_contain_text("U+0007")
    expect(page.locator(".st-key-app")).to_contain_text("My Chat")
    assert not [url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))]


@pytest.mark.thorough
def test_fifty_people_at_once_see_their_own_answers(address: str) -> None:
    """Two each give the same answers, and share a bake."""

    def answers_of(person: int) -> dict[str, str]:
        number = person // 2
        return {"project_name": f"Person {number}!", "llm_provider": list(PROVIDERS)[number % len(PROVIDERS)]}

    async def visit(person: int) -> bytes:
        stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
        async with connect(stream, subprotocols=["streamlit"], max_size=None, proxy=None) as socket:
            request = BackMsg()
            request.rerun_script.query_string = urlencode(answers_of(person))
            await socket.send(request.SerializeToString())
            came = b""
            async for data in socket:
                came += data
                if ForwardMsg.FromString(data).WhichOneof("type") == "script_finished":
                    return came
            raise ConnectionError

    async def visits() -> list[bytes]:
        return await asyncio.gather(*map(visit, range(50)))

    with start_blocking_portal() as portal:  # this thread's event loop may be Playwright's
        pages = portal.call(visits)
    for person, came in enumerate(pages):
        answers = answers_of(person)
        assert {*re.findall(rb"Person \d+!", came)} == {answers["project_name"].encode()}
        assert PROVIDERS[answers["llm_provider"]]["model"].encode() in came
