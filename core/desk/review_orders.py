"""Orders of after-action reviews (复盘)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.orders import Line, Named, Reason, TicketOrder, Why


class ReviewOpen(TicketOrder):
    """Open a review of what was done (开启复盘)."""

    verb: ClassVar[str] = "review_open"
    reason: Why = ""
    """Why it is reviewed; needed for a second review of the same ticket."""


class ReviewHold(TicketOrder):
    """The review was held (召开复盘会): who came, in words, and what was said."""

    verb: ClassVar[str] = "review_hold"
    attendance: Reason
    minutes: Why = ""
    at: Line = ""
    """When it was held; by default now."""


class ReviewLesson(TicketOrder):
    """Write a lesson into the review (经验教训). What stands there is never changed: a correction is a new entry."""

    verb: ClassVar[str] = "review_lesson"
    text: Reason
    corrects: int = Field(default=0, ge=0, le=9999)
    """The number of the lesson that this one corrects."""


class ReviewFollowUp(TicketOrder):
    """What is to change, by whom and by when (整改任务): a ticket under this one, tracked until it is done."""

    verb: ClassVar[str] = "review_follow_up"
    text: Reason
    to: Named
    due: Line
    """The end of that day, or an instant."""
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class ReviewConclude(TicketOrder):
    """End the review (结束复盘) with what it came to."""

    verb: ClassVar[str] = "review_conclude"
    conclusion: Reason
