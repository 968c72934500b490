"""Searching, and lists in other orders than by deadline. Every ticket of the store waits to be taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN_INDEXES = (
    ("ix_ticket_open_reported", "reported_at", "id"),
    ("ix_ticket_open_urgency", "urgency", "due_at", "id"),
    ("ix_ticket_open_stage", "stage", "due_at", "id"),
    ("ix_ticket_open_section", "section", "due_at", "id"),
    ("ix_ticket_open_community", "community_id", "due_at", "id"),
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    _table("ticket_text", sa.Column("tokens", sa.Text(), nullable=False), sa.Column("grams", sa.Text(), nullable=False))
    _table("text_due")
    for name, *columns in OPEN_INDEXES:
        op.create_index(
            name,
            "ticket",
            ["centre_id", *columns],
            sqlite_where=sa.text("open = 1"),
            postgresql_where=sa.text("open = 1"),
        )
    op.execute(sa.text(SQLITE if sqlite else POSTGRES))
    op.execute("INSERT INTO text_due (centre_id, ticket_id) SELECT centre_id, id FROM ticket")


def _table(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("centre_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False, autoincrement=False),
        *more,
        sa.PrimaryKeyConstraint("centre_id", "ticket_id"),
    )


SQLITE = (
    "CREATE VIRTUAL TABLE ticket_search USING fts5(centre, tokens, content='', contentless_delete=1,"
    ' tokenize="unicode61 remove_diacritics 0")'
)
POSTGRES = "CREATE INDEX ix_ticket_text_grams ON ticket_text USING gin (string_to_array(grams, ' '))"
