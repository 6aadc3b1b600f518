"""The tables of the database. The migrations create them, not this module."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(255), nullable=False),  # a person's id
    Column("title", Text, nullable=False),
    Column("time", Float, nullable=False),  # of the last change, in seconds since 1970
    Column("shown", Integer, nullable=False),  # which version of its first question is on the page
    Column("persona", Text, nullable=False),  # its name  # {% if cookiecutter is peopled %}
    Column("version", Integer, nullable=False),  # counts the changes, so that processes notice them
)

# Every version of every question and reply.
messages = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", String(32)),  # the message before it; NULL for a first question
    Column("position", Integer, nullable=False),  # among the versions that follow its parent
    Column("shown", Integer, nullable=False),  # which of the versions after it is on the page
    Column("role", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("writer", String(32), nullable=False),  # the process that fills or filled a reply
    Column("saved", Float, nullable=False),  # when a running reply was last saved, in seconds since 1970
    Column("rest", JSON, nullable=False),  # all other fields of a message
)
