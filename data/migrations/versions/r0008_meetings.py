"""Meetings, consultations with residents, mediation rounds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEXT = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    make(
        "meeting",
        word("kind", 16),
        word("state", 12),
        number("meets_at"),
        word("place"),
        note("agenda"),
        note("reason"),
        number("convened_by", null=True),
        number("convened_at"),
        count("put_off"),
        note("minutes"),
        *(number(name, null=True) for name in ("minutes_at", "next_at")),
    )
    op.create_index("ix_meeting_next", "meeting", ["centre_id", "next_at"], sqlite_where=NEXT, postgresql_where=NEXT)
    op.create_index("ix_meeting_time", "meeting", ["centre_id", "meets_at"])
    make(
        "attendee",
        count("meeting"),
        *(number(name, null=True) for name in ("unit_id", "officer_id")),
        word("outside"),
        word("state", 12),
        count("people"),
        word("note"),
    )
    op.create_index("ix_attendee_unit", "attendee", ["centre_id", "unit_id"])
    make(
        "resolution",
        count("meeting"),
        note("words"),
        word("owner", 120),
        number("due_at"),
        *(number(name, null=True) for name in ("task_id", "child_id")),
    )
    make(
        "consultation",
        *(word(name, 12) for name in ("kind", "state")),
        word("subject"),
        note("body"),
        values("options"),
        count("households"),
        *(number(name) for name in ("opens_at", "closes_at")),
        number("opened_by", null=True),
        *(count(name) for name in ("opinions", "answered")),
        values("tally"),
        count("refused"),
        note("result"),
        number("concluded_at", null=True),
        *(word(name, 40) for name in ("before", "after", "unit")),
        note("reason"),
        number("next_at", null=True),
    )
    op.create_index(
        "ix_consultation_next", "consultation", ["centre_id", "next_at"], sqlite_where=NEXT, postgresql_where=NEXT
    )
    make(
        "opinion",
        count("consultation"),
        word("mark", 64),
        *(word(name, 60) for name in ("household", "name", "choice")),
        note("words"),
        number("received_at"),
    )
    op.create_index("uq_opinion_mark", "opinion", ["centre_id", "ticket_id", "consultation", "mark"], unique=True)
    make(
        "publication",
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("meeting", "consultation")),
        word("step", 12),
        word("place"),
        number("published_at"),
        note("words"),
    )
    make(
        "mediation",
        number("held_at"),
        *(word(name) for name in ("parties", "mediator", "place")),
        word("outcome", 12),
        *(note(name) for name in ("words", "follow")),
        number("followed_at", null=True),
        note("followed"),
    )


def make(name: str, *columns: sa.Column[Any]) -> None:
    """A table whose rows are counted inside their ticket."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    link, here, there = f"fk_{name}_ticket", ["centre_id", "ticket_id"], ["centre_id", "id"]
    points = sa.ForeignKeyConstraint(here, [f"ticket.{column}" for column in there], name=link)
    op.create_table(
        name,
        number("centre_id"),
        number("ticket_id"),
        sa.Column("no", sa.Integer(), nullable=False, autoincrement=False),
        *columns,
        sa.PrimaryKeyConstraint("centre_id", "ticket_id", "no"),
        *([points] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key(link, name, "ticket", here, there)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def word(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def values(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)
