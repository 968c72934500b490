"""Agreed swaps of A and B posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    links = [
        (f"fk_duty_swap_{name}", ["centre_id", f"{name}_id"], [f"{there}.centre_id", f"{there}.id"])
        for name, there in (("unit", "unit"), ("a", "officer"), ("b", "officer"))
    ]
    op.create_table(
        "duty_swap",
        *(number(name) for name in ("centre_id", "id", "unit_id", "a_id", "b_id", "from_at", "to_at")),
        note("reason"),
        note("asked_by"),
        number("asked_at"),
        note("agreed_by"),
        number("agreed_at", null=True),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *(sa.ForeignKeyConstraint(here, there, name=name) for name, here, there in links if sqlite),
    )
    if not sqlite:
        for name, here, there in links:
            op.create_foreign_key(name, "duty_swap", there[0].partition(".")[0], here, ["centre_id", "id"])
    op.create_index("ix_duty_swap_unit", "duty_swap", ["centre_id", "unit_id", "from_at"])


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)
