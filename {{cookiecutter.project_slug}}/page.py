"""The page, from top to bottom: what this is, the conversation so far, the question, its reply."""

import html
import threading
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chat import answering, conversations, settings
from chat.actions import act, begin, draw_menu, draw_question, draw_versions
from chat.at_once import draw_reply  # {% if cookiecutter.streaming == "off" %}
from chat.fallback import first_answer  # {% if cookiecutter.extra_providers %}
from chat.feedback import draw_rating  # {% if cookiecutter.feedback != "none" %}
from chat.files import draw_files
from chat.live import draw_reply  # {% if cookiecutter.streaming == "tokens" %}
from chat.messages import Conversation, Message
from chat.providers import Request
from chat.reasoning import draw_reasoning
from chat.replies import Reply, running, stop
from chat.sidebar import draw_options
from chat.typewriter import draw_reply  # {% if cookiecutter.streaming == "typewriter" %}

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
    conversation = conversations.find(st.query_params.get("c"))
    if conversation is None:
        st.query_params.clear()
        conversation = st.session_state.get("conversation") or Conversation()
    st.session_state.conversation = conversation
    return conversation


def start_reply(conversation: Conversation, message: Message, options: Request) -> None:
    """Have the provider fill a message, from where it stands."""
    message.provider, message.model = options.provider.name, options.model
    request = replace(options, messages=conversation.before(message))
    Reply(message, answering.answer(request))  # {% if not cookiecutter.extra_providers %}
    Reply(message, first_answer(request))  # {% if cookiecutter.extra_providers %}


def draw_text(reply: Message) -> None:
    """Draw a reply that has ended; mostly in one element, since each takes a browser time in each run."""
    more = [
        reply.reasoning,
        reply.status != "complete",
        reply.stop_reason == "max_tokens",
        reply.left_out,
        reply.note,  # {% if cookiecutter.extra_providers %}
    ]
    if not any(more):
        st.markdown(reply.text)
        return
    with st.container():
        draw_reasoning(reply)
        st.markdown(reply.text)
        with st.empty().container():
            draw_note(reply)


def draw_note(reply: Message) -> None:
    """Draw what there is to say of a reply that has ended, and what can be done about it."""
    if reply.left_out:
        st.text(f"The model was not sent the oldest {reply.left_out} messages: all together are too long for it.")
    # {% if cookiecutter.extra_providers %}
    if reply.note:
        st.text(reply.note)
    # {% endif %}
    if reply.status == "complete" and reply.stop_reason != "max_tokens":
        return
    if reply.status == "failed":
        st.error(reply.error, icon=":material/error:")
    elif reply.status == "stopped":
        st.info("The reply was stopped.", icon=":material/stop_circle:")
    elif reply.status == "interrupted":
        st.info("The reply was interrupted.", icon=":material/power_off:")
    elif reply.stop_reason == "max_tokens":
        st.info("The reply has reached the most tokens that one may have.", icon=":material/content_cut:")
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
            if message.role == "user":
                draw_question(message)
            elif message.status == "waiting":
                st.markdown(message.text)
                st.text("Waits for the reply before it.")
            else:
                draw_text(message)
                draw_tools(message)


st.set_page_config(page_title=settings.TITLE, page_icon="💬")
prepare_provider()
conversation = open_conversation()

with st.sidebar:
    st.button("Clear chat", icon=":material/delete:", on_click=begin)
    options = draw_options(conversation)
problem = answering.api.problem(options.provider)
text = st.chat_input("Ask a question", disabled=problem is not None)
# What is there at times has a place at all times: else everything below would take the place of something else, and
# what stood there before would shine through until the run ends.
header, suggestions = st.container(), st.empty()
if settings.SUGGESTIONS and not conversation.messages and not problem:
    text = text or suggestions.pills("Suggestions", settings.SUGGESTIONS, label_visibility="collapsed")
    if text:
        suggestions.empty()
if text:
    conversation.ask(text)
new_reply = conversation.take_waiting()
if new_reply:  # before the rest of the page is drawn: the provider need not wait for that
    start_reply(conversation, new_reply, options)
if conversation.messages:
    conversations.hold(conversation)
    st.query_params["c"] = conversation.id

with header:
    # Text that somebody typed is drawn as it was typed: as text, and the title as escaped HTML.
    st.html(f'<h1 style="padding: 0; white-space: pre-wrap">{html.escape(settings.TITLE)}</h1>')
    st.text(settings.DESCRIPTION)
    st.text(f"{options.provider.label} answers, with {options.model}.")
    if problem:
        st.warning(problem, icon=":material/key_off:")

with st.sidebar:
    if opened := draw_files(conversation):
        begin(opened)
        st.rerun()
    st.text(f"Made by {settings.AUTHOR}")

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

if reply := next(filter(None, (running.get(message.id) for message in bubbles)), None):
    question, bubble = conversation.question_of(reply.message), bubbles.pop(reply.message)
    draw_messages({question: bubbles.pop(question)})
    with bubble:
        place, foot = st.empty(), st.empty()
    key = f"stop-{reply.message.id}"
    foot.button("Stop", key=key, icon=":material/stop_circle:", on_click=stop, args=(reply.message.id,))
    # A click ends this run in there; the reply goes on, and the next run follows it again.
    draw_reply(reply, place, meanwhile=lambda: draw_messages(bubbles))
    if conversation.next_waiting():
        st.rerun()
    with foot.container():
        with st.container():
            draw_note(reply.message)
        draw_tools(reply.message)
else:
    draw_messages(bubbles)
