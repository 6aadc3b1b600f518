"""The list of conversations in the sidebar: by time, searched, renamed, deleted."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.conversations import TITLE_LENGTH, find
from chat.history.listing import Entry, entries, remove, rename
from chat.ui.opening import begin
from chat.ui.person import person

LISTED = 20  # each run of the page sends them all to the browser
PERIODS = {0: "Today", 1: "Yesterday", 7: "Previous 7 days", 30: "Previous 30 days"}  # by maximum age in days
# Left-aligned and compact; on a touch screen, rows are high enough for a finger.
LOOK = """<style>
.st-key-conversations {
  gap: 0;
  [data-testid="stCaptionContainer"] { padding: 1rem 0.75rem 0.25rem; }
  button { min-height: 2rem; padding: 0 0.75rem; }
  button > div { justify-content: start; text-align: start; }
  @media (pointer: coarse) { button { min-height: 2.75rem; } }
}
</style>"""


def draw_list(current: str, place: DeltaGenerator) -> None:
    """Draw a person's conversations, with buttons for the one on the page, whose id is `current`."""
    with place:
        draw_found(current)


def draw_found(current: str) -> None:
    """Draw the search box, and the conversations it finds."""
    st.html(LOOK)
    words = st.text_input(
        "Search",
        key="words",
        type="search",
        placeholder="Search",
        icon=":material/search:",
        label_visibility="collapsed",
        live=True,
    )
    most = st.session_state.setdefault("listed", LISTED)
    found = entries(person(), words, most + 1)
    if words and not found:
        st.text("No matches.")
    for period, in_period in groupby(found[:most], key=period_of):
        st.caption(period)
        for entry in in_period:
            if entry.id == current:
                draw_opened(entry)
            else:
                draw_title(entry)
    if len(found) > most:
        st.button("Show more", on_click=st.session_state.update, kwargs={"listed": most + LISTED})


def draw_title(entry: Entry, kind: Literal["secondary", "tertiary"] = "tertiary") -> None:
    """Draw the title of a conversation, which opens it."""
    key = f"listed-{entry.id}"
    opening = {"on_click": turn_to, "args": (entry.id,)}
    # {% if cookiecutter is peopled %}
    icon = persona_named(entry.persona).avatar
    st.button(as_typed(entry.title), key=key, type=kind, icon=icon, width="stretch", wrap=False, **opening)
    # {% else %}
    st.button(as_typed(entry.title), key=key, type=kind, width="stretch", wrap=False, **opening)
    # {% endif %}


def draw_opened(entry: Entry) -> None:
    """Draw the conversation on the page, with renaming, and deletion after confirmation."""
    match st.session_state.get("action"):
        case "rename":
            with st.form("renaming", border=False):
                key = f"title-{entry.id}"
                st.text_input("Title", entry.title, TITLE_LENGTH, key, label_visibility="collapsed")
                with st.container(horizontal=True):
                    st.form_submit_button("Save", type="primary", on_click=change_title, args=(entry.id,))
                    st.form_submit_button("Cancel", shortcut="Esc", on_click=choose)
        case "delete":
            draw_title(entry, "secondary")
            st.text("Delete this conversation?")
            with st.container(horizontal=True):
                st.button("Delete", type="primary", on_click=delete, args=(entry.id,))
                st.button("Cancel", on_click=choose)
        case _:
            with st.container(horizontal=True, wrap=False, gap=None):
                draw_title(entry, "secondary")
                with st.container(key=f"icons-{entry.id}", width="content", horizontal=True, wrap=False, gap=None):
                    draw_action("Rename", ":material/edit:")
                    draw_action("Delete", ":material/delete:")


def draw_action(action: str, icon: str) -> None:
    """Draw a button for an action on the conversation on the page."""
    st.button(action, icon=icon, type="tertiary", help=action, on_click=choose, args=(action.lower(),))


def choose(action: str | None = None) -> None:
    """Show the form of an action instead of the buttons; None: the buttons again."""
    st.session_state.action = action


def change_title(conversation_id: str) -> None:
    """Give the conversation on the page the typed title."""
    rename(conversation_id, st.session_state[f"title-{conversation_id}"])
    choose()


def delete(conversation_id: str) -> None:
    """Delete the conversation on the page, and begin a new one."""
    remove(conversation_id)
    begin()


def turn_to(conversation_id: str) -> None:
    """Open the conversation with this id, or a new one if it has been deleted."""
    begin(find(conversation_id))


def period_of(entry: Entry) -> str:
    """The name of an entry's period (a day, some days or a month), in the browser's time zone."""
    here = timezone(-timedelta(minutes=st.context.timezone_offset or 0))
    day, today = (
        moment.astimezone(here).date() for moment in (datetime.fromtimestamp(entry.time, UTC), datetime.now(UTC))
    )
    month = f"{day:%B}" if day.year == today.year else f"{day:%B %Y}"
    return next((name for most, name in PERIODS.items() if (today - day).days <= most), month)


def as_typed(text: str) -> str:
    """Markdown for a button's label that shows a text as it was typed."""
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    # An invisible word joiner keeps Streamlit from turning what follows it into emoji, colours and arrows.
    return re.sub("(?<=[:<>=-])", "\u2060", escaped)
