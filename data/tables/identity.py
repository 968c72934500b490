"""Accounts of officers, failed attempts to sign in, and sessions."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, key_field, text


class Account(SQLModel, table=True):
    """How one officer proves who they are. Kept apart from the officer, whom everybody may read."""

    __tablename__ = "account"
    __table_args__ = (belongs_to("officer", "id", "fk_account_officer"), {"info": TENANT})

    centre_id: int = key_field()
    id: int = key_field()
    """The officer's."""
    password: str = text()
    """argon2id."""
    earlier: list[str] = json_list()
    """The passwords before, which are not taken again."""
    given: bool = True
    """Whether somebody else set the password: then it is good for choosing an own one, and for nothing else."""
    totp_secret: str = Field(default="", max_length=200)
    """Sealed with a key that the store does not hold (`core.identity.sealing`); plain only until an upgrade is done."""
    totp_step: int = big(0)
    """The newest step whose code was used."""
    disabled: bool = False
    added_at: int = big()
    changed_at: int = big()


class SignInFailure(SQLModel, table=True):
    """Failed attempts in a row, on one account or from one address."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "subject"), {"info": TENANT})

    centre_id: int = big()
    subject: str = Field(max_length=80)
    """A digest: what was typed as a name may have been a password."""
    amount: int = big(0)
    last_at: int = big(0)


class OfficerSession(SQLModel, table=True):
    """A time during which somebody is known to be an officer."""

    __tablename__ = "officer_session"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_officer_session_officer"),
        Index("ix_officer_session_token", "centre_id", "token"),
        Index("ix_officer_session_officer", "centre_id", "officer_id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    officer_id: int = big()
    token: str = Field(default="", max_length=64)
    """SHA-256 of the token and the account on the machine that has it; empty for a session that needs none."""
    how: str = Field(default="", max_length=12)
    address: str = Field(default="", max_length=64)
    fingerprint: str = Field(default="", max_length=80)
    terminal: str = Field(default="", max_length=60)
    opened_at: int = big()
    expires_at: int = big()
    ended_at: int | None = big(None)
    ended_by: str = Field(default="", max_length=60)
    reason: str = text()
    process: str = Field(default="", max_length=120)
    """The process that it lives in (`core.processes`); empty for one that commands act with by its token."""
    seen_at: int = big(0)
    """When its process was last heard of, within minutes."""
