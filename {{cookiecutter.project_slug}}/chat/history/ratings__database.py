"""Ratings as rows of the table `ratings`."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Column, Connection, Float, ForeignKey, String, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from chat import settings
from chat.conversation.messages import Conversation, Message
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.engine import engine
from chat.history.rated import Rated
from chat.history.tables import (
    conversations,  # {% if cookiecutter is peopled %}
    messages,
    metadata,
)

ratings = Table(
    "ratings",
    metadata,
    Column("message_id", String, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("rating", String),  # one of settings.RATINGS, as text; NULL if withdrawn
    Column("comment", Text, nullable=False),
    Column("time", Float, nullable=False),  # of the last change, in seconds since 1970
)

INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
BY_NAME = {str(rating): rating for rating in settings.RATINGS}


def save(conversation: Conversation, reply: Message) -> None:
    """Save a reply's rating and comment, in place of the previous ones.

    Raises:
        SQLAlchemyError: if the database refuses them, for example because the reply has been deleted.
    """
    values = {
        "rating": None if reply.rating is None else str(settings.RATINGS[reply.rating]),
        "comment": reply.comment,
        "time": time.time(),
    }
    with engine().begin() as connection:
        insert = INSERTS[connection.dialect.name](ratings).values(message_id=reply.id, **values)
        connection.execute(insert.on_conflict_do_update(index_elements=["message_id"], set_=values))


def ratings_of(connection: Connection, conversation_id: str) -> dict[str, tuple[int | None, str]]:
    """The rating and comment of each rated message of a conversation, by the message's id."""
    query = select(ratings).join(messages).where(messages.c.conversation_id == conversation_id)
    numbers = {name: number for number, name in enumerate(BY_NAME)}
    return {row.message_id: (numbers.get(row.rating), row.comment) for row in connection.execute(query)}


def rated() -> Iterator[Rated]:
    """Every reply with a rating, conversation by conversation.

    Raises:
        ConnectionError: if the database does not answer.
    """
    query = (
        select(ratings, messages.c.conversation_id)
        .select_from(ratings)  # {% if cookiecutter is peopled %}
        .join(messages)
        .join(conversations)  # {% if cookiecutter is peopled %}
        .add_columns(conversations.c.persona)  # {% if cookiecutter is peopled %}
        .where(ratings.c.rating.in_(BY_NAME))
        .order_by(messages.c.conversation_id)
    )
    try:
        connection = engine().connect()
    except SQLAlchemyError as error:
        raise ConnectionError("the database that DATABASE_URL names does not answer") from error
    with connection:
        for conversation_id, rows in groupby(connection.execute(query).all(), attrgetter("conversation_id")):
            everything = select(messages).where(messages.c.conversation_id == conversation_id)
            by_id = {row.id: row for row in connection.execute(everything)}
            for row in rows:
                reply = by_id[row.message_id]
                question, context = by_id[reply.parent_id], []
                answer = by_id.get(question.parent_id)
                while answer:
                    asked = by_id[answer.parent_id]
                    if answer.text:
                        context[:0] = [{"role": turn.role, "content": turn.text} for turn in (asked, answer)]
                    answer = by_id.get(asked.parent_id)
                yield Rated(
                    time=datetime.fromtimestamp(row.time, UTC),
                    conversation=conversation_id,
                    message=row.message_id,
                    question=question.text,
                    context=context,
                    reply=reply.text,
                    provider=reply.provider,
                    model=reply.model,
                    trace_id=reply.rest.get("trace_id", ""),  # {% if cookiecutter.telemetry != "none" %}
                    persona=persona_named(row.persona).name,  # {% if cookiecutter is peopled %}
                    rating=BY_NAME[row.rating],
                    comment=row.comment,
                )
