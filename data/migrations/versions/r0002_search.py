"""Search and orders: the texts of tickets as tokens, an index over them, and indexes of open tickets for lists."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from data.search_index import create_index
from data.tokens import NOTES, searchable

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN_INDEXES = {
    "urgency": ("urgency", "due_at", "id"),
    "age": ("reported_at", "id"),
    "stage": ("stage", "due_at", "id"),
    "section": ("section", "due_at", "id"),
    "community": ("community_id", "due_at", "id"),
    "source": ("source", "due_at", "id"),
    "matter": ("matter_code", "due_at", "id"),
}
PART = 1000
"""Tickets whose texts are taken over at once."""


def upgrade() -> None:
    for name, columns in OPEN_INDEXES.items():
        index(f"ix_ticket_open_{name}", *columns)
    index("ix_ticket_open_supervised", "due_at", "id", where="open = 1 AND supervised")
    index("ix_ticket_open_bounced", "due_at", "id", where="open = 1 AND bounces > 0")
    sqlite = op.get_bind().dialect.name == "sqlite"
    name, here, there = "fk_ticket_text_ticket", ["centre_id", "ticket_id"], ["centre_id", "id"]
    link = sa.ForeignKeyConstraint(here, [f"ticket.{column}" for column in there], name=name)
    op.create_table(
        "ticket_text",
        *(
            sa.Column(column, sa.BigInteger(), nullable=False, autoincrement=False)
            for column in ("centre_id", "ticket_id", "stamp")
        ),
        *(sa.Column(column, sa.Text(), nullable=False) for column in ("head", "notes")),
        sa.PrimaryKeyConstraint("centre_id", "ticket_id"),
        *([link] if sqlite else []),
    )
    if not sqlite:
        op.create_foreign_key(name, "ticket_text", "ticket", here, there)
    op.create_index("ix_ticket_text_stamp", "ticket_text", ["centre_id", "stamp"])
    op.create_table(
        "search_mark",
        *numbers("centre_id", "stamp"),
        sa.PrimaryKeyConstraint("centre_id"),
    )
    create_index(op.get_bind())
    take_over_texts(op.get_bind())


def numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False) for name in names]


def index(name: str, *columns: str, where: str = "open = 1") -> None:
    condition = sa.text(where)
    op.create_index(name, "ticket", ["centre_id", *columns], sqlite_where=condition, postgresql_where=condition)


def take_over_texts(connection: sa.Connection) -> None:
    """The tokens of every ticket that is there; the index over them is filled later, by whoever comes first."""
    after = (-1, -1)
    while True:
        tickets = connection.execute(
            sa.text(
                "SELECT centre_id, id, code, title, body, address FROM ticket"
                " WHERE (centre_id, id) > (:centre, :id) ORDER BY centre_id, id LIMIT :size"
            ),
            {"centre": after[0], "id": after[1], "size": PART},
        ).fetchall()
        if not tickets:
            return
        rows = []
        for centre, ticket, *texts in tickets:
            stamp, notes = notes_of(connection, centre, ticket)
            row = {"centre": centre, "ticket": ticket, "stamp": stamp}
            rows.append({**row, "head": searchable(*texts), "notes": searchable(*notes)})
        connection.execute(
            sa.text(
                "INSERT INTO ticket_text (centre_id, ticket_id, stamp, head, notes)"
                " VALUES (:centre, :ticket, :stamp, :head, :notes)"
            ),
            rows,
        )
        after = (tickets[-1][0], tickets[-1][1])


def notes_of(connection: sa.Connection, centre: int, ticket: int) -> tuple[int, list[str]]:
    """The number of a ticket's last event, and the words of its history."""
    events = connection.execute(
        sa.text("SELECT id, body FROM ticket_event WHERE centre_id = :centre AND ticket_id = :ticket ORDER BY seq"),
        {"centre": centre, "ticket": ticket},
    ).fetchall()
    bodies: list[dict[str, Any]] = [json.loads(body) if isinstance(body, str) else body for _id, body in events]
    notes = [str(body[name]) for body in bodies for name in NOTES if body.get(name)]
    return max((int(number) for number, _body in events), default=0), notes
