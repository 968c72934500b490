"""Personal texts of events are covered by commitments and can be erased; erasures and holds are on record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ENDED = sa.text("open = 0 AND title <> '（已删除）'")
HELD = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.add_column("ticket_event", sa.Column("salt", sa.String(40), nullable=False, server_default=""))
    op.add_column("ticket_event", sa.Column("erased", sa.JSON(), nullable=True))
    op.create_index(
        "ix_ticket_ended", "ticket", ["centre_id", "closed_at", "id"], sqlite_where=ENDED, postgresql_where=ENDED
    )
    make(
        "erasure",
        "fk_erasure_ticket",
        *(number("ticket_id"), number("at"), sa.Column("actor", sa.String(60), nullable=False), note("reason")),
        sa.Column("events", sa.Integer(), nullable=False),
    )
    op.create_index("ix_erasure_ticket", "erasure", ["centre_id", "ticket_id"])
    make(
        "legal_hold",
        "fk_legal_hold_ticket",
        *(number("ticket_id"), note("reason"), number("set_at"), number("set_by", null=True)),
        *(number("lifted_at", null=True), number("lifted_by", null=True), note("lift_reason")),
    )
    op.create_index(
        "ix_legal_hold_held", "legal_hold", ["centre_id", "ticket_id"], sqlite_where=HELD, postgresql_where=HELD
    )


def make(name: str, link: str, *columns: Any) -> None:
    """A table whose rows are counted inside their centre and hang on a ticket."""
    here, there = ["centre_id", "ticket_id"], ["centre_id", "id"]
    sqlite = op.get_bind().dialect.name == "sqlite"
    points = [sa.ForeignKeyConstraint(here, [f"ticket.{one}" for one in there], name=link)] if sqlite else []
    op.create_table(
        name, number("centre_id"), number("id"), *columns, sa.PrimaryKeyConstraint("centre_id", "id"), *points
    )
    if not sqlite:
        op.create_foreign_key(link, name, "ticket", here, there)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
