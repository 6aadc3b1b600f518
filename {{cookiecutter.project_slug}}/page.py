"""The page, from top to bottom: what this is, the conversation so far, the question, its reply."""

import html
import threading

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.history.conversations import changing, find, reply_to_follow, stop
from chat.replies import answering
from chat.replies.attachments import unsent  # {% if cookiecutter.attachments != "none" %}
from chat.server.draining import draining, send_on  # {% if cookiecutter is deployed %}
from chat.ui.actions import act, begin, draw_menu, draw_question, draw_versions
from chat.ui.asking import ask, begin_next
from chat.ui.attachments import draw_input  # {% if cookiecutter.attachments != "none" %}
from chat.ui.conversation_list import draw_list  # {% if cookiecutter is stored %}
from chat.ui.markdown.safe import inert
from chat.ui.person import person  # {% if cookiecutter is owned %}
from chat.ui.rating import draw_rating  # {% if cookiecutter.feedback != "none" %}
from chat.ui.reasoning import draw_reasoning
from chat.ui.save_and_open import draw_files
from chat.ui.sidebar import draw_options
from chat.ui.sign_in import draw_sign_out, require_sign_in  # {% if cookiecutter.sign_in == "oidc" %}
from chat.ui.stream import draw_reply
from chat.ui.text import (
    draw_parts,  # {% if cookiecutter.rich_replies == "yes" %}
    draw_text,
)
from chat.ui.undrawable import or_as_text

# What is said of a reply that the provider ended, without a failure, before its end.
CUT_SHORT = {
    "max_tokens": "The reply hit its length limit.",
    "ended_early": "The provider ended the reply early. Details has its reason.",
}
MESSAGES_SHOWN = 30  # each run sends them all to the browser, which takes a while for hundreds


@st.cache_resource
def prepare_provider() -> None:
    """Let the provider do what takes long while the first person is still reading and typing."""
    # {% if cookiecutter.extra_providers %}
    for provider in settings.PROVIDERS.values():
        threading.Thread(target=answering.api.prepare, args=(provider,), name="prepare", daemon=True).start()
    # {% else %}
    threading.Thread(target=answering.api.prepare, args=(settings.PROVIDER,), name="prepare", daemon=True).start()
    # {% endif %}


def open_conversation() -> Conversation:
    """The conversation that the page's address names, else this session's."""
    # {% if not cookiecutter is owned %}
    held = st.session_state.get("conversation") or Conversation()
    # {% else %}
    held = st.session_state.get("conversation") or Conversation(owner=person())
    # {% endif %}
    conversation = find(st.query_params.get("c", held.id))
    # {% if cookiecutter.sign_in == "oidc" %}
    if conversation and conversation.owner != person():
        conversation = None  # as if it did not exist
    # {% endif %}
    if conversation is None:
        st.query_params.clear()
        conversation = held
    st.session_state.conversation = conversation
    return conversation


def has_more(reply: Message) -> bool:
    """Whether there is more to draw of a reply that has ended than its text."""
    more = [
        reply.reasoning,
        reply.parts,  # {% if cookiecutter.rich_replies == "yes" %}
        reply.status != "complete",
        reply.stop_reason in CUT_SHORT,
        reply.left_out,
        reply.note,  # {% if cookiecutter.extra_providers %}
        unsent(reply),  # {% if cookiecutter.attachments != "none" %}
    ]
    return any(more)


def draw_answer(reply: Message) -> None:
    """Draw a reply that has ended; mostly in one element, since each takes a browser time in each run."""
    if not has_more(reply):
        draw_text(reply.text)
        return
    with st.container():
        draw_reasoning(reply)
        draw_text(reply.text)
        draw_parts(reply.parts)  # {% if cookiecutter.rich_replies == "yes" %}
        with st.empty().container():
            draw_note(reply)


def draw_note(reply: Message) -> None:
    """Draw what there is to say of a reply that has ended, and what can be done about it."""
    if reply.left_out:
        st.text(f"The oldest {reply.left_out} messages were left out to fit the model's context.")
    # {% if cookiecutter.attachments != "none" %}
    for limit in unsent(reply):
        st.text(limit)
    # {% endif %}
    # {% if cookiecutter.extra_providers %}
    if reply.note:
        st.text(reply.note)
    # {% endif %}
    begins = reply.status == "streaming"  # in another page, just now
    if begins or (reply.status == "complete" and reply.stop_reason not in CUT_SHORT):
        return
    if reply.status == "failed":
        st.error(inert(reply.error), icon=":material/error:")
    elif reply.status == "stopped":
        st.info("The reply was stopped.", icon=":material/stop_circle:")
    elif reply.status == "interrupted":
        st.info("The reply was interrupted.", icon=":material/power_off:")
    elif reply.stop_reason in CUT_SHORT:
        st.info(CUT_SHORT[reply.stop_reason], icon=":material/content_cut:")
    with st.container(horizontal=True):
        st.button("Try again", key=f"again-{reply.id}", on_click=act, args=("Try again", reply.id))
        if reply.text:
            st.button("Continue", key=f"continue-{reply.id}", on_click=act, args=("Continue", reply.id))


