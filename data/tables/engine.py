"""What the engine keeps: its lease, what it fired, its outages, and the notices on their way out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, big, json_list, json_object, key_field, text

UNDER_WAY = "state in ('pending', 'sending')"
"""Which notices are not out yet. A statement that looks for some says this in these very words: a partial index is not
found by bound values."""
CLIMBED = "officer_id IS NOT NULL AND kind IN ('ladder', 'ask', 'direct', 'needs_lead')"
"""Which notices say that a ticket came up to somebody."""


class Lease(SQLModel, table=True):
    """Who runs the engine for a centre. The fence grows with each new holder."""

    __tablename__ = "lease"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "name"), {"info": TENANT})

    centre_id: int = big()
    name: str = Field(max_length=20)
    holder: str = Field(default="", max_length=120)
    fence: int = big(0)
    expires_at: int = big(0)
    beat_at: int = big(0)
    beat_no: int = big(0)
    """Grows with each beat: watchers judge silence by their own monotonic clock, whatever the wall clock does."""
    version: str = Field(default="", max_length=20)
    cycle: dict[str, Any] = json_object()


class LadderStep(SQLModel, table=True):
    """A ladder step that fired. The unique key is the last guard against firing twice."""

    __tablename__ = "ladder_step"
    __table_args__ = (
        UniqueConstraint("centre_id", "clock_id", "step", "generation", name="uq_ladder_step"),
        Index("ix_ladder_step_ticket", "centre_id", "ticket_id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big()
    clock_id: int = big()
    step: str = Field(max_length=40)
    generation: int = 0
    nominal_at: int = big()
    fired_at: int = big()
    caught_up: bool = False
    """Fired late, after an outage of the engine."""
    people: list[dict[str, Any]] = json_list()
    """Whom it reached and who was skipped, with the reason."""


class EngineOutage(SQLModel, table=True):
    """A time [from_at, to_at) in which no engine ran: booked to the engine and to nobody else."""

    __tablename__ = "engine_outage"
    __table_args__ = ({"info": TENANT},)

    centre_id: int = key_field()
    id: int = key_field()
    from_at: int = big()
    to_at: int = big()
    noted_at: int = big()


class Notice(SQLModel, table=True):
    """A notice to a person or unit: shown in the console and sent by the channels that are set up."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "ix_notice_waiting",
            "centre_id",
            "channel",
            "next_try_at",
            "id",
            sqlite_where=sql(UNDER_WAY),
            postgresql_where=sql(UNDER_WAY),
        ),
        Index(
            "ix_notice_climbed",
            "centre_id",
            "officer_id",
            "ticket_id",
            sqlite_where=sql(CLIMBED),
            postgresql_where=sql(CLIMBED),
        ),
        Index("ix_notice_recent", "centre_id", "created_at", "id"),
        Index("ix_notice_ticket", "centre_id", "ticket_id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int | None = big(None)
    event_no: int | None = big(None)
    channel: str = Field(default="console", max_length=16)
    kind: str = Field(default="", max_length=24)
    severity: str = Field(default="info", max_length=8)
    officer_id: int | None = big(None)
    unit_id: int | None = big(None)
    title: str = ""
    title_en: str = ""
    body: str = text()
    state: str = Field(default="pending", max_length=8)
    attempts: int = 0
    created_at: int = big()
    next_try_at: int = big(0)
    sent_at: int | None = big(None)
    seen_at: int | None = big(None)
    seen_by: str = ""
    error: str = ""
