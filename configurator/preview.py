"""A preview of the app with these answers: a conversation, drawn with the app's own elements."""

import html
from typing import Any

import streamlit as st

from cookiecutter_streamlit_chat.conditions import listing, stored, tooled, using
from cookiecutter_streamlit_chat.providers import chosen
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT

ASSETS = ROOT / FOLDER / "assets"
ROLES = ("user", "assistant")
AVATARS: dict[str, dict[str, Any]] = {
    "material": {"user": ":material/person:", "assistant": ":material/smart_toy:"},
    "emoji": {"user": "🧑\ufe0f", "assistant": "🤖\ufe0f"},
    "images": {role: ASSETS / f"{role}.svg" for role in ROLES},
    "none": dict.fromkeys(ROLES),
}
QUESTION = "When does it rain in Rome?"
REPLY = "Mostly in **autumn**: November brings about 110 mm, July hardly any."
RAIN = {"January": 69, "April": 70, "July": 19, "October": 94, "November": 111}  # mm a month
CHART = {
    "height": 150,
    "data": {"values": [{"month": month, "rain": rain} for month, rain in RAIN.items()]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "month", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
        "y": {"field": "rain", "type": "quantitative", "title": "Rain, mm"},
    },
}
ACTIONS = {"Copy": ":material/content_copy:", "Regenerate": ":material/refresh:", "More": ":material/more_horiz:"}
EARLIER = {"Today": ("Rain in Rome", "A letter to the landlord"), "Previous 7 days": ("Names for a cat",)}


@st.fragment
def draw_app(answers: dict[str, str], whole: bool) -> None:
    """Draw the app; `whole` is false for the one-page app. Typed text is drawn as plain text."""
    with st.container(border=True, key="app"):
        sidebar, page = st.columns([2, 5])
        with sidebar.container(key="app-sidebar", gap="xsmall"):
            draw_sidebar(answers, whole)
        with page:
            draw_page(answers, whole)


def draw_sidebar(answers: dict[str, str], whole: bool) -> None:
    """Draw the sidebar."""
    if whole:
        st.button("New chat", icon=":material/add:", key="app-new")
    else:
        st.button("Clear chat", icon=":material/delete:", key="app-clear")
    first, *others = chosen(answers)
    if others:
        st.selectbox("Provider", [provider["label"] for provider in (first, *others)], key="app-provider")
    if whole and listing(answers):
        st.selectbox("Model", first["models"], key="app-model")
    elif not using(answers, "custom"):
        st.text(f"{first['label']} answers with {first['model']}.")
    if whole and stored(answers):
        for period, titles in EARLIER.items():
            st.caption(period)
            for title in titles:
                st.button(title, key=f"app-{title}", type="tertiary", wrap=False)
    if answers.get("sign_in") == "oidc":
        st.text("ann@example.com")
        st.button("Sign out", icon=":material/logout:", key="app-sign-out")
    st.html(f"<small>Made by {html.escape(answers['author_name'])}</small>")


def draw_page(answers: dict[str, str], whole: bool) -> None:
    """Draw the page: title, description, a question with its reply, and the chat input."""
    st.html(f'<h2 style="margin: 0; padding: 0; white-space: pre-wrap">{html.escape(answers["project_name"])}</h2>')
    st.text(answers["description"])
    if answers.get("personas") == "several":
        st.caption(":material/school: Tutor")
    user, assistant = (st.chat_message(role, avatar=AVATARS[answers["avatars"]][role]) for role in ROLES)
    user.text(QUESTION)
    with assistant:
        if tooled(answers):
            st.status("rain_in · 0.2 s", state="complete", type="compact").code('{"city": "Rome"}')
        st.markdown(REPLY)
        if answers.get("rich_replies") == "yes":
            st.vega_lite_chart(CHART)
        with st.container(horizontal=True, vertical_alignment="center", key="icons-app"):
            if answers["feedback"] != "none":
                st.feedback(answers["feedback"], key=f"app-{answers['feedback']}")
            for name, icon in ACTIONS.items() if whole else ():
                st.button(name, icon=icon, type="tertiary", key=f"app-{name}")
    files = "multiple" if answers.get("attachments", "none") != "none" else False
    st.chat_input("Ask a question", key=f"app-box-{files}", accept_file=files)
