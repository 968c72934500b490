"""Handovers between shifts, with their notes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITING, UNSIGNED = sa.text("next_at IS NOT NULL"), sa.text("unsigned")
HERE, THERE = "centre_id", ["centre_id", "id"]


def upgrade() -> None:
    make(
        "handover",
        [],
        number("change_at"),
        count("attempt"),
        word("state", 12),
        *(number(name, null=True) for name in ("from_at", "to_at", "next_from", "next_to")),
        *(values("leaving"), values("incoming")),
        *(number(name, null=True) for name in ("made_at", "made_by")),
        count("packs"),
        values("pack"),
        word("pack_hash", 64),
        *(number(name, null=True) for name in ("given_at", "given_by", "answered_at", "answered_by")),
        note("words"),
        values("bound"),
        sa.Column("unsigned", sa.Boolean(), nullable=False),
        count("step"),
        number("next_at", null=True),
        sa.UniqueConstraint("centre_id", "change_at", "attempt", name="uq_handover_attempt"),
    )
    op.create_index(
        "ix_handover_next", "handover", ["centre_id", "next_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index(
        "ix_handover_unsigned", "handover", ["centre_id", "id"], sqlite_where=UNSIGNED, postgresql_where=UNSIGNED
    )
    make(
        "handover_note",
        [("fk_handover_note_handover", "handover_id", "handover"), ("fk_handover_note_ticket", "ticket_id", "ticket")],
        number("handover_id"),
        *(number(name, null=True) for name in ("ticket_id", "officer_id")),
        number("at"),
        note("words"),
    )
    op.create_index("ix_handover_note_handover", "handover_note", ["centre_id", "handover_id", "id"])


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
