"""Which process a session lives in, and when it was last seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sessions that stand stay as they are: nobody knows whose process they are of; their time is up within a day."""
    with op.batch_alter_table("officer_session") as batch:
        batch.add_column(sa.Column("process", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=False, server_default="0"))
    with op.batch_alter_table("officer_session") as batch:
        batch.alter_column("process", existing_type=sa.String(120), server_default=None)
        batch.alter_column("seen_at", existing_type=sa.BigInteger(), server_default=None)
