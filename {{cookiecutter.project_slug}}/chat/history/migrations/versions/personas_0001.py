"""The persona of a conversation; existing ones get the first."""

import sqlalchemy as sa
from alembic import op

revision = "personas_0001"
down_revision = None
branch_labels = ("personas",)
depends_on = "conversations_0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("conversations", sa.Column("persona", sa.Text, nullable=False, server_default=""))
