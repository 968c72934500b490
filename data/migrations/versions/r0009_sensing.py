"""Sensing devices, their signals, and what was made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WATCHED = sa.text("watch_at IS NOT NULL")
KEY = ("centre_id", "id")


def upgrade() -> None:
    make(
        "device",
        *(number(name) for name in KEY),
        *(word(name, size) for name, size in (("code", 60), ("kind", 12), ("name", None))),
        number("unit_id"),
        *(word(name) for name in ("address", "person_name", "person_phone")),
        word("doctor", 60),
        number("maintainer_id", null=True),
        word("gateway", 60),
        *(number(name) for name in ("beat_seconds", "silence_seconds")),
        *(number(name, null=True) for name in ("away_from", "away_until")),
        word("away_reason"),
        number("opened_at"),
        number("retired_at", null=True),
        word("retired_reason"),
        sa.PrimaryKeyConstraint(*KEY),
        sa.UniqueConstraint("centre_id", "code", name="uq_device_code"),
        links={"unit": "unit_id"},
    )
    make(
        "device_state",
        *(number(name) for name in ("centre_id", "device_id")),
        *(number(name, null=True) for name in ("word_at", "active_at")),
        sa.Column("battery", sa.Integer(), nullable=True),
        *(number(name, null=True) for name in ("low_at", "offline_at", "watch_at")),
        sa.PrimaryKeyConstraint("centre_id", "device_id"),
        links={"device": "device_id"},
    )
    make(
        "device_signal",
        *(number(name) for name in (*KEY, "device_id")),
        word("message_id", 80),
        word("kind", 12),
        *(number(name) for name in ("at", "heard_at")),
        number("said_at", null=True),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(*KEY),
        sa.UniqueConstraint("centre_id", "device_id", "message_id", name="uq_device_signal_message"),
        links={"device": "device_id"},
    )
    make(
        "device_alert",
        *(number(name) for name in (*KEY, "device_id")),
        word("kind", 12),
        word("subject", 60),
        *(number(name) for name in ("since_at", "found_at", "ticket_id")),
        sa.Column("facts", sa.JSON(), nullable=False),
        number("again_at", null=True),
        sa.PrimaryKeyConstraint(*KEY),
        sa.UniqueConstraint("centre_id", "kind", "subject", "since_at", name="uq_device_alert"),
        links={"device": "device_id", "ticket": "ticket_id"},
    )
    make(
        "signal_refused",
        number("centre_id"),
        word("device_code", 60),
        word("reason", 24),
        *(number(name) for name in ("times", "first_at", "last_at")),
        sa.PrimaryKeyConstraint("centre_id", "device_code", "reason"),
    )
    for name, table, columns in (
        ("ix_device_unit", "device", ("unit_id",)),
        ("ix_device_gateway", "device", ("gateway",)),
        ("ix_device_signal_at", "device_signal", ("device_id", "at", "id")),
        ("ix_device_signal_heard", "device_signal", ("heard_at",)),
        ("ix_device_alert_device", "device_alert", ("device_id", "since_at")),
        ("ix_device_alert_ticket", "device_alert", ("ticket_id",)),
        ("ix_device_alert_found", "device_alert", ("found_at",)),
    ):
        op.create_index(name, table, ["centre_id", *columns])
    op.create_index(
        "ix_device_watch", "device_state", ["centre_id", "watch_at"], sqlite_where=WATCHED, postgresql_where=WATCHED
    )


def make(name: str, *parts: sa.schema.SchemaItem, links: dict[str, str] | None = None) -> None:
    """A table with its foreign keys, which SQLite takes only when the table is made."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    found = [(f"fk_{name}_{there}", there, ["centre_id", column]) for there, column in (links or {}).items()]
    keys = [
        sa.ForeignKeyConstraint(here, [f"{there}.{column}" for column in KEY], name=key) for key, there, here in found
    ]
    op.create_table(name, *parts, *(keys if sqlite else []))
    if not sqlite:
        for key, there, here in found:
            op.create_foreign_key(key, name, there, here, list(KEY))


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, size: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False)
