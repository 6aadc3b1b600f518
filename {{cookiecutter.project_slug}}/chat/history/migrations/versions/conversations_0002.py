"""Full-text search of messages; replies are found once they have ended."""

from alembic import op

revision = "conversations_0002"
down_revision = "conversations_0001"
branch_labels = None
depends_on = None

ENDED = "status NOT IN ('waiting', 'streaming')"
ADD_NEW = f"INSERT INTO message_texts (rowid, text) SELECT new.number, new.text WHERE new.{ENDED};"
# An index without its own copy of the text must be told what to forget.
FORGET_OLD = (
    f"INSERT INTO message_texts (message_texts, rowid, text) SELECT 'delete', old.number, old.text WHERE old.{ENDED};"
)
IN_SQLITE = (
    "CREATE VIRTUAL TABLE message_texts USING fts5 (text, content='messages', content_rowid='number')",
    f"CREATE TRIGGER message_texts_inserted AFTER INSERT ON messages BEGIN {ADD_NEW} END",
    f"CREATE TRIGGER message_texts_updated AFTER UPDATE OF text, status ON messages BEGIN {FORGET_OLD} {ADD_NEW} END",
    f"CREATE TRIGGER message_texts_deleted AFTER DELETE ON messages BEGIN {FORGET_OLD} END",
    f"INSERT INTO message_texts (rowid, text) SELECT number, text FROM messages WHERE {ENDED}",  # noqa: S608
)
IN_POSTGRESQL = (f"CREATE INDEX message_texts ON messages USING gin (to_tsvector('simple', text)) WHERE {ENDED}",)


def upgrade() -> None:
    """Create the index, for existing messages too."""
    for statement in IN_SQLITE if op.get_bind().dialect.name == "sqlite" else IN_POSTGRESQL:
        op.execute(statement)
