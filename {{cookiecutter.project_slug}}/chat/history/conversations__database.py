"""Conversations in the database, with replies that are saved there as they grow.

A process holds what its pages show. The database counts the changes of each conversation, so a process notices those of
others and reads it again. A change locks the conversation's row, and other processes wait.
"""

import logging
import threading
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakValueDictionary

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from chat.conversation.export import FIELDS, as_dict, from_dict
from chat.conversation.messages import Conversation, Message, Place, Status, new_id
from chat.conversation.steps import Source, Step  # {% if cookiecutter is stepped %}
from chat.history import tables
from chat.history.attachments import add_attachments, attachments_of  # {% if cookiecutter.attachments != "none" %}
from chat.history.engine import engine
from chat.history.ratings import ratings_of  # {% if cookiecutter.feedback != "none" %}
from chat.history.uses import add_tokens  # {% if cookiecutter.sign_in == "oidc" %}
from chat.providers import Chunk
from chat.replies.reply import Reply, running

log = logging.getLogger(__name__)

SAVE_SECONDS = 0.5  # the most that is lost when a process is killed
SILENT_SECONDS = 5  # without a save: then a reply was interrupted, and its process is gone
LOOK_SECONDS = 0.25  # between looks at another process's reply
TITLE_LENGTH = 60
PROCESS = new_id()
COLUMNS = ("id", "role", "text", "status", "provider", "model")  # the fields of a message with a column
KEPT = [column for column in tables.messages.c if column.name != "number"]

Row = dict[str, Any]


@dataclass
class Saved:
    """A conversation as this process last saw it in the database."""

    version: int = 0
    rows: dict[str, Row] = field(default_factory=dict)  # by the id of the message


_held: WeakValueDictionary[str, Conversation] = WeakValueDictionary()  # while a page or a reply needs them
_saved: WeakKeyDictionary[Conversation, Saved] = WeakKeyDictionary()
_unsaved: dict[str, Message] = {}  # replies that have ended but are not saved yet, by id
_lock, _saving = threading.Lock(), threading.RLock()


def find(conversation_id: str | None) -> Conversation | None:
    """The conversation with this id, up to date; None if there is none.

    Raises:
        SQLAlchemyError: if the database cannot be reached.
    """
    this = tables.conversations.c.id == conversation_id
    with engine().connect() as connection:
        found = connection.execute(
            select(
                tables.conversations.c.version,
                tables.conversations.c.owner,
                tables.conversations.c.persona,  # {% if cookiecutter is peopled %}
            ).where(this)
        ).first()
        if not found or not conversation_id:
            return None
        with _lock:
            # {% if cookiecutter is peopled %}
            known = Conversation(id=conversation_id, owner=found.owner, persona=found.persona)
            conversation = _held.setdefault(conversation_id, known)
            # {% else %}
            conversation = _held.setdefault(conversation_id, Conversation(id=conversation_id, owner=found.owner))
            # {% endif %}
            saved = _saved.setdefault(conversation, Saved())
        if saved.version != found.version:
            with conversation.lock:
                read(conversation, saved, connection)
    if any(is_elsewhere(message) for message in conversation.messages) and interrupt_silent(conversation):
        return find(conversation_id)
    return conversation


@contextmanager
def changing(conversation: Conversation) -> Iterator[None]:
    """Change a conversation in the `with` block, on top of all other changes, and save it.

    If the block or the database fails, the conversation stays as it is in the database.

    Raises:
        SQLAlchemyError: if it could not be saved.
    """
    save_regularly()
    with _lock:
        _held.setdefault(conversation.id, conversation)
        saved = _saved.setdefault(conversation, Saved())
    version: int | None = 0
    try:
        with conversation.lock, engine().begin() as connection:
            version = count_change(conversation.id, connection)
            if version is None:  # it is new, or was deleted
                saved.rows = {}
            elif version != saved.version + 1:
                read(conversation, saved, connection)
            yield
            if version is None:
                version = 1
                add(conversation, version, connection)
            write(conversation, saved, connection)
            saved.version = version
    except BaseException:  # also what ends a run of the page early
        saved.version = -1  # so it is read again
        if version is None:
            conversation.versions = []
        raise


def count_change(conversation_id: str, connection: Connection) -> int | None:
    """Lock a conversation for the rest of the transaction and count a change; None if there is none."""
    changed = update(tables.conversations).where(tables.conversations.c.id == conversation_id)
    changed = changed.values(version=tables.conversations.c.version + 1, time=time.time())
    return connection.scalar(changed.returning(tables.conversations.c.version))


def add(conversation: Conversation, version: int, connection: Connection) -> None:
    """Save a new conversation, without its messages."""
    values = {"id": conversation.id, "owner": conversation.owner, "title": title_of(conversation), "time": time.time()}
    values["persona"] = conversation.persona  # {% if cookiecutter is peopled %}
    connection.execute(insert(tables.conversations).values(values | {"shown": 0, "version": version}))


