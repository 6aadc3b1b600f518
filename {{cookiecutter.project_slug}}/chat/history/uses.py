"""Each person's usage of the last day."""

import time

from sqlalchemy import Column, Float, Integer, String, Table, case, delete, func, insert, select, update

from chat.conversation.messages import Message
from chat.history.engine import engine
from chat.history.tables import metadata
from chat.replies.limits import DAY

used = Table(
    "uses",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("person", String(255), nullable=False),
    Column("time", Float, nullable=False),  # when the reply began, in seconds since 1970
    Column("message_id", String(32), nullable=False),
    Column("tokens", Integer, nullable=False),
)


def uses(person: str) -> list[tuple[float, int]]:
    """A person's replies: when each began (in seconds since 1970), and its tokens."""
    recent = (used.c.person == person) & (used.c.time > time.time() - DAY)
    with engine().connect() as connection:
        return [(row.time, row.tokens) for row in connection.execute(select(used).where(recent))]


def add_use(reply: Message, person: str) -> None:
    """Count a reply that begins, and forget those older than a day."""
    with engine().begin() as connection:
        connection.execute(delete(used).where(used.c.person == person, used.c.time < time.time() - DAY))
        values = {"person": person, "time": time.time(), "message_id": reply.id, "tokens": 0}
        connection.execute(insert(used).values(values))


def add_tokens(reply: Message) -> None:
    """Count the tokens of a reply that has ended; a resumed reply has counted them all."""
    of_reply = used.c.message_id == reply.id
    latest = select(func.max(used.c.number)).where(of_reply).scalar_subquery()
    took = reply.usage.input_tokens + reply.usage.output_tokens if reply.usage else 0
    tokens = case((used.c.number == latest, took), else_=0)
    with engine().begin() as connection:
        connection.execute(update(used).where(of_reply).values(tokens=tokens))