def draw_tools(reply: Message) -> None:
    """Draw what can be done with a reply that has ended."""
    with st.container(horizontal=True, vertical_alignment="center"):
        # {% if cookiecutter.feedback != "none" %}
        if st.session_state.conversation.coming():
            # A click in a fragment draws little, but it waits for the run to end: not while a reply comes.
            draw_rating(reply)
        else:
            with st.container(width="content"):
                st.fragment(draw_rating)(reply)
        # {% endif %}
        draw_menu(reply)
        draw_versions(reply)


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
            if message.ended and message.role == "assistant":
                draw_tools(message)


st.set_page_config(page_title=settings.TITLE, page_icon="💬")
st.html(settings.ROOT / "page.css")
prepare_provider()
require_sign_in()  # {% if cookiecutter.sign_in == "oidc" %}
conversation = open_conversation()

with st.sidebar:
    st.button("New chat", icon=":material/add:", on_click=begin)
    past = st.container(key="conversations", gap="xsmall")  # {% if cookiecutter is stored %}
    options = draw_options(conversation)
problem = answering.api.problem(options.provider)
# {% if cookiecutter.attachments == "none" %}
st.chat_input("Ask a question", key="question", disabled=problem is not None, on_submit=ask, args=("question",))
# {% else %}
draw_input(conversation, options, problem is not None)
# {% endif %}
# What is there at times has a place at all times: else everything below would take the place of something else, and
# what stood there before would shine through until the run ends.
header, suggestions = st.container(gap="xsmall"), st.empty()
if settings.SUGGESTIONS and not conversation.messages and not problem:
    suggestions.pills(
        "Suggestions",
        settings.SUGGESTIONS,
        label_visibility="collapsed",
        key="suggestion",
        on_change=ask,
        args=("suggestion",),
    )
begin_next(conversation, options)  # before the rest is drawn: the provider need not wait
if conversation.messages:
    st.query_params["c"] = conversation.id

messages = conversation.messages
shown = st.session_state.setdefault("shown", MESSAGES_SHOWN)
earlier = st.empty()
if len(messages) > shown:
    earlier.button("Show earlier", on_click=st.session_state.update, kwargs={"shown": shown + MESSAGES_SHOWN})

# First a place for each message: so what a new question is about need not wait until all others are drawn again.
bubbles: dict[Message, DeltaGenerator] = {}
for message in messages[-shown:]:
    picture = settings.AVATARS[message.role]  # {% if cookiecutter.avatars != "none" %}
    bubbles[message] = st.chat_message(message.role, avatar=picture)  # {% if cookiecutter.avatars != "none" %}
    bubbles[message] = st.chat_message(message.role)  # {% if cookiecutter.avatars == "none" %}
for _ in range(len(bubbles), st.session_state.get("drawn", 0)):
    st.empty()  # in place of a message that followed another version, and would stay until this run ends
st.session_state.drawn = len(bubbles)


def draw_the_rest() -> None:
    """Draw what can wait until the first words of a reply are there."""
    with header:
        # Text that somebody typed is drawn as it was typed: as text, and the title as escaped HTML.
        st.html(f'<h1 style="margin: 0; padding: 0; white-space: pre-wrap">{html.escape(settings.TITLE)}</h1>')
        st.text(settings.DESCRIPTION)
        st.text(f"{options.provider.label} answers, with {options.model}.")
        if problem:
            st.warning(problem, icon=":material/key_off:")
    # {% if cookiecutter is stored %}
    with past:
        draw_list(person(), conversation.id)
    # {% endif %}
    with st.sidebar:
        if opened := draw_files(conversation):
            opened.owner = person()  # {% if cookiecutter is owned %}
            with changing(opened):
                pass  # it is kept from now on
            begin(opened)
            st.rerun()
        draw_sign_out()  # {% if cookiecutter.sign_in == "oidc" %}
        st.text(f"Made by {settings.AUTHOR}")
    draw_messages(bubbles)


if reply := next(filter(None, map(reply_to_follow, bubbles)), None):
    asked, bubble = messages[messages.index(reply.message) - 1], bubbles.pop(reply.message)
    draw_messages({asked: bubbles.pop(asked)})
    with bubble:
        place, foot = st.empty(), st.empty()
    key = f"stop-{reply.message.id}"
    foot.button("Stop", key=key, icon=":material/stop_circle:", on_click=stop, args=(reply.message.id,))
    # A click ends this run in there; the reply goes on, and the next run follows it again.
    draw_reply(reply, place, meanwhile=draw_the_rest)
    if conversation.next_waiting():
        st.rerun()
    with foot.container():
        if has_more(reply.message):
            draw_parts(reply.message.parts)  # {% if cookiecutter.rich_replies == "yes" %}
            draw_note(reply.message)
        draw_tools(reply.message)
else:
    draw_the_rest()
# {% if cookiecutter is deployed %}
if draining.is_set():
    send_on(st.context.headers.get("Sec-WebSocket-Key"))
# {% endif %}
