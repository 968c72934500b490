"""Roles given and taken while the centre runs, and uses of break-glass."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAITING, UNREVIEWED = sa.text("state = 'waiting'"), sa.text("reviewed_at IS NULL")


def upgrade() -> None:
    make(
        "role_grant",
        [("fk_role_grant_officer", "officer_id", "officer"), ("fk_role_grant_unit", "unit_id", "unit")],
        *(word("kind", 8), word("state", 12), number("officer_id"), number("unit_id"), word("role", 24)),
        *(word("rank", 1), note("reason"), number("asked_at"), number("asked_by")),
        *(number("decided_at", null=True), number("decided_by", null=True), note("words")),
    )
    op.create_index(
        "ix_role_grant_waiting", "role_grant", ["centre_id", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    make(
        "break_glass",
        [("fk_break_glass_officer", "officer_id", "officer")],
        *(number("officer_id"), word("role", 24), note("reason"), number("from_at"), number("to_at")),
        *(number("reviewed_at", null=True), number("reviewed_by", null=True)),
        *(sa.Column("proper", sa.Boolean(), nullable=True), note("words")),
    )
    op.create_index("ix_break_glass_until", "break_glass", ["centre_id", "to_at"])
    op.create_index(
        "ix_break_glass_unreviewed",
        "break_glass",
        ["centre_id", "id"],
        sqlite_where=UNREVIEWED,
        postgresql_where=UNREVIEWED,
    )


def make(name: str, links: list[tuple[str, str, str]], *columns: Any) -> None:
    """A table whose rows are counted inside their centre, with links to others."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    here, there = "centre_id", ["centre_id", "id"]
    points = [
        sa.ForeignKeyConstraint([here, column], [f"{target}.{one}" for one in there], name=link)
        for link, column, target in links
        if sqlite
    ]
    op.create_table(name, number(here), number("id"), *columns, sa.PrimaryKeyConstraint("centre_id", "id"), *points)
    if not sqlite:
        for link, column, target in links:
            op.create_foreign_key(link, name, target, [here, column], there)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
