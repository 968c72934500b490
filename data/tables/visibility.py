"""Who sees a confidential ticket: a projection of its log."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text


class TicketReaderRecord(SQLModel):
    """An officer named on a confidential ticket, from `at` until `until_at`; counted from 1 inside the ticket."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    officer_id: int = big(0)
    named_by: int | None = big(None)
    at: int = big(0)
    until_at: int | None = big(None)
    reason: str = text()


class TicketReader(TicketReaderRecord, table=True):
    """An officer named on a ticket."""

    __tablename__ = "ticket_reader"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_ticket_reader_ticket"),
        Index("ix_ticket_reader_officer", "centre_id", "officer_id", "ticket_id"),
        {"info": TENANT},
    )
