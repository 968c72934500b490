"""Shifts know the rotation that they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duty", sa.Column("source", sa.String(40), nullable=False, server_default=""))
    op.add_column("duty", number("planned_id", null=True))


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)
