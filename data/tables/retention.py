"""What was erased when its time was up, and what must not be: filled from the centre's own log."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text

HELD = "lifted_at IS NULL"
"""Which holds last; a statement that looks for them says this in these very words."""


class ErasureRecord(SQLModel):
    """The personal data of one ticket was erased."""

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big(0)
    at: int = big(0)
    actor: str = Field(default="", max_length=60)
    reason: str = text()
    events: int = 0
    """Entries of the log that lost texts."""


class Erasure(ErasureRecord, table=True):
    """An erasure."""

    __tablename__ = "erasure"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_erasure_ticket"),
        Index("ix_erasure_ticket", "centre_id", "ticket_id"),
        {"info": TENANT},
    )


class LegalHoldRecord(SQLModel):
    """A ticket must be kept whole, for a court, an inspection or an appeal."""

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big(0)
    reason: str = text()
    set_at: int = big(0)
    set_by: int | None = big(None)
    lifted_at: int | None = big(None)
    lifted_by: int | None = big(None)
    lift_reason: str = text()


class LegalHold(LegalHoldRecord, table=True):
    """A hold."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_legal_hold_ticket"),
        Index("ix_legal_hold_held", "centre_id", "ticket_id", sqlite_where=sql(HELD), postgresql_where=sql(HELD)),
        {"info": TENANT},
    )


__all__ = ["HELD", "Erasure", "ErasureRecord", "LegalHold", "LegalHoldRecord"]
