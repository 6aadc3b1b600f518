"""The page, from top to bottom: what this is, the conversation so far, the question, its reply."""

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat import settings
from chat.conversation.messages import Message
from chat.history.conversations import reply_to_follow, stop
from chat.server.draining import draining, send_on  # {% if cookiecutter is deployed %}
from chat.ui.actions import draw_question
from chat.ui.asking import begin_next
from chat.ui.box import draw_box
from chat.ui.conversation_list import draw_list  # {% if cookiecutter is stored %}
from chat.ui.opening import begin, draw_opening, open_conversation, prepare_provider
from chat.ui.personas import draw_persona, picture_of  # {% if cookiecutter is peopled %}
from chat.ui.reply import draw_answer, draw_foot
from chat.ui.save_and_open import draw_files
from chat.ui.sidebar import draw_options
from chat.ui.sign_in import draw_sign_out, require_sign_in  # {% if cookiecutter.sign_in == "oidc" %}
from chat.ui.steps import sources_of  # {% if cookiecutter is stepped %}
from chat.ui.stream import draw_reply
from chat.ui.text import draw_text
from chat.ui.undrawable import or_as_text

# Each run sends every message shown to the browser, which takes a while for hundreds. The oldest leave ten at a time:
# a message that keeps its place is quicker to draw.
MESSAGES_SHOWN, STEP = 20, 10


def draw_messages(bubbles: dict[Message, DeltaGenerator]) -> None:
    """Draw messages as they stand, each in its bubble."""
    for message, bubble in bubbles.items():
        with bubble:
            with or_as_text(message.text):
                if message.role == "user":
                    draw_question(message)
                elif message.status == "waiting":
                    draw_text(message.text)
                    st.text("Queued")
                else:
                    draw_answer(message)
            if message.role == "assistant":
                draw_foot(message)


st.set_page_config(page_title=settings.TITLE, page_icon="💬")
style, script = ((settings.ROOT / name).read_text("utf-8") for name in ("page.css", "page.js"))
st.html(f"<style>{style}</style><script>{script}</script>", unsafe_allow_javascript=True)
prepare_provider()
require_sign_in()  # {% if cookiecutter.sign_in == "oidc" %}
conversation = open_conversation()
# A page with such a fragment asks for a run when it reconnects. Without one, the first click or question after a
# restart of the server, or after a long sleep, would be lost.
st.fragment(lambda: None, run_every=60 * 60)()

with st.sidebar:
    st.button("New chat", key="new", icon=":material/add:", shortcut="Ctrl+Shift+O", on_click=begin)
    options = draw_options(conversation)
    past = st.container(key="conversations", gap="xsmall")  # {% if cookiecutter is stored %}
beside = draw_box(options)
begin_next(conversation, options)  # before the rest is drawn: the provider need not wait
messages = conversation.messages
if messages and st.query_params.get("c") != conversation.id:
    st.query_params["c"] = conversation.id

draw_persona(conversation)  # {% if cookiecutter is peopled %}
# What is there only at times has a place at all times. Without it everything below would move up by one, and what stood
# there before would show through until the run ends.
above = st.empty()
shown = st.session_state.setdefault("shown", MESSAGES_SHOWN)
first = max(0, len(messages) - shown) // STEP * STEP
if not messages:
    with above.container():
        draw_opening(options)
elif first:
    above.button("Show earlier", on_click=st.session_state.update, kwargs={"shown": shown + MESSAGES_SHOWN})

# A place for each message comes first: a new question and its reply need not wait until the others are drawn again.
bubbles: dict[Message, DeltaGenerator] = {}
for message in messages[first:]:
    picture = settings.AVATARS[message.role]  # {% if cookiecutter is pictured and not cookiecutter is peopled %}
    picture = picture_of(message.role, conversation)  # {% if cookiecutter is peopled %}
    bubbles[message] = st.chat_message(message.role, avatar=picture)  # {% if cookiecutter is pictured %}
    bubbles[message] = st.chat_message(message.role)  # {% if not cookiecutter is pictured %}
for _ in range(len(bubbles), st.session_state.get("drawn", 0)):
    st.empty()  # in place of a message that followed another version, and would stay until this run ends
st.session_state.drawn = len(bubbles)


def draw_the_rest() -> None:
    """Draw what can wait until the first words of a reply are there."""
    draw_list(conversation.id, past)  # {% if cookiecutter is stored %}
    with st.sidebar:
        draw_files(conversation)
        draw_sign_out()  # {% if cookiecutter.sign_in == "oidc" %}
        st.html(f'<small style="opacity: 0.7; white-space: pre-wrap">Made by {html.escape(settings.AUTHOR)}</small>')
    draw_messages(bubbles)


if reply := next(filter(None, map(reply_to_follow, bubbles)), None):
    asked, bubble = messages[messages.index(reply.message) - 1], bubbles.pop(reply.message)
    draw_messages({asked: bubbles.pop(asked)})
    with bubble:
        place, foot = st.empty(), st.empty()
    key = f"stop-{reply.message.id}"
    beside.button("Stop", key=key, icon=":material/stop:", shortcut="Esc", on_click=stop, args=(reply.message.id,))
    # A click ends this run in there; the reply goes on, and the next run follows it again.
    draw_reply(reply, place, meanwhile=draw_the_rest)
    more = conversation.next_waiting()  # {% if not cookiecutter is stepped %}
    more = conversation.next_waiting() or sources_of(reply.message)  # {% if cookiecutter is stepped %}
    if more:
        st.rerun()
    beside.empty()
    draw_foot(reply.message, foot)
else:
    draw_the_rest()
# {% if cookiecutter is deployed %}
if draining.is_set():
    send_on(st.context.headers.get("Sec-WebSocket-Key"))
# {% endif %}
