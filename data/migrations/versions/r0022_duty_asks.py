"""Leave and exchanges of shifts that officers ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('asked', 'agreed')")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    here, there = ["centre_id", "officer_id"], ["centre_id", "id"]
    link = sa.ForeignKeyConstraint(here, [f"officer.{one}" for one in there], name="fk_duty_ask_officer")
    op.create_table(
        "duty_ask",
        *(number("centre_id"), number("id"), word("kind", 12), word("state", 12), number("officer_id")),
        *(number("other_id", null=True), number("from_at"), number("to_at")),
        sa.Column("turns", sa.JSON(), nullable=False),
        *(number("leave_id", null=True), sa.Column("reason", sa.Text(), nullable=False)),
        *(number("asked_at"), number("asked_by"), number("agreed_at", null=True), number("agreed_by", null=True)),
        *(number("decided_at", null=True), number("decided_by", null=True)),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *([link] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key("fk_duty_ask_officer", "duty_ask", "officer", here, there)
    op.create_index("ix_duty_ask_officer", "duty_ask", ["centre_id", "officer_id", "from_at"])
    op.create_index(
        "ix_duty_ask_waiting", "duty_ask", ["centre_id", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)
