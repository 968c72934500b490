"""Public keys with which officers come in from elsewhere."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, key_field, text


class SshKey(SQLModel, table=True):
    """A public key of one officer. A revoked one stays, and never comes back."""

    __tablename__ = "ssh_key"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_ssh_key_officer"),
        UniqueConstraint("centre_id", "fingerprint", name="uq_ssh_key_fingerprint"),
        Index("ix_ssh_key_officer", "centre_id", "officer_id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    officer_id: int = big()
    key_type: str = Field(max_length=48)
    blob: str = text()
    """The key itself, base64 as OpenSSH writes it."""
    fingerprint: str = Field(max_length=64)
    """`SHA256:` and the digest, as OpenSSH prints it."""
    comment: str = Field(default="", max_length=120)
    addresses: list[str] = json_list()
    """Networks from which it is let in; empty for all."""
    added_by: str = Field(default="", max_length=40)
    added_at: int = big()
    expires_at: int | None = big(None)
    revoked_by: str = Field(default="", max_length=40)
    revoked_at: int | None = big(None)
    reason: str = text()
    """Why it was revoked."""
