"""After-action reviews of a ticket, their lessons and follow-up tasks: projections of its log.

All are counted from 1 inside their ticket; instants are epoch seconds in UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, key_field, text


def _number() -> Any:
    """The number of a row inside its ticket."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class ReviewRecord(SQLModel):
    """A review; a second one of the same ticket is a row of its own."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    state: str = Field(default="opened", max_length=12)
    reason: str = text()
    """Why it is reviewed, or reviewed again."""
    opened_by: int | None = big(None)
    opened_at: int = big(0)
    held_at: int | None = big(None)
    attendance: str = text()
    """Who came, in words."""
    minutes: str = text()
    concluded_by: int | None = big(None)
    concluded_at: int | None = big(None)
    conclusion: str = text()


class Review(ReviewRecord, table=True):
    """A review."""

    __tablename__ = "review"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_review_ticket"),
        Index("ix_review_state", "centre_id", "state", "opened_at"),
        {"info": TENANT},
    )


class LessonRecord(SQLModel):
    """What was learnt. Never changed: a correction is another row that names the one it corrects."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    review: int = 0
    words: str = text()
    corrects: int = 0
    """The lesson that it corrects; 0 for a new one."""
    written_by: int | None = big(None)
    written_at: int = big(0)


class Lesson(LessonRecord, table=True):
    """A lesson of a review."""

    __tablename__ = "lesson"
    __table_args__ = (belongs_to("ticket", "ticket_id", "fk_lesson_ticket"), {"info": TENANT})


class FollowUpRecord(SQLModel):
    """What a review asks somebody to do, and the ticket that it became."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = _number()
    review: int = 0
    words: str = text()
    owner: str = Field(default="", max_length=120)
    """The hand, as it is written: a unit's code, or `@` and an officer's."""
    due_at: int = big(0)
    child_id: int = big(0)
    asked_by: int | None = big(None)
    asked_at: int = big(0)


class FollowUp(FollowUpRecord, table=True):
    """A follow-up task of a review."""

    __tablename__ = "follow_up"
    __table_args__ = (belongs_to("ticket", "ticket_id", "fk_follow_up_ticket"), {"info": TENANT})
