"""Who uses the app: people who have signed in with the OpenID Connect provider in .streamlit/secrets.toml."""

import html

import streamlit as st

from chat import settings
from chat.ui.markdown.safe import inert

FACTS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
NOT_SET_UP = (
    "Sign-in is not set up yet. Put your provider's settings into .streamlit/secrets.toml, under [auth], "
    "as in secrets.toml.example next to it."
)


def require_sign_in() -> None:
    """Continue a run of the page only if the person has signed in and may use the app."""
    if not is_set_up():
        st.error(NOT_SET_UP, icon=":material/key_off:")
    elif not st.user.is_logged_in:
        draw_sign_in()
    elif not is_allowed():
        who = inert(address()) or "This account"
        st.error(f"{who} is not allowed to use this app. Sign in with another account.", icon=":material/block:")
        draw_sign_out()
    else:
        return
    st.stop()


def draw_sign_in() -> None:
    """Draw the title, the description and the sign-in button in the middle of the page."""
    with st.container(key="sign-in", horizontal_alignment="center"):
        st.html("<style>.st-key-sign-in { min-height: 75vh; justify-content: center; text-align: center }</style>")
        st.html(f'<h1 style="margin: 0; padding: 0; white-space: pre-wrap">{html.escape(settings.TITLE)}</h1>')
        st.text(settings.DESCRIPTION, width="content")
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)


def may_use() -> bool:
    """Whether the person has signed in and may use the app."""
    return is_set_up() and st.user.is_logged_in and is_allowed()


def is_set_up() -> bool:
    """Whether there is a provider to sign in with."""
    # Without [auth], Streamlit has no sign-in; of empty values in it, it would only complain later.
    return "is_logged_in" in st.user and (st.user.is_logged_in or all(map(st.secrets["auth"].get, FACTS)))


def draw_sign_out() -> None:
    """Draw who has signed in, and the sign-out button."""
    st.text(address() or str(st.user.get("name", "")))
    st.button("Sign out", icon=":material/logout:", on_click=st.logout)


def address() -> str:
    """The e-mail address of the person signed in, in lower case; empty if it is missing or not verified."""
    return "" if st.user.get("email_verified") is False else str(st.user.get("email") or "").lower()


def is_allowed() -> bool:
    """Whether the settings allow this person; with no one listed, they allow everyone."""
    if not settings.ALLOWED_DOMAINS and not settings.ALLOWED_ADDRESSES:
        return True
    _, _, domain = address().rpartition("@")
    return is_in(address(), settings.ALLOWED_ADDRESSES) or is_in(domain, settings.ALLOWED_DOMAINS)


# {% if cookiecutter.feedback != "none" %}
def is_admin() -> bool:
    """Whether this person is on the list of admins."""
    return is_in(address(), settings.ADMINS)


# {% endif %}
def is_in(text: str, listed: tuple[str, ...]) -> bool:
    """Whether a lower-case text is in a list, whose case is ignored."""
    return bool(text) and text in map(str.lower, listed)
