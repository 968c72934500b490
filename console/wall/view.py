"""What the wall shows, as plain values. Nothing in it names a citizen: no titles, no addresses, no contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from console.overview_ports import OnDuty, Share, Unstaffed
from console.ports import Status

EVERY = 15
"""Seconds that a page stays unless another length is asked for."""


@dataclass(frozen=True, slots=True)
class WallTicket:
    """A ticket without anything personal. Instants are epoch seconds; text is raw."""

    code: str
    urgency: str
    stage: str
    place: str
    """Its community; empty where none is known, and for a confidential ticket."""
    holder: str
    due: int
    at: int
    """When it was reported."""
    warn: int | None = None
    paused: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class WallView:
    """Everything on the wall at an instant."""

    at: int
    status: Status = field(default_factory=Status)
    intake: int = 0
    """Reported in the last 24 hours."""
    sections: tuple[Share, ...] = ()
    nearest: tuple[WallTicket, ...] = ()
    newest: tuple[WallTicket, ...] = ()
    on_duty: tuple[OnDuty, ...] = ()
    unstaffed: tuple[Unstaffed, ...] = ()


class WallSource(Protocol):
    """Where the wall reads. Both calls run on one thread away from the event loop."""

    def look(self, now: int) -> WallView:
        """How things stand at an instant."""
        ...

    def alarms(self, now: int) -> Sequence[WallTicket]:
        """The tickets of alarms since the last call, oldest first; none on the first call."""
        ...
