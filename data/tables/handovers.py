"""Handovers between shifts: the pack as it was made, the notes, who gave it, who signed.

Both tables are filled from the centre's own log; rows are counted from 1 inside a centre.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, json_object, key_field, text


class HandoverRecord(SQLModel):
    """One attempt to hand a change of shift over; officers by id."""

    centre_id: int = key_field()
    id: int = key_field()
    change_at: int = big(0)
    """When the duty changes: the end of the leaving shift, or the start of the incoming one where that is later."""
    attempt: int = 1
    """Grows when the one before was refused."""
    state: str = Field(default="", max_length=12)
    from_at: int | None = big(None)
    to_at: int | None = big(None)
    """The leaving shift; empty where there is no roster."""
    next_from: int | None = big(None)
    next_to: int | None = big(None)
    leaving: list[Any] = json_list()
    incoming: list[Any] = json_list()
    made_at: int | None = big(None)
    made_by: int | None = big(None)
    packs: int = 0
    """How often the pack was made; each stands in the log as it was."""
    pack: dict[str, Any] = json_object()
    pack_hash: str = Field(default="", max_length=64)
    given_at: int | None = big(None)
    given_by: int | None = big(None)
    answered_at: int | None = big(None)
    answered_by: int | None = big(None)
    words: str = text()
    """Remarks of whoever signed, or why it was refused."""
    bound: list[Any] = json_list()
    """Who has the duty since it was signed."""
    unsigned: bool = True
    """Whether the change still waits for a signature, and this is its newest attempt."""
    step: int = 0
    """How far it climbed."""
    next_at: int | None = big(None)
    """When the engine presses."""


class Handover(HandoverRecord, table=True):
    """A handover."""

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("centre_id", "change_at", "attempt", name="uq_handover_attempt"),
        Index(
            "ix_handover_next",
            "centre_id",
            "next_at",
            sqlite_where=sql("next_at IS NOT NULL"),
            postgresql_where=sql("next_at IS NOT NULL"),
        ),
        Index(
            "ix_handover_unsigned", "centre_id", "id", sqlite_where=sql("unsigned"), postgresql_where=sql("unsigned")
        ),
        {"info": TENANT},
    )


class HandoverNoteRecord(SQLModel):
    """What the leaving officer wrote for the next one: in general, or to one ticket."""

    centre_id: int = key_field()
    id: int = key_field()
    handover_id: int = big(0)
    ticket_id: int | None = big(None)
    officer_id: int | None = big(None)
    at: int = big(0)
    words: str = text()


class HandoverNote(HandoverNoteRecord, table=True):
    """A note."""

    __tablename__ = "handover_note"
    __table_args__ = (
        belongs_to("handover", "handover_id", "fk_handover_note_handover"),
        belongs_to("ticket", "ticket_id", "fk_handover_note_ticket"),
        Index("ix_handover_note_handover", "centre_id", "handover_id", "id"),
        {"info": TENANT},
    )


__all__ = ["Handover", "HandoverNote", "HandoverNoteRecord", "HandoverRecord"]
