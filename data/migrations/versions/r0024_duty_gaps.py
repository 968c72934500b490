"""Gaps of the roster that the engine told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "duty_gap",
        *(number("centre_id"), number("id"), word("kind", 20), word("subject", 64)),
        sa.Column("officers", sa.JSON(), nullable=False),
        *(number("from_at"), number("to_at"), word("state", 8), sa.Column("step", sa.Integer(), nullable=False)),
        *(sa.Column("zh", sa.Text(), nullable=False), sa.Column("en", sa.Text(), nullable=False)),
        *(number("found_at"), number("closed_at", null=True)),
        sa.PrimaryKeyConstraint("centre_id", "id"),
    )
    op.create_index("ix_duty_gap_open", "duty_gap", ["centre_id", "from_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)
