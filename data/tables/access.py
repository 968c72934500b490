"""The access log: who saw what and came in from where. Append-only and chained by hash, apart from the tickets' log.

It has a chain and a head of its own, so that whoever only reads does not queue behind those who write tickets
(PostgreSQL), and the tickets' log does not grow with every look.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, big, json_object, key_field


class AccessHead(SQLModel, table=True):
    """The newest entry of a centre's access log. Locking it puts the entries in order."""

    __tablename__ = "access_head"
    __table_args__ = ({"info": TENANT},)

    centre_id: int = key_field()
    no: int = big(0)
    hash: str = Field(default="", max_length=64)
    base_no: int = big(0)
    """Entries up to this one were removed when their time was up; an entry says so."""
    base_hash: str = Field(default="", max_length=64)


class AccessEvent(SQLModel, table=True):
    """One entry; `id` is its gap-free number in the centre's access log."""

    __tablename__ = "access_event"
    __table_args__ = (
        Index("ix_access_event_actor", "centre_id", "actor", "kind", "at"),
        Index("ix_access_event_target", "centre_id", "target", "id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    at: int = big()
    kind: str = Field(max_length=24)
    actor_id: int | None = big(None)
    actor: str = Field(default="", max_length=60)
    session_id: int | None = big(None)
    how: str = Field(default="", max_length=12)
    """How the officer proved who they are; empty where they were only named."""
    address: str = Field(default="", max_length=64)
    fingerprint: str = Field(default="", max_length=80)
    target: str = Field(default="", max_length=120)
    """The ticket's code, or what else it is about; never personal data."""
    body: dict[str, Any] = json_object()
    hash: str = Field(max_length=64)


__all__ = ["AccessEvent", "AccessHead"]
