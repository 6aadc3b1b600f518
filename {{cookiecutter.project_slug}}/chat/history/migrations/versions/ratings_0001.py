"""The table of ratings."""

import sqlalchemy as sa
from alembic import op

revision = "ratings_0001"
down_revision = None
depends_on = "conversations_0001"
branch_labels = ("ratings",)


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "ratings",
        sa.Column("message_id", sa.String, sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rating", sa.String),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
