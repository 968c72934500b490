"""Orders of sweeps (举一反三) and of the first safety step on site."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.addressing import Addressed
from core.desk.orders import Line, Long, Reason, TicketOrder, Title, Why
from data.terms import Urgency


class Sweep(Addressed, TicketOrder):
    """Learn from this ticket: many units look for the like of it, on a ticket of its own (举一反三)."""

    verb: ClassVar[str] = "sweep"
    title: Title
    instruction: Long = ""
    """What to look for, and what to do with it."""
    lead: Line = ""
    """Who runs it; by default who led this ticket, else the catalogue's lead."""
    matter: Line = ""
    """What is looked for; by default this ticket's matter."""
    limit: Line = ""
    """The time that each has, as policies write it; by default the policy's."""
    urgency: Urgency = Urgency.NORMAL
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class Cordon(TicketOrder):
    """The place is cordoned off, or made safe for the moment otherwise, before anything else (设警戒)."""

    verb: ClassVar[str] = "cordon"
    note: Reason


class RemindHands(TicketOrder):
    """Remind everybody whose part is not done (提醒未完成的各方)."""

    verb: ClassVar[str] = "remind_hands"
    note: Long = ""
    silent: bool = False
    """Only those who have not acknowledged."""
    units: list[Line] = Field(default_factory=list, max_length=500)
    """Only these, or what lies under them; by default all."""
