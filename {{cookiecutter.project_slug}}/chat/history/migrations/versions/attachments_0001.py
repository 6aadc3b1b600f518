"""The table of attachments."""

import sqlalchemy as sa
from alembic import op

revision = "attachments_0001"
down_revision = None
branch_labels = ("attachments",)
depends_on = "conversations_0001"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "attachments",
        sa.Column("message_id", sa.String(32), sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
