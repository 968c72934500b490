"""What the screens need of the roster: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.organisation.duty_week import Week


@dataclass(frozen=True, slots=True)
class GapAhead:
    """Something wrong with the roster in [from_at, to_at), epoch seconds; `to_at` None where no end is known.

    `text` is in the user's language, raw.
    """

    number: int
    text: str
    from_at: int
    to_at: int | None
    at_desk: bool = False
    """Whether the desk has nobody: an alarm once it is near."""


class RosterPort(Protocol):
    """Reading."""

    def roster_week(self, first: date | None, now: int) -> Week:
        """Seven days of the roster from a day on, by default today, as the book has them at an instant."""
        ...
