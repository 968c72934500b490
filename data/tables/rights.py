"""Roles asked for and agreed to while the centre runs, and uses of break-glass.

Both tables are filled from the centre's own log; rows are counted from 1 inside a centre.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text


class RoleGrantRecord(SQLModel):
    """A role that the security administrator asks to give or take, and what the second person said."""

    centre_id: int = key_field()
    id: int = key_field()
    kind: str = Field(default="", max_length=8)
    state: str = Field(default="", max_length=12)
    officer_id: int = big(0)
    unit_id: int = big(0)
    role: str = Field(default="", max_length=24)
    rank: str = Field(default="", max_length=1)
    reason: str = text()
    asked_at: int = big(0)
    asked_by: int = big(0)
    decided_at: int | None = big(None)
    decided_by: int | None = big(None)
    words: str = text()


class RoleGrant(RoleGrantRecord, table=True):
    """A grant."""

    __tablename__ = "role_grant"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_role_grant_officer"),
        belongs_to("unit", "unit_id", "fk_role_grant_unit"),
        Index(
            "ix_role_grant_waiting",
            "centre_id",
            "id",
            sqlite_where=sql("state = 'waiting'"),
            postgresql_where=sql("state = 'waiting'"),
        ),
        {"info": TENANT},
    )


class BreakGlassRecord(SQLModel):
    """A wider right that an officer took for a short time, [from_at, to_at)."""

    centre_id: int = key_field()
    id: int = key_field()
    officer_id: int = big(0)
    role: str = Field(default="", max_length=24)
    reason: str = text()
    from_at: int = big(0)
    to_at: int = big(0)
    """When it ends by itself, or was given back before."""
    reviewed_at: int | None = big(None)
    reviewed_by: int | None = big(None)
    proper: bool | None = None
    """What the review found."""
    words: str = text()


class BreakGlass(BreakGlassRecord, table=True):
    """A use of break-glass."""

    __tablename__ = "break_glass"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_break_glass_officer"),
        Index("ix_break_glass_until", "centre_id", "to_at"),
        Index(
            "ix_break_glass_unreviewed",
            "centre_id",
            "id",
            sqlite_where=sql("reviewed_at IS NULL"),
            postgresql_where=sql("reviewed_at IS NULL"),
        ),
        {"info": TENANT},
    )


__all__ = ["BreakGlass", "BreakGlassRecord", "RoleGrant", "RoleGrantRecord"]