def title_of(conversation: Conversation) -> str:
    """A title, from the first question."""
    if not conversation.messages:
        return ""
    first = conversation.messages[0]
    text = " ".join(first.text.split())
    # {% if cookiecutter.attachments != "none" %}
    text = text or ", ".join(attachment.name for attachment in first.attachments)
    # {% endif %}
    return text if len(text) <= TITLE_LENGTH else f"{text[:TITLE_LENGTH].rsplit(' ', 1)[0]}…"


def read(conversation: Conversation, saved: Saved, connection: Connection) -> None:
    """Read a conversation from the database; messages that this process fills stay the same objects."""
    this = tables.conversations.c.id == conversation.id
    found = connection.execute(select(tables.conversations.c.version, tables.conversations.c.shown).where(this)).one()
    query = select(*KEPT).where(tables.messages.c.conversation_id == conversation.id)
    ordered = query.order_by(tables.messages.c.position)
    rows = {row.id: row._asdict() for row in connection.execute(ordered)}
    known = {message.id: message for message in conversation.everything()}
    places: dict[str | None, Place] = {None: conversation}
    for message_id, row in rows.items():
        filled = row["status"] == "streaming" and row["writer"] == PROCESS and known.get(message_id)
        places[message_id] = filled or message_of(row)
    following: dict[str | None, list[Message]] = {name: [] for name in places}
    for row in rows.values():
        following[row["parent_id"]].append(cast("Message", places[row["id"]]))
    for name, place in places.items():
        place.versions = following[name]
        shown = rows[name]["shown"] if name else found.shown
        place.shown = min(shown, max(0, len(place.versions) - 1))
        for message in place.versions:
            message.before = place
    # {% if cookiecutter.attachments != "none" %}
    for message_id, attachments in attachments_of(conversation.id, connection).items():
        cast("Message", places[message_id]).parts[:0] = attachments
    # {% endif %}
    # {% if cookiecutter.feedback != "none" %}
    for message_id, (rating, comment) in ratings_of(connection, conversation.id).items():
        message = cast("Message", places[message_id])
        message.rating, message.comment = rating, comment
    # {% endif %}
    saved.rows, saved.version = rows, found.version


def write(conversation: Conversation, saved: Saved, connection: Connection) -> None:
    """Save what has changed in a conversation since it was last read or saved."""
    rows: dict[str, Row] = {}
    for place in [conversation, *conversation.everything()]:
        for position, message in enumerate(place.versions):
            rows[message.id] = row_of(message, conversation, position, saved.rows.get(message.id))
    connection.execute(
        update(tables.conversations)
        .where(tables.conversations.c.id == conversation.id)
        .values(shown=conversation.shown)
    )
    if gone := saved.rows.keys() - rows.keys():
        connection.execute(delete(tables.messages).where(tables.messages.c.id.in_(gone)))
    if new := [row for message_id, row in rows.items() if message_id not in saved.rows]:
        connection.execute(insert(tables.messages), new)
        # {% if cookiecutter.attachments != "none" %}
        added = (message for message in conversation.everything() if message.id not in saved.rows)
        add_attachments(added, connection)
        # {% endif %}
    for message_id, row in rows.items():
        if message_id in saved.rows and row != saved.rows[message_id]:
            connection.execute(update(tables.messages).where(tables.messages.c.id == message_id).values(row))
    saved.rows = rows


def row_of(message: Message, conversation: Conversation, position: int, before: Row | None) -> Row:
    """The row of a message with this position among its versions; `before` is its previous row."""
    parent = message.before if isinstance(message.before, Message) else None
    place = {
        "conversation_id": conversation.id,
        "parent_id": parent and parent.id,
        "position": position,
        "shown": message.shown,
    }
    if before and before["status"] == "streaming":  # its text is saved by the process that fills it
        return before | place
    begins = message.status == "streaming"
    writer, saved = (PROCESS, time.time()) if begins else (before["writer"], before["saved"]) if before else ("", 0.0)
    return {**content_of(message), **place, "writer": writer, "saved": saved}


def content_of(message: Message) -> Row:
    """The columns that depend on the message alone."""
    values = as_dict(message)
    # {% if cookiecutter.feedback != "none" %}
    del values["rating"], values["comment"]  # they have a table of their own
    # {% endif %}
    columns = {name: values.pop(name) for name in COLUMNS if name != "text"}
    # {% if not cookiecutter is stepped %}
    return {**columns, "text": message.text, "rest": values}  # the text again, for search
    # {% else %}
    beside = [part.to_markdown() for part in message.parts if isinstance(part, Step | Source)]
    return {**columns, "text": "\n\n".join([message.text, *beside]), "rest": values}  # for search
    # {% endif %}


def message_of(row: Row) -> Message:
    """The message in a row."""
    return from_dict({**row["rest"], **{name: row[name] for name in COLUMNS}})


