"""Accounts, failed attempts to sign in, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

THERE = ["centre_id", "id"]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    links = {
        "account": ("fk_account_officer", ["centre_id", "id"]),
        "officer_session": ("fk_officer_session_officer", ["centre_id", "officer_id"]),
    }
    inline = {
        name: [sa.ForeignKeyConstraint(here, [f"officer.{one}" for one in THERE], name=link)] if sqlite else []
        for name, (link, here) in links.items()
    }
    op.create_table(
        "account",
        number("centre_id"),
        number("id"),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        word("totp_secret", 64),
        number("totp_step"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        number("added_at"),
        number("changed_at"),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *inline["account"],
    )
    op.create_table(
        "sign_in_failure",
        number("centre_id"),
        word("subject", 80),
        number("amount"),
        number("last_at"),
        sa.PrimaryKeyConstraint("centre_id", "subject"),
    )
    op.create_table(
        "officer_session",
        number("centre_id"),
        number("id"),
        number("officer_id"),
        word("token", 64),
        word("how", 12),
        word("address", 64),
        word("fingerprint", 80),
        word("terminal", 60),
        number("opened_at"),
        number("expires_at"),
        number("ended_at", null=True),
        word("ended_by", 60),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id"),
        *inline["officer_session"],
    )
    if not sqlite:
        for name, (link, here) in links.items():
            op.create_foreign_key(link, name, "officer", here, THERE)
    op.create_index("ix_officer_session_token", "officer_session", ["centre_id", "token"])
    op.create_index("ix_officer_session_officer", "officer_session", ["centre_id", "officer_id"])


def number(name: str, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)
