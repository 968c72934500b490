"""Gaps and double bookings of the roster that the engine told of, and what became of them.

Filled from the centre's own log; rows are counted from 1 inside a centre.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, big, json_list, key_field, text


class DutyGapRecord(SQLModel):
    """Something wrong with the roster in [from_at, to_at)."""

    centre_id: int = key_field()
    id: int = key_field()
    kind: str = Field(default="", max_length=20)
    """`data.duty_terms.GapKind`."""
    subject: str = Field(default="", max_length=64)
    """A role, a unit's code, or empty where it is about people."""
    officers: list[Any] = json_list()
    from_at: int = big(0)
    to_at: int = big(0)
    state: str = Field(default="", max_length=8)
    """`data.duty_terms.GapState`."""
    step: int = 0
    """How many reminders are behind it."""
    zh: str = text()
    en: str = text()
    found_at: int = big(0)
    closed_at: int | None = big(None)


class DutyGap(DutyGapRecord, table=True):
    """A gap."""

    __tablename__ = "duty_gap"
    __table_args__ = (
        Index(
            "ix_duty_gap_open",
            "centre_id",
            "from_at",
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
        {"info": TENANT},
    )
