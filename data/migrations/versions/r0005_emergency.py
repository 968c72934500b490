"""Emergency mode: emergencies, the telephone log, and an index of what is owed upward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UPWARD = sa.text("state = 'running' AND kind IN ('up_phone', 'up_written', 'up_follow')")


def upgrade() -> None:
    op.create_table(
        "emergency",
        number("centre_id"),
        number("id"),
        sa.Column("grade", sa.String(), nullable=False),
        number("ticket_id", null=True),
        note("reason"),
        number("declared_at"),
        *(number(name, null=True) for name in ("declared_by", "behalf_id")),
        number("graded_at"),
        *(number(name, null=True) for name in ("lifted_at", "lifted_by", "lift_behalf_id")),
        note("lift_reason"),
        number("changed_seq"),
        sa.PrimaryKeyConstraint("centre_id", "id"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    name, here, there = "fk_phone_record_ticket", ["centre_id", "ticket_id"], ["centre_id", "id"]
    link = sa.ForeignKeyConstraint(here, [f"ticket.{column}" for column in there], name=name)
    op.create_table(
        "phone_record",
        *(number(name) for name in ("centre_id", "id", "first_id")),
        sa.Column("follow_no", sa.Integer(), nullable=False),
        *(number(name, null=True) for name in ("ticket_id", "emergency_id")),
        number("at"),
        *(note(name) for name in ("place", "cause", "course", "measures", "result", "effect", "trend", "told")),
        *(note(f"caller_{name}") for name in ("unit", "name", "title", "phone")),
        number("recorder_id", null=True),
        number("recorded_at"),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *([link] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key(name, "phone_record", "ticket", here, there)
    op.create_index("ix_phone_record_first", "phone_record", ["centre_id", "first_id", "id"])
    op.create_index("ix_phone_record_ticket", "phone_record", ["centre_id", "ticket_id", "id"])
    op.create_index(
        "ix_clock_upward", "clock", ["centre_id", "due_at", "id"], sqlite_where=UPWARD, postgresql_where=UPWARD
    )


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
