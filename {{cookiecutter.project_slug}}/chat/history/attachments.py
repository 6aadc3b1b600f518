"""The attachments of questions, in the database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, String, Table, Text, insert, select

from chat.conversation.attachments import Attachment
from chat.conversation.messages import Message
from chat.history.tables import messages, metadata

attached = Table(
    "attachments",
    metadata,
    Column("message_id", String(32), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("image", LargeBinary, nullable=False),
    Column("text", Text, nullable=False, default=""),
)


def add_attachments(new: Iterable[Message], connection: Connection) -> None:
    """Save the attachments of new messages."""
    rows = [
        {**vars(attachment), "message_id": message.id, "position": position}
        for message in new
        for position, attachment in enumerate(message.attachments)
    ]
    if rows:
        connection.execute(insert(attached), rows)


def attachments_of(conversation_id: str, connection: Connection) -> dict[str, tuple[Attachment, ...]]:
    """The attachments of a conversation, by message id."""
    query = select(attached).join(messages).where(messages.c.conversation_id == conversation_id)
    by_message: dict[str, list[Attachment]] = defaultdict(list)
    for row in connection.execute(query.order_by(attached.c.position)).mappings():
        values = {field.name: row[field.name] for field in fields(Attachment)}
        by_message[row["message_id"]].append(Attachment(**values))
    return {message_id: tuple(attachments) for message_id, attachments in by_message.items()}
