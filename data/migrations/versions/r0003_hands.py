"""Tasks that are given to an officer by name, or to whoever is on duty in a role."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD = {"role": 8, "state": 12, "reason": None}
COLUMNS = (
    *("centre_id", "id", "ticket_id", "no", "role", "unit_id", "officer_id", "state", "instruction", "sent_at"),
    *("acknowledged_at", "arrived_at", "done_at", "people", "result", "reason"),
)
NULL = frozenset({"officer_id", "acknowledged_at", "arrived_at", "done_at"})


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("task", sa.Column("addressed", sa.String(16), nullable=False, server_default=""))
        op.alter_column("task", "addressed", server_default=None)
        return
    # SQLite cannot take a default away again, so the table is made anew.
    for index in ("ix_task_ticket", "ix_task_unit"):
        op.drop_index(index, "task")
    op.rename_table("task", "task_before")
    op.create_table(
        "task",
        *(sa.Column(name, kind(name), nullable=name in NULL, autoincrement=False) for name in COLUMNS),
        sa.Column("addressed", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        sa.ForeignKeyConstraint(["centre_id", "ticket_id"], ["ticket.centre_id", "ticket.id"], name="fk_task_ticket"),
    )
    names = ", ".join(COLUMNS)
    op.execute(f"INSERT INTO task ({names}, addressed) SELECT {names}, '' FROM task_before")  # noqa: S608
    op.drop_table("task_before")
    op.create_index("ix_task_ticket", "task", ["centre_id", "ticket_id"])
    op.create_index("ix_task_unit", "task", ["centre_id", "unit_id", "state"])


def kind(name: str) -> Any:
    """The type that a column of the first release has."""
    if name in WORD:
        return sa.String(WORD[name])
    if name in ("instruction", "result"):
        return sa.Text()
    return sa.Integer() if name in ("no", "people") else sa.BigInteger()
