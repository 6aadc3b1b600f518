"""Who may use the app, and whose conversations they see."""

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.ui.sign_in import FACTS, NOT_SET_UP
from tests.conftest import ScriptedProvider, new_page


def page_of(name: str, **claims: object) -> AppTest:
    """The unopened page of a person who has signed in."""
    page = new_page()
    page.user = {"is_logged_in": True, "sub": name, "email": f"{name}@Example.com", **claims}
    return page


def texts(page: AppTest) -> list[str]:
    return [text.value for text in page.text]


@pytest.mark.usefixtures("scripted")
def test_nobody_sees_the_page_before_they_have_signed_in() -> None:
    page = new_page()
    page.user = {"is_logged_in": False}
    page.secrets["auth"] = dict.fromkeys(FACTS, "set")
    page.run()
    assert [button.label for button in page.button] == ["Sign in"]
    assert settings.DESCRIPTION in texts(page)
    assert not page.chat_input
    assert not page.exception


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("auth", [None, {}, {**dict.fromkeys(FACTS, "set"), "cookie_secret": ""}])
def test_it_is_said_that_signing_in_is_not_set_up(auth: dict[str, str] | None) -> None:
    page = new_page()
    page.user = {} if auth is None else {"is_logged_in": False}
    page.secrets["auth"] = auth or {}
    page.run()
    assert [error.value for error in page.error] == [NOT_SET_UP]
    assert not page.chat_input


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(
    ("domains", "addresses", "claims", "allowed"),
    [
        ((), (), {}, True),
        (("example.com",), (), {}, True),
        ((), ("Ann@example.COM",), {}, True),
        (("example.org",), ("bob@example.com",), {}, False),
        (("ample.com",), (), {}, False),
        (("example.com",), (), {"email_verified": False}, False),
        (("example.com",), (), {"email": None}, False),
        (("example.com",), (), {"email": "ann@evil.org@example.com.evil.org"}, False),
    ],
)
def test_who_may_use_it(
    monkeypatch: pytest.MonkeyPatch,
    domains: tuple[str, ...],
    addresses: tuple[str, ...],
    claims: dict[str, object],
    allowed: bool,
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_DOMAINS", domains)
    monkeypatch.setattr(settings, "ALLOWED_ADDRESSES", addresses)
    page = page_of("ann", **claims).run()
    assert not page.exception
    assert bool(page.chat_input) == allowed
    assert bool(page.error) != allowed
    assert "Sign out" in [button.label for button in page.button]


def test_somebody_elses_conversation_is_as_if_it_did_not_exist(scripted: ScriptedProvider) -> None:
    scripted.will_say("Paris.")
    mine = page_of("ann").run()
    mine.chat_input[0].set_value("Capital of France?").run()
    theirs, nobodys = page_of("bob"), page_of("bob")
    theirs.query_params["c"] = mine.query_params["c"]
    nobodys.query_params["c"] = "f" * 32
    for page in (theirs.run(), nobodys.run()):
        assert not page.chat_message
        assert "c" not in page.query_params
        assert not page.error
    assert texts(theirs) == texts(nobodys)
    again = page_of("ann")
    again.query_params["c"] = mine.query_params["c"]
    assert len(again.run().chat_message) == 2