def start_reply(message: Message, chunks: AsyncGenerator[Chunk]) -> None:
    """Start a server task that fills a message with the provider's chunks, and saves it at the end."""
    Reply(message, chunks, save)


def save(reply: Message) -> None:
    """Save a reply that has ended; if that fails, keep trying."""
    _unsaved[reply.id] = reply
    save_replies()


@cache
def save_regularly() -> None:
    """From now on, save the replies of this process as they grow."""

    def work() -> None:
        while True:
            time.sleep(SAVE_SECONDS)
            if running or _unsaved:
                save_replies(growing=True)

    threading.Thread(target=work, name="saving", daemon=True).start()


def save_replies(*, growing: bool = False) -> None:
    """Save the replies of this process that have ended and, if `growing`, the others so far."""
    with _saving:
        try:
            for message in list(_unsaved.values()):
                save_ended(message)
            for reply in list(running.values()) if growing else ():
                coming = reply.message.status == "streaming" and conversation_of(reply.message) in _saved
                if coming and not save_growing(reply.message):
                    reply.stop()
        except Exception:
            log.exception("replies could not be saved; they will be tried again")


def save_ended(reply: Message) -> None:
    """Save a reply that has ended, and count the change."""
    conversation, content = conversation_of(reply), content_of(reply)
    with engine().begin() as connection:
        version = count_change(conversation.id, connection)
        mine = (tables.messages.c.id == reply.id) & (tables.messages.c.writer == PROCESS)
        connection.execute(update(tables.messages).where(mine).values(content))
    _unsaved.pop(reply.id, None)
    add_tokens(reply)  # {% if cookiecutter.sign_in == "oidc" %}
    with conversation.lock:
        saved = _saved.get(conversation)
        if saved and saved.version + 1 == version and reply.id in saved.rows:  # no need to read it again
            saved.version += 1
            saved.rows[reply.id] |= content


def save_growing(reply: Message) -> bool:
    """Save a reply so far; False if another process has stopped or deleted it."""
    grown = content_of(reply) | {"status": "streaming", "saved": time.time()}
    this = (tables.messages.c.id == reply.id) & (tables.messages.c.writer == PROCESS)
    with engine().begin() as connection:
        done = connection.execute(
            update(tables.messages).where(this, tables.messages.c.status == "streaming").values(grown)
        )
    return bool(done.rowcount)


def conversation_of(message: Message) -> Conversation:
    """The conversation of a message."""
    place: Place = message
    while isinstance(place, Message):
        place = place.before
    return cast("Conversation", place)


def stop(message_id: str) -> None:
    """End a reply in any process: another one notices when it next saves."""
    if reply := running.get(message_id):
        reply.stop()
        return
    this = (tables.messages.c.id == message_id) & (tables.messages.c.status == "streaming")
    end_elsewhere(this, "stopped")


def is_elsewhere(message: Message) -> bool:
    """Whether another process fills a message."""
    return message.status == "streaming" and message.id not in running


def interrupt_silent(conversation: Conversation) -> bool:
    """Mark the replies whose process is gone; True if there were any."""
    silent = tables.messages.c.saved < time.time() - SILENT_SECONDS
    here = tables.messages.c.conversation_id == conversation.id
    return end_elsewhere(here & (tables.messages.c.status == "streaming") & silent, "interrupted")


def end_elsewhere(which: ColumnElement[bool], status: Status) -> bool:
    """Give replies of other processes a status that ends them; True if there were any."""
    with engine().connect() as connection:
        found = connection.execute(select(tables.messages.c.id, tables.messages.c.conversation_id).where(which)).all()
    for row in found:
        with engine().begin() as connection:
            count_change(row.conversation_id, connection)
            connection.execute(
                update(tables.messages).where(which, tables.messages.c.id == row.id).values(status=status)
            )
    return bool(found)


class ReplyElsewhere(Reply):
    """A reply that another process fills, as far as it is saved; pages follow it like their own."""

    def __init__(self, message: Message) -> None:
        """Follow the reply of `message`."""
        self.message = message

    def follow(self) -> Generator[str]:
        """The text as it grows, until the reply or its process ends."""
        this = tables.messages.c.id == self.message.id
        while self.message.status == "streaming":
            yield self.message.text
            time.sleep(LOOK_SECONDS)
            interrupt_silent(conversation_of(self.message))
            with engine().connect() as connection:
                row = connection.execute(select(*KEPT).where(this)).first()
            if not row:
                break
            fresh = message_of(row._asdict())
            for name in FIELDS:
                setattr(self.message, name, getattr(fresh, name))
        yield self.message.text


def reply_to_follow(message: Message) -> Reply | None:
    """The running reply of a message, if any, in this process or another one."""
    return running.get(message.id) or (ReplyElsewhere(message) if is_elsewhere(message) else None)
