"""What an app's server sends and refuses besides its page."""

import http.client
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from app import Server, Tab
from conftest import ROOT, Bake

HOSTS = {"STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1 chat.example.com"}
# Adds a script and an element that would start one.
INJECT = """() => {
    document.body.append(Object.assign(document.createElement("script"), {textContent: "window.ran = 1"}));
    document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.ran = 2'>");
}"""


@pytest.fixture(scope="module")
def server(browser: Browser, bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app that keeps conversations, of which each browser has its own."""
    database = tmp_path_factory.mktemp("data") / "folder" / "chat.db"
    server = Server(bake(history="database"), browser, DATABASE_URL=f"sqlite:///{database.as_posix()}", **HOSTS)
    yield server
    server.close()


def answer(server: Server, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    """What the server answers to a request with these headers."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def test_no_script_runs_that_is_not_the_app_s_own(server: Server) -> None:
    page = server.context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    page.goto(server.url)
    Tab(page)
    assert refused == []
    page.evaluate(INJECT)
    page.wait_for_function("() => document.querySelector('img[src=\"data:,\"]')?.complete")
    assert page.evaluate("window.ran") is None
    assert len(refused) == 2
    page.close()


def test_the_policy_allows_this_host_alone(server: Server) -> None:
    policy = answer(server).headers["Content-Security-Policy"]
    assert "connect-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "blob:" not in scripts


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/metrics?families=sessions"])
def test_nobody_is_told_how_many_are_here(server: Server, path: str) -> None:
    response = answer(server, path)
    assert response.status == 404
    assert b"session" not in response.read()
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 101), ("chat.example.com", 101), ("evil.example", 403)])
def test_another_host_that_leads_here_gets_no_page(server: Server, host: str, status: int) -> None:
    key = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "A" * 22 + "==",
    }
    response = answer(server, "/_stcore/stream", Host=host, Origin=f"http://{host}", **key)
    assert response.status == status, response.read()


@pytest.mark.parametrize(
    ("headers", "cookie", "set_to"),
    [
        ({}, "", "visitor="),
        ({}, "visitor=" + "0" * 32, None),
        ({}, "visitor=<b>", "visitor="),
        ({"X_Forwarded_Proto": "https"}, "", "__Host-visitor="),
        ({"X_Forwarded_Proto": "https, http"}, "visitor=" + "0" * 32, "__Host-visitor="),
        ({"X_Forwarded_Proto": "https"}, "__Host-visitor=" + "0" * 32, None),
        ({"X_Forwarded_Proto": "https"}, "__Host-visitor=x", "__Host-visitor="),
    ],
)
def test_the_cookie_of_a_browser(server: Server, headers: dict[str, str], cookie: str, set_to: str | None) -> None:
    told = answer(server, Cookie=cookie, **headers).headers["Set-Cookie"]
    if set_to is None:
        assert told is None
        return
    assert told.startswith(set_to)
    assert "HttpOnly" in told
    assert "Path=/" in told
    assert "Domain" not in told
    assert ("Secure" in told) == set_to.startswith("__Host-")


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such rights there")
def test_the_database_is_for_its_owner_alone(server: Server) -> None:
    folder = Path(server.environment["DATABASE_URL"].removeprefix("sqlite:///")).parent
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in folder.glob("chat.db*")}.items() >= {
        ("chat.db", "0o0")
    }
    assert all(not path.stat().st_mode & 0o077 for path in folder.iterdir())


def test_the_configurator_sends_the_same_policy(browser: Browser) -> None:
    server = Server(ROOT / "configurator", browser)
    page: Page = server.context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    page.goto(server.url)
    expect(page.get_by_test_id("stMain")).to_be_visible()
    page.wait_for_selector("[data-test-script-state=notRunning]")
    policy = answer(server).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'self' 'sha256-" in policy
    assert refused == []
    server.close()
