"""Tickets that are parts of another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    some = sa.text("parent_id IS NOT NULL")
    columns = ["centre_id", "parent_id", "id"]
    op.create_index("ix_ticket_parent", "ticket", columns, sqlite_where=some, postgresql_where=some)
