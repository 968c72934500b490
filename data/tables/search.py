"""What is searched: the tokens of each ticket's texts, and the tickets whose texts still wait to be taken in.

The index over the tokens is the database's own affair: `data.search_index`.
"""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint
from sqlmodel import SQLModel

from data.tables.columns import TENANT, big, text


class TicketText(SQLModel, table=True):
    """The tokens of a ticket's texts (`data.tokens`), and on PostgreSQL their pairs."""

    __tablename__ = "ticket_text"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "ticket_id"), {"info": TENANT})

    centre_id: int = big()
    ticket_id: int = big()
    tokens: str = text()
    grams: str = text()


class TextDue(SQLModel, table=True):
    """A ticket whose texts are newer than their tokens: until it is taken in, it is searched as it is."""

    __tablename__ = "text_due"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "ticket_id"), {"info": TENANT})

    centre_id: int = big()
    ticket_id: int = big()
