"""What the screens need of the roster: plain values."""

from __future__ import annotations

from dataclasses import dataclass


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
