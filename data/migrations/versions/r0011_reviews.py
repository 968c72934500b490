"""After-action reviews with their lessons and follow-up tasks; an index of major tickets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MAJOR = sa.text("supervised OR urgency = 'emergency' OR facts ->> 'grade' IS NOT NULL")


def upgrade() -> None:
    make(
        "review",
        sa.Column("state", sa.String(12), nullable=False),
        note("reason"),
        number("opened_by", null=True),
        number("opened_at"),
        number("held_at", null=True),
        *(note(name) for name in ("attendance", "minutes")),
        *(number(name, null=True) for name in ("concluded_by", "concluded_at")),
        note("conclusion"),
    )
    op.create_index("ix_review_state", "review", ["centre_id", "state", "opened_at"])
    make("lesson", count("review"), note("words"), count("corrects"), number("written_by", null=True),
         number("written_at"))  # fmt: skip
    make(
        "follow_up",
        count("review"),
        note("words"),
        sa.Column("owner", sa.String(120), nullable=False),
        *(number(name) for name in ("due_at", "child_id")),
        number("asked_by", null=True),
        number("asked_at"),
    )
    columns = ["centre_id", "reported_at", "id"]
    op.create_index("ix_ticket_major", "ticket", columns, sqlite_where=MAJOR, postgresql_where=MAJOR)


def make(name: str, *columns: sa.Column[Any]) -> None:
    """A table whose rows are counted inside their ticket."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    link, here, there = f"fk_{name}_ticket", ["centre_id", "ticket_id"], ["centre_id", "id"]
    points = sa.ForeignKeyConstraint(here, [f"ticket.{column}" for column in there], name=link)
    op.create_table(
        name,
        number("centre_id"),
        number("ticket_id"),
        count("no"),
        *columns,
        sa.PrimaryKeyConstraint("centre_id", "ticket_id", "no"),
        *([points] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key(link, name, "ticket", here, there)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
