"""Who is named on confidential tickets; indexes for the pages of those who see a part of the centre."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CONFIDENTIAL, GIVEN = sa.text("confidential"), sa.text("officer_id IS NOT NULL")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    link, here, there = "fk_ticket_reader_ticket", ["centre_id", "ticket_id"], ["centre_id", "id"]
    points = sa.ForeignKeyConstraint(here, [f"ticket.{column}" for column in there], name=link)
    op.create_table(
        "ticket_reader",
        number("centre_id"),
        number("ticket_id"),
        sa.Column("no", sa.Integer(), nullable=False, autoincrement=False),
        number("officer_id"),
        number("named_by", null=True),
        number("at"),
        number("until_at", null=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "ticket_id", "no"),
        *([points] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key(link, "ticket_reader", "ticket", here, there)
    op.create_index("ix_ticket_reader_officer", "ticket_reader", ["centre_id", "officer_id", "ticket_id"])
    for column in ("section", "community_id", "grid_id"):
        op.create_index(f"ix_ticket_{column.removesuffix('_id')}", "ticket", ["centre_id", column, "id"])
    op.create_index("ix_ticket_confidential", "ticket", ["centre_id", "id"], sqlite_where=CONFIDENTIAL,
                    postgresql_where=CONFIDENTIAL)  # fmt: skip
    op.create_index("ix_task_officer", "task", ["centre_id", "officer_id", "ticket_id"], sqlite_where=GIVEN,
                    postgresql_where=GIVEN)  # fmt: skip


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)
