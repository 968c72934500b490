"""The centre's emergencies and its telephone log: what the events of the centre's own log come to.

As with tickets, each row has a plain record class that the rules work on. Both are counted from 1 inside a centre.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text


class EmergencyRecord(SQLModel):
    """A time in emergency mode, from its declaration until it is lifted; the newest one says how it is now."""

    centre_id: int = key_field()
    id: int = key_field()
    grade: str = ""
    """A value of `data.terms.Grade`: the grade now, or the last one."""
    ticket_id: int | None = big(None)
    """The incident that it is for, where it is one ticket."""
    reason: str = text()
    declared_at: int = big(0)
    declared_by: int | None = big(None)
    """Officer who declared it."""
    behalf_id: int | None = big(None)
    """The commander in whose name it was declared; empty where the commander did."""
    graded_at: int = big(0)
    lifted_at: int | None = big(None)
    lifted_by: int | None = big(None)
    lift_behalf_id: int | None = big(None)
    lift_reason: str = text()
    changed_seq: int = big(0)
    """The entry of the centre's log that last changed the mode: the engine sets the ladders by it."""


class Emergency(EmergencyRecord, table=True):
    """An emergency."""

    __tablename__ = "emergency"
    __table_args__ = ({"info": TENANT},)


class PhoneRecordFields(SQLModel):
    """A call that was taken down: a first report, or a numbered follow-up that carries only what changed."""

    centre_id: int = key_field()
    id: int = key_field()
    first_id: int = big(0)
    """The first report; its own number for a first report."""
    follow_no: int = 0
    """0 for a first report, then 1 (续报一), 2 …"""
    ticket_id: int | None = big(None)
    emergency_id: int | None = big(None)
    at: int = big(0)
    """When the call came."""
    place: str = text()
    cause: str = text()
    course: str = text()
    measures: str = text()
    result: str = text()
    effect: str = text()
    trend: str = text()
    told: str = text()
    """Whom the caller has told already, and when."""
    caller_unit: str = text()
    caller_name: str = text()
    caller_title: str = text()
    caller_phone: str = text()
    recorder_id: int | None = big(None)
    recorded_at: int = big(0)


class PhoneRecord(PhoneRecordFields, table=True):
    """A line of the telephone log."""

    __tablename__ = "phone_record"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_phone_record_ticket"),
        Index("ix_phone_record_first", "centre_id", "first_id", "id"),
        Index("ix_phone_record_ticket", "centre_id", "ticket_id", "id"),
        {"info": TENANT},
    )
