"""Counts that end at a cap and say so."""

from __future__ import annotations

from typing import NamedTuple

COUNT_CAP = 10_000
"""What must be counted is counted so far; nobody needs to know how many more there are."""


class Counted(NamedTuple):
    """How many there are; as text "128", or "10,000+" where it was not counted on."""

    number: int
    more: bool = False

    def __bool__(self) -> bool:
        return self.number > 0

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.more else ''}"


def capped(found: int, cap: int = COUNT_CAP) -> Counted:
    """What was counted to just beyond a cap."""
    return Counted(min(found, cap), found > cap)
