"""The hazard register with its entries, broadcasts with their receipts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RAISED = sa.text("raise_at IS NOT NULL")
HERE, THERE = "centre_id", ["centre_id", "id"]


def upgrade() -> None:
    make(
        "hazard",
        [("fk_hazard_sweep", "sweep_id", "ticket"), ("fk_hazard_ticket", "ticket_id", "ticket")],
        word("mark", 32),
        word("matter_code", 20),
        note("what"),
        word("grade", 12),
        word("state", 12),
        word("place", 300),
        word("household", 120),
        word("owner_name", 120),
        word("owner_phone", 40),
        values("photos"),
        number("unit_id"),
        *(number(name, null=True) for name in ("community_id", "sweep_id", "ticket_id", "found_by")),
        number("found_at"),
        word("remedy_by", 200),
        count("every_days"),
        *(number(name, null=True) for name in ("check_at", "raise_at", "checked_at")),
        count("checks"),
        word("result", 12),
        *(number(name, null=True) for name in ("remedied_at", "closed_at")),
        note("reason"),
        sa.UniqueConstraint("centre_id", "mark", name="uq_hazard_mark"),
    )
    op.create_index("ix_hazard_state", "hazard", ["centre_id", "state", "check_at", "id"])
    op.create_index("ix_hazard_unit", "hazard", ["centre_id", "unit_id", "id"])
    op.create_index("ix_hazard_sweep", "hazard", ["centre_id", "sweep_id", "unit_id"])
    op.create_index("ix_hazard_ticket", "hazard", ["centre_id", "ticket_id"])
    op.create_index(
        "ix_hazard_raise", "hazard", ["centre_id", "raise_at"], sqlite_where=RAISED, postgresql_where=RAISED
    )
    make(
        "hazard_entry",
        [("fk_hazard_entry_hazard", "hazard_id", "hazard")],
        number("hazard_id"),
        number("at"),
        word("kind", 12),
        *(number(name, null=True) for name in ("officer_id", "due_at")),
        word("result", 12),
        note("note"),
        values("photos"),
    )
    op.create_index("ix_hazard_entry_hazard", "hazard_entry", ["centre_id", "hazard_id", "id"])
    make(
        "broadcast",
        [("fk_broadcast_ticket", "ticket_id", "ticket")],
        word("kind", 12),
        word("title", 200),
        note("body"),
        values("audience"),
        *(number(name, null=True) for name in ("ticket_id", "sent_by")),
        number("sent_at"),
        count("units"),
    )
    op.create_index("ix_broadcast_ticket", "broadcast", ["centre_id", "ticket_id"])
    make(
        "broadcast_receipt",
        [("fk_broadcast_receipt_broadcast", "broadcast_id", "broadcast")],
        number("broadcast_id"),
        number("unit_id"),
        *(number(name, null=True) for name in ("seen_at", "seen_by")),
        word("note", 300),
        count("reminders"),
        number("reminded_at", null=True),
        sa.UniqueConstraint("centre_id", "broadcast_id", "unit_id", name="uq_broadcast_receipt_unit"),
    )
    op.create_index("ix_broadcast_receipt_unit", "broadcast_receipt", ["centre_id", "unit_id", "seen_at"])


def make(name: str, links: list[tuple[str, str, str]], *columns: Any) -> None:
    """A table whose rows are counted inside their centre, with links to others."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    points = [
        sa.ForeignKeyConstraint([HERE, column], [f"{target}.{one}" for one in THERE], name=link)
        for link, column, target in links
        if sqlite
    ]
    op.create_table(name, number(HERE), number("id"), *columns, sa.PrimaryKeyConstraint("centre_id", "id"), *points)
    if not sqlite:
        for link, column, target in links:
            op.create_foreign_key(link, name, target, [HERE, column], THERE)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def values(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)
