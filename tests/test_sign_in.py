"""People sign in with a real OpenID Connect provider, and cannot read each other's conversations."""

import socket
from collections.abc import Iterator
from pathlib import Path

import oidc_provider_mock
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app import Server, Tab, new_context
from conftest import Bake, copied
from wire import Wire

SECRETS = """
OPENAI_API_KEY = "any"
OPENAI_BASE_URL = "{provider}"

[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a secret of more than thirty-two characters, as the README says"
client_id = "chat"
client_secret = "another secret"
server_metadata_url = "{people}/.well-known/openid-configuration"
"""


@pytest.fixture
def server(bake: Bake, browser: Browser, wire: Wire, tmp_path: Path) -> Iterator[Server]:
    """An app for Ann and Bob, but not for Eve, whom its provider of sign-in knows too."""
    project = copied(bake(llm_provider="openai", history="database", sign_in="oidc"), tmp_path / "app")
    settings, allowed = project / "chat" / "settings.py", "ALLOWED_ADDRESSES: tuple[str, ...] = ("
    text = settings.read_text("utf-8").replace(allowed, f'{allowed}"ann@example.com", "bob@example.com"')
    text = text.replace("ADMINS: tuple[str, ...] = ()", 'ADMINS: tuple[str, ...] = ("ann@example.com",)')
    settings.write_text(
        text.replace("MESSAGES_AN_HOUR: int | None = None", "MESSAGES_AN_HOUR: int | None = 2"), "utf-8"
    )
    (project / "pages").mkdir()
    (project / "pages" / "own.py").write_text("import streamlit as st\n\nst.title('Among ourselves')\n", "utf-8")
    people = [
        oidc_provider_mock.User(sub=name, claims={"email": f"{name}@example.com"}) for name in ("ann", "bob", "eve")
    ]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as provider:
        address = f"http://localhost:{provider.server_port}"
        secrets = SECRETS.format(provider=wire.base_url("openai"), port=port, people=address)
        (project / ".streamlit" / "secrets.toml").write_text(secrets, "utf-8")
        server = Server(project, browser, STREAMLIT_SERVER_PORT=str(port))
        yield server
        server.close()


def sign_in(page: Page, name: str) -> None:
    """Press the button, and be somebody at the provider."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=name).click()


def test_two_people_sign_in_and_see_only_their_own(server: Server, wire: Wire, browser: Browser) -> None:
    wire.play("echo")
    first = server.visit(server.url)
    expect(first.get_by_role("button", name="Sign in")).to_be_visible()
    expect(first.get_by_role("heading", name="My Chat")).to_be_visible()
    button = first.get_by_role("button", name="Sign in").bounding_box()
    assert button
    assert abs(button["x"] + button["width"] / 2 - first.evaluate("innerWidth") / 2) < 10
    assert first.get_by_test_id("stChatInputTextArea").count() == 0
    assert [fault["id"] for fault in Axe().run(first).response["violations"] if fault["impact"] == "serious"] == []
    sign_in(first, "ann")
    ann = Tab(first)
    ann.ask("The secret of Ann")
    expect(ann.messages.nth(1)).to_contain_text("You said: The secret of Ann")
    address = first.url
    assert "?c=" in address
    ann.picture("signed-in")

    other = new_context(browser)
    page = other.new_page()
    page.goto(address)
    sign_in(page, "bob")
    Tab(page)
    page.goto(address)  # after signing in, one is sent to the page's address alone
    bob = Tab(page)
    expect(page.get_by_text("bob@example.com")).to_be_visible()
    expect(bob.messages).to_have_count(0)
    expect(page.get_by_text("The secret of Ann")).to_have_count(0)
    assert "c=" not in page.url
    bob.ask("Hello")
    expect(bob.messages.nth(1)).to_contain_text("You said: Hello")
    bob.press("Sign out")
    page.get_by_role("button", name="End session").click()  # at the provider
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page, "eve")
    expect(page.get_by_text("eve@example.com is not allowed to use this app")).to_be_visible()
    other.close()

    # The second reply of the hour is the last one; the limit is kept for the person, not for the page.
    ann.ask("Once more")
    expect(ann.messages.nth(3)).to_contain_text("You said: Once more")
    ann.press("New chat")
    expect(ann.messages).to_have_count(0)
    ann.ask("And again")
    expect(ann.page.get_by_test_id("stAlert")).to_contain_text("2 replies within an hour")
    expect(ann.messages.nth(0)).to_contain_text("And again")
    ann.picture("limit")
    assert len(wire.requests) == 3


def test_admins_see_the_ratings_of_all(server: Server, wire: Wire, browser: Browser) -> None:
    wire.play("echo")
    page = server.visit(server.url)
    sign_in(page, "bob")
    bob = Tab(page)
    bob.ask("Well?")
    expect(bob.messages.nth(1)).to_contain_text("You said: Well?")
    bob.wait_for_the_end()
    page.get_by_role("radio", name="Thumbs down").click()
    bob.press("Add a comment")
    page.get_by_label("Comment", exact=True).fill("Is that all?")
    bob.press("Send")
    expect(page.get_by_role("button", name="Your comment")).to_be_visible()
    page.reload()
    bob.press("Your comment")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Is that all?")
    assert page.get_by_role("link", name="Ratings").count() == 0
    page.goto(f"{server.url}/ratings")
    expect(page.get_by_role("dialog")).to_contain_text("Page not found")

    other = new_context(browser)
    page = other.new_page()
    page.goto(server.url)
    sign_in(page, "ann")
    page.get_by_role("link", name="Ratings").click()
    expect(page.get_by_text("Rated replies: 1. With a comment: 1.")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    other.close()


def test_a_page_of_ones_own_is_for_who_may_use_the_app(server: Server, browser: Browser) -> None:
    """Also where it is the first page that somebody asks of the server."""
    own, no_page = f"{server.url}/own", "Page not found"
    page = server.visit(own)
    expect(page.get_by_role("dialog")).to_contain_text(no_page)
    page.goto(server.url)
    sign_in(page, "ann")
    Tab(page)
    page.get_by_role("link", name="own").click()
    expect(page.get_by_role("heading", name="Among ourselves")).to_be_visible()
    page.get_by_role("link", name="Chat").click()
    Tab(page)

    other = new_context(browser)
    page = other.new_page()
    page.goto(server.url)
    sign_in(page, "eve")
    expect(page.get_by_text("eve@example.com is not allowed to use this app")).to_be_visible()
    page.goto(own)
    expect(page.get_by_role("dialog")).to_contain_text(no_page)
    other.close()
