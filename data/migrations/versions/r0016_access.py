"""The access log: who saw what and came in from where, chained by hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_head",
        *(number("centre_id"), number("no"), word("hash", 64), number("base_no"), word("base_hash", 64)),
        sa.PrimaryKeyConstraint("centre_id"),
    )
    op.create_table(
        "access_event",
        *(number("centre_id"), number("id"), number("at"), word("kind", 24), number("actor_id", null=True)),
        *(word("actor", 60), number("session_id", null=True), word("how", 12), word("address", 64)),
        *(word("fingerprint", 80), word("target", 120)),
        sa.Column("body", sa.JSON(), nullable=False),
        word("hash", 64),
        sa.PrimaryKeyConstraint("centre_id", "id"),
    )
    op.create_index("ix_access_event_actor", "access_event", ["centre_id", "actor", "kind", "at"])
    op.create_index("ix_access_event_target", "access_event", ["centre_id", "target", "id"])


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)
