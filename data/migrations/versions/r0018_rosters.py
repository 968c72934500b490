"""Shifts know the rotation that they come from; leave and changes of shifts are asked for."""

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
    sqlite = op.get_bind().dialect.name == "sqlite"
    links = [(f"fk_duty_ask_{name}", ["centre_id", f"{name}_id"]) for name in ("officer", "other")]
    there = ["officer.centre_id", "officer.id"]
    op.create_table(
        "duty_ask",
        number("centre_id"),
        number("id"),
        sa.Column("kind", sa.String(8), nullable=False),
        number("officer_id"),
        number("other_id", null=True),
        number("from_at"),
        *(number(name, null=True) for name in ("to_at", "back_from")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        number("asked_at"),
        sa.Column("answered_by", sa.String(), nullable=False),
        number("answered_at", null=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *(sa.ForeignKeyConstraint(here, there, name=name) for name, here in links if sqlite),
    )
    if not sqlite:
        for name, here in links:
            op.create_foreign_key(name, "duty_ask", "officer", here, ["centre_id", "id"])
    op.create_index("ix_duty_ask_state", "duty_ask", ["centre_id", "state", "from_at"])


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)
