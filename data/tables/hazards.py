"""The hazard register (隐患台账), one file per household or place, and broadcasts with who has seen them.

Projections of the centre's own log. Hazards, entries and broadcasts are counted from 1 inside a centre; instants are
epoch seconds in UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, json_object, key_field, text

RAISED = "raise_at IS NOT NULL"
"""Which hazards the engine has to come back to; a statement that looks for them says this in these very words."""


class HazardRecord(SQLModel):
    """A hazard at one household or place: its file (一户一档) as the log left it."""

    centre_id: int = key_field()
    id: int = key_field()
    mark: str = Field(default="", max_length=32)
    """Fingerprint of place, household and matter: the same one is the same file."""
    matter_code: str = Field(default="", max_length=20)
    what: str = text()
    grade: str = Field(default="general", max_length=12)
    """A value of `data.terms.HazardGrade`."""
    state: str = Field(default="open", max_length=12)
    """A value of `data.terms.HazardState`."""
    place: str = Field(default="", max_length=300)
    household: str = Field(default="", max_length=120)
    owner_name: str = Field(default="", max_length=120)
    owner_phone: str = Field(default="", max_length=40)
    photos: list[str] = json_list()
    """Where pictures lie, as text: file names, addresses."""
    unit_id: int = big(0)
    """The grid or community in which it is; who checks it."""
    community_id: int | None = big(None)
    sweep_id: int | None = big(None)
    """The sweep that found it."""
    ticket_id: int | None = big(None)
    """The ticket that was opened for it."""
    found_by: int | None = big(None)
    found_at: int = big(0)
    remedy_by: str = Field(default="", max_length=200)
    """Who has to put it right: an owner, a property firm, a unit."""
    every_days: int = 0
    """It is looked at again every so many days; 0 for never."""
    check_at: int | None = big(None)
    """When the next look is due; empty where none is."""
    raise_at: int | None = big(None)
    """When the engine tells of it, or tells again."""
    checked_at: int | None = big(None)
    checks: int = 0
    result: str = Field(default="", max_length=12)
    """What the last look found: a value of `data.terms.CheckResult`."""
    remedied_at: int | None = big(None)
    closed_at: int | None = big(None)
    reason: str = text()
    """Why it was closed or opened again last."""


class Hazard(HazardRecord, table=True):
    """A hazard."""

    __tablename__ = "hazard"
    __table_args__ = (
        UniqueConstraint("centre_id", "mark", name="uq_hazard_mark"),
        belongs_to("ticket", "sweep_id", "fk_hazard_sweep"),
        belongs_to("ticket", "ticket_id", "fk_hazard_ticket"),
        Index("ix_hazard_state", "centre_id", "state", "check_at", "id"),
        Index("ix_hazard_unit", "centre_id", "unit_id", "id"),
        Index("ix_hazard_sweep", "centre_id", "sweep_id", "unit_id"),
        Index("ix_hazard_ticket", "centre_id", "ticket_id"),
        Index("ix_hazard_raise", "centre_id", "raise_at", sqlite_where=sql(RAISED), postgresql_where=sql(RAISED)),
        {"info": TENANT},
    )


class HazardEntryRecord(SQLModel):
    """What was done about a hazard, a line of its file; nothing is ever changed or taken out."""

    centre_id: int = key_field()
    id: int = key_field()
    hazard_id: int = big(0)
    at: int = big(0)
    kind: str = Field(default="", max_length=12)
    """A value of `data.terms.HazardStep`."""
    officer_id: int | None = big(None)
    due_at: int | None = big(None)
    """Of a check: when it was due."""
    result: str = Field(default="", max_length=12)
    note: str = text()
    photos: list[str] = json_list()


class HazardEntry(HazardEntryRecord, table=True):
    """A line of a hazard's file."""

    __tablename__ = "hazard_entry"
    __table_args__ = (
        belongs_to("hazard", "hazard_id", "fk_hazard_entry_hazard"),
        Index("ix_hazard_entry_hazard", "centre_id", "hazard_id", "id"),
        {"info": TENANT},
    )


class BroadcastRecord(SQLModel):
    """A notice to many units: a reminder, publicity, a notice for the board."""

    centre_id: int = key_field()
    id: int = key_field()
    kind: str = Field(default="reminder", max_length=12)
    """A value of `data.terms.BroadcastKind`."""
    title: str = Field(default="", max_length=200)
    body: str = text()
    audience: dict[str, Any] = json_object()
    """How the units were chosen."""
    ticket_id: int | None = big(None)
    sent_by: int | None = big(None)
    sent_at: int = big(0)
    units: int = 0


class Broadcast(BroadcastRecord, table=True):
    """A broadcast."""

    __tablename__ = "broadcast"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_broadcast_ticket"),
        Index("ix_broadcast_ticket", "centre_id", "ticket_id"),
        {"info": TENANT},
    )


class ReceiptRecord(SQLModel):
    """One unit's receipt for a broadcast."""

    centre_id: int = key_field()
    id: int = key_field()
    broadcast_id: int = big(0)
    unit_id: int = big(0)
    seen_at: int | None = big(None)
    seen_by: int | None = big(None)
    """Officer of the unit; empty where the desk wrote it down."""
    note: str = Field(default="", max_length=300)
    reminders: int = 0
    reminded_at: int | None = big(None)


class BroadcastReceipt(ReceiptRecord, table=True):
    """A receipt."""

    __tablename__ = "broadcast_receipt"
    __table_args__ = (
        UniqueConstraint("centre_id", "broadcast_id", "unit_id", name="uq_broadcast_receipt_unit"),
        belongs_to("broadcast", "broadcast_id", "fk_broadcast_receipt_broadcast"),
        Index("ix_broadcast_receipt_unit", "centre_id", "unit_id", "seen_at"),
        {"info": TENANT},
    )
