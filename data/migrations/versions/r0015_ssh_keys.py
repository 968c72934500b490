"""Public keys with which officers come in from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LINK, HERE, THERE = "fk_ssh_key_officer", ["centre_id", "officer_id"], ["centre_id", "id"]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    points = [sa.ForeignKeyConstraint(HERE, [f"officer.{one}" for one in THERE], name=LINK)] if sqlite else []
    op.create_table(
        "ssh_key",
        number("centre_id"),
        number("id"),
        number("officer_id"),
        word("key_type", 48),
        sa.Column("blob", sa.Text(), nullable=False),
        word("fingerprint", 64),
        word("comment", 120),
        sa.Column("addresses", sa.JSON(), nullable=False),
        word("added_by", 40),
        number("added_at"),
        number("expires_at", null=True),
        word("revoked_by", 40),
        number("revoked_at", null=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        sa.UniqueConstraint("centre_id", "fingerprint", name="uq_ssh_key_fingerprint"),
        *points,
    )
    if not sqlite:
        op.create_foreign_key(LINK, "ssh_key", "officer", HERE, THERE)
    op.create_index("ix_ssh_key_officer", "ssh_key", HERE)


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)
