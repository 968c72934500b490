"""Orders of contingency plans: activate one on a ticket, tick a line of it or write down an answer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.orders import Code, Line, Long, TicketOrder, Why


class ActivatePlan(TicketOrder):
    """Put a plan in force on a ticket that is out (启动预案): its hands get parts, its reports upward are owed."""

    verb: ClassVar[str] = "activate_plan"
    plan: Code
    override: Why = ""
    """Why it is sent to hands that the lists stop; for those who are entitled to that."""


class Tick(TicketOrder):
    """Tick a line of an active plan's checklist, or write down the answer to one of its questions (勾选)."""

    verb: ClassVar[str] = "tick"
    plan: Line = ""
    """By default the only one that is active."""
    check: int | None = Field(default=None, ge=1)
    question: int | None = Field(default=None, ge=1)
    answer: Long = ""
    off: bool = False
    """Take the tick, or the answer, back."""
