"""A person's list of conversations: newest first, searched, renamed, deleted."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, bindparam, delete, func, literal_column, or_, select, text, update

from chat.conversation.text import well_formed
from chat.history import tables
from chat.history.conversations import TITLE_LENGTH
from chat.history.engine import engine


@dataclass(frozen=True)
class Entry:
    """A conversation in the list."""

    id: str
    title: str
    time: float  # of its last change, in seconds since 1970
    persona: str = ""  # its name  # {% if cookiecutter is peopled %}


def entries(person: str, words: str, most: int) -> list[Entry]:
    """A person's latest conversations that contain all these words; with no words, all of them.

    A word matches the beginning of a word in a message, or any part of a title.
    """
    listed = tables.conversations.c
    query = select(listed.id, listed.title, listed.time).where(listed.owner == person)
    query = query.add_columns(listed.persona)  # {% if cookiecutter is peopled %}
    with engine().connect() as connection:
        for word in well_formed(words).split():
            in_title = listed.title.icontains(word, autoescape=True)
            query = query.where(or_(in_title, listed.id.in_(with_word(word, connection))))
        rows = connection.execute(query.order_by(listed.time.desc()).limit(most)).all()
    return [Entry(*row) for row in rows]


def with_word(word: str, connection: Connection) -> Select[tuple[str]]:
    """The ids of the conversations with a message in which a word begins like this."""
    messages = tables.messages.c
    ids = select(messages.conversation_id)
    if connection.dialect.name == "sqlite":
        quoted = '"' + word.replace('"', '""') + '"*'
        matching = bindparam("word", quoted, unique=True)  # there may be several words
        found = text("SELECT rowid FROM message_texts WHERE message_texts MATCH :word").bindparams(matching)
        return ids.where(messages.number.in_(found.columns(literal_column("rowid"))))
    quoted = "'" + word.replace("\\", "\\\\").replace("'", "''") + "':*"
    simple = literal_column("'simple'")  # not a parameter, so that the index is used
    matching = func.to_tsvector(simple, messages.text).op("@@")(func.to_tsquery(simple, quoted))
    return ids.where(matching, messages.status.not_in(["waiting", "streaming"]))


def rename(conversation_id: str, title: str) -> None:
    """Give a conversation another title, cut to TITLE_LENGTH; an empty one changes nothing."""
    if title := well_formed(" ".join(title.split()))[:TITLE_LENGTH]:
        this = tables.conversations.c.id == conversation_id
        with engine().begin() as connection:
            connection.execute(update(tables.conversations).where(this).values(title=title))


def remove(conversation_id: str) -> None:
    """Delete a conversation with all its messages; a running reply ends."""
    with engine().begin() as connection:
        connection.execute(delete(tables.conversations).where(tables.conversations.c.id == conversation_id))
