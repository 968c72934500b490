"""What officers ask for of the roster: leave, and exchanges of shifts between two.

Filled from the centre's own log; rows are counted from 1 inside a centre.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, key_field, text


class DutyAskRecord(SQLModel):
    """A leave or an exchange that is asked for, and what became of it."""

    centre_id: int = key_field()
    id: int = key_field()
    kind: str = Field(default="", max_length=12)
    state: str = Field(default="", max_length=12)
    officer_id: int = big(0)
    """Whose leave, or who gives a shift away."""
    other_id: int | None = big(None)
    """With whom shifts are exchanged; for a leave, who stands in."""
    from_at: int = big(0)
    to_at: int = big(0)
    """The leave, or from the first begin to the last end of the shifts."""
    turns: list[Any] = json_list()
    """Shifts that go to somebody else: {duty, officer, role, from, to} as they were."""
    leave_id: int | None = big(None)
    """The time away that was written down when a leave was granted."""
    reason: str = text()
    asked_at: int = big(0)
    asked_by: int = big(0)
    agreed_at: int | None = big(None)
    agreed_by: int | None = big(None)
    decided_at: int | None = big(None)
    decided_by: int | None = big(None)
    words: str = text()


class DutyAskRow(DutyAskRecord, table=True):
    """A leave or an exchange."""

    __tablename__ = "duty_ask"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_duty_ask_officer"),
        Index("ix_duty_ask_officer", "centre_id", "officer_id", "from_at"),
        Index(
            "ix_duty_ask_waiting",
            "centre_id",
            "id",
            sqlite_where=sql("state IN ('asked', 'agreed')"),
            postgresql_where=sql("state IN ('asked', 'agreed')"),
        ),
        {"info": TENANT},
    )
