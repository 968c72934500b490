"""Meetings, consultations with residents and mediation rounds of a ticket: projections of its log.

All are counted from 1 inside their ticket, so that an event can name them; instants are epoch seconds in UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, json_object, key_field, text


def _number() -> Any:
    """The number of a row inside its ticket."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


def _waiting(name: str) -> Index:
    """What the engine has to come back to, by time."""
    where = sql("next_at IS NOT NULL")
    return Index(name, "centre_id", "next_at", sqlite_where=where, postgresql_where=where)


class MeetingRecord(SQLModel):
    """A meeting about a ticket."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    kind: str = Field(default="", max_length=16)
    state: str = Field(default="convened", max_length=12)
    meets_at: int = big(0)
    place: str = ""
    agenda: str = text()
    reason: str = text()
    """Why another kind than the class of the affair asks for; later why it was put off or called off."""
    convened_by: int | None = big(None)
    convened_at: int = big(0)
    put_off: int = 0
    """How often its time was changed."""
    minutes: str = text()
    minutes_at: int | None = big(None)
    next_at: int | None = big(None)
    """When the engine reminds: those called before the meeting, its convener when there are no minutes after it."""


class Meeting(MeetingRecord, table=True):
    """A meeting."""

    __tablename__ = "meeting"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_meeting_ticket"),
        _waiting("ix_meeting_next"),
        Index("ix_meeting_time", "centre_id", "meets_at"),
        {"info": TENANT},
    )


class AttendeeRecord(SQLModel):
    """Somebody who was called to a meeting or came to it: a unit, an officer by name, or people in words."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    meeting: int = 0
    unit_id: int | None = big(None)
    officer_id: int | None = big(None)
    outside: str = ""
    """People who are not in the organisation, in words; empty for units and officers."""
    state: str = Field(default="called", max_length=12)
    people: int = 1
    """Head-count that it stands for."""
    note: str = ""
    """Who came instead, or why nobody came."""


class Attendee(AttendeeRecord, table=True):
    """A line of the attendance list."""

    __tablename__ = "attendee"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_attendee_ticket"),
        Index("ix_attendee_unit", "centre_id", "unit_id"),
        {"info": TENANT},
    )


class ResolutionRecord(SQLModel):
    """What a meeting decided: who does it by when, and the task or ticket that it became."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    meeting: int = 0
    words: str = text()
    owner: str = Field(default="", max_length=120)
    """The hand, as it is written: a unit's code, or `@` and an officer's."""
    due_at: int = big(0)
    task_id: int | None = big(None)
    child_id: int | None = big(None)
    """The ticket that it became where this one was in nobody's hands or closed."""


class Resolution(ResolutionRecord, table=True):
    """A decision of a meeting."""

    __tablename__ = "resolution"
    __table_args__ = (belongs_to("ticket", "ticket_id", "fk_resolution_ticket"), {"info": TENANT})


class ConsultationRecord(SQLModel):
    """A consultation with residents: opinions, a vote or a notice, between two instants."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    kind: str = Field(default="", max_length=12)
    state: str = Field(default="open", max_length=12)
    subject: str = ""
    body: str = text()
    options: list[Any] = json_list()
    """The answers that may be given; empty where only words are asked for."""
    households: int = 0
    """How many households are asked; 0 where it is not known."""
    opens_at: int = big(0)
    closes_at: int = big(0)
    opened_by: int | None = big(None)
    opinions: int = 0
    answered: int = 0
    """Households that answered."""
    tally: dict[str, Any] = json_object()
    """How many chose each option."""
    refused: int = 0
    """Rows of files that could not be taken."""
    result: str = text()
    concluded_at: int | None = big(None)
    before: str = Field(default="", max_length=40)
    """A figure before and after, as decimal numbers, and what they count."""
    after: str = Field(default="", max_length=40)
    unit: str = Field(default="", max_length=40)
    reason: str = text()
    """Why it was prolonged or called off."""
    next_at: int | None = big(None)
    """When the engine reminds of its end, or closes it."""


class Consultation(ConsultationRecord, table=True):
    """A consultation with residents."""

    __tablename__ = "consultation"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_consultation_ticket"),
        _waiting("ix_consultation_next"),
        {"info": TENANT},
    )


class OpinionRecord(SQLModel):
    """One answer of a household. `mark` is what may be there once in a consultation."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    consultation: int = 0
    mark: str = Field(default="", max_length=64)
    household: str = Field(default="", max_length=60)
    name: str = Field(default="", max_length=60)
    choice: str = Field(default="", max_length=60)
    words: str = text()
    received_at: int = big(0)


class Opinion(OpinionRecord, table=True):
    """An answer."""

    __tablename__ = "opinion"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_opinion_ticket"),
        Index("uq_opinion_mark", "centre_id", "ticket_id", "consultation", "mark", unique=True),
        {"info": TENANT},
    )


class PublicationRecord(SQLModel):
    """What was made public of a meeting or a consultation: where, when, in which words."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    meeting: int | None = None
    consultation: int | None = None
    step: str = Field(default="", max_length=12)
    place: str = ""
    published_at: int = big(0)
    words: str = text()


class Publication(PublicationRecord, table=True):
    """A line of the publication log."""

    __tablename__ = "publication"
    __table_args__ = (belongs_to("ticket", "ticket_id", "fk_publication_ticket"), {"info": TENANT})


class MediationRecord(SQLModel):
    """A round of mediation."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    held_at: int = big(0)
    parties: str = ""
    mediator: str = ""
    place: str = ""
    outcome: str = Field(default="", max_length=12)
    words: str = text()
    """What was agreed, or why not."""
    follow: str = text()
    """What must follow from an agreement before the ticket is done."""
    followed_at: int | None = big(None)
    followed: str = text()
    """How it was carried out, or why it need not be any more."""


class Mediation(MediationRecord, table=True):
    """A round of mediation."""

    __tablename__ = "mediation"
    __table_args__ = (belongs_to("ticket", "ticket_id", "fk_mediation_ticket"), {"info": TENANT})
