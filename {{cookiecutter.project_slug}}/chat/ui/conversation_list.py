"""The conversations in the sidebar: by day, found by their words, renamed, deleted."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby

import streamlit as st

from chat.history.conversations import TITLE_LENGTH, find
from chat.history.listing import Entry, entries, remove, rename
from chat.ui.opening import begin
from chat.ui.person import person

LISTED = 20  # each run of the page sends them all to the browser
LEFT = """<style>
.st-key-conversations button { padding-inline: 0.75rem; }
.st-key-conversations button > div { justify-content: start; text-align: start; }
</style>"""  # where a list is read; in the middle is all that Streamlit's buttons can


def draw_list(current: str) -> None:
    """Draw a person's conversations, and what can be done with the one on the page, which has this id."""
    st.html(LEFT)
    words = st.text_input("Search", key="words", placeholder="Search", label_visibility="collapsed")
    most = st.session_state.setdefault("listed", LISTED)
    found = entries(person(), words, most + 1)
    if words and not found:
        st.text("No matches.")
    for day, in_day in groupby(found[:most], key=day_of):
        st.caption(day)
        for entry in in_day:
            kind = "secondary" if entry.id == current else "tertiary"
            st.button(
                as_typed(entry.title),
                key=f"listed-{entry.id}",
                type=kind,
                width="stretch",
                on_click=turn_to,
                args=(entry.id,),
                wrap=False,
            )
            if entry.id == current:
                draw_actions(entry)
    if len(found) > most:
        st.button("Show more", on_click=st.session_state.update, kwargs={"listed": most + LISTED})


def draw_actions(entry: Entry) -> None:
    """Draw what can be done with a conversation: rename it, and delete it once that is confirmed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        match st.session_state.get("action"):
            case "rename":
                st.text_input("Title", entry.title, key=f"title-{entry.id}", max_chars=TITLE_LENGTH)
                st.button("Save", type="primary", on_click=change_title, args=(entry.id,))
                st.button("Cancel", on_click=choose)
            case "delete":
                st.text("Delete this conversation?")
                st.button("Delete", type="primary", on_click=delete, args=(entry.id,))
                st.button("Cancel", on_click=choose)
            case _:
                st.button("Rename", type="tertiary", on_click=choose, args=("rename",))
                st.button("Delete", type="tertiary", on_click=choose, args=("delete",))


def choose(action: str | None = None) -> None:
    """Draw what an action needs, in place of the actions; None: these again."""
    st.session_state.action = action


def change_title(conversation_id: str) -> None:
    """Give the conversation on the page the title that was typed."""
    rename(conversation_id, st.session_state[f"title-{conversation_id}"])
    choose()


def delete(conversation_id: str) -> None:
    """Delete the conversation on the page, and turn to a new one."""
    remove(conversation_id)
    begin()


def turn_to(conversation_id: str) -> None:
    """Turn to the conversation with this id; to a new one, if somebody has deleted it."""
    begin(find(conversation_id))


def day_of(entry: Entry) -> str:
    """The name of the day of an entry, where the person is who looks at it."""
    here = timezone(-timedelta(minutes=st.context.timezone_offset or 0))
    day, today = (
        moment.astimezone(here).date() for moment in (datetime.fromtimestamp(entry.time, UTC), datetime.now(UTC))
    )
    if (days := (today - day).days) <= 1:
        return ("Today", "Yesterday")[max(days, 0)]
    return f"{day:%A} {day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def as_typed(text: str) -> str:
    """Markdown for the label of a button that shows a text as it was typed."""
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    # An invisible word joiner keeps Streamlit from making smileys, colours and arrows of what stands behind it.
    return re.sub("(?<=[:<>=-])", "\u2060", escaped)
