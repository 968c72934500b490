"""The texts that the search looks into. The index over them is made by `data.search_index`, for each engine its own."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text


class TicketText(SQLModel, table=True):
    """The tokens of a ticket's texts (`data.tokens`); written with the ticket, indexed a little later."""

    __tablename__ = "ticket_text"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_ticket_text_ticket"),
        Index("ix_ticket_text_stamp", "centre_id", "stamp"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    ticket_id: int = key_field()
    stamp: int = big(0)
    """Number of the event that changed it last: what lies behind the index's own number is its tail."""
    head: str = text()
    """Code, title, body and address."""
    notes: str = text()
    """The words of the history."""


class SearchMark(SQLModel, table=True):
    """How far the search index of a centre reaches."""

    __tablename__ = "search_mark"
    __table_args__ = ({"info": TENANT},)

    centre_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    stamp: int = big(0)
    """Number of the last event whose texts are in the index."""
