"""Each person's usage, for the limits."""

import sqlalchemy as sa
from alembic import op

revision = "uses_0001"
down_revision = None
branch_labels = ("uses",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "uses",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
    )
    op.create_index("uses_of_person", "uses", ["person", "time"])
    op.create_index("uses_of_message", "uses", ["message_id"])
