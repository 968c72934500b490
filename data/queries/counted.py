"""Counts: kept ones, and those that end at a cap and say so."""

from __future__ import annotations

from typing import NamedTuple

from data.reader import Reader

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


def counter(reader: Reader, centre: int, dimension: str, item: str) -> int:
    """A kept counter; 0 where there is none."""
    row = reader.one(
        "SELECT amount FROM centre_stat WHERE centre_id = :centre AND dimension = :dimension AND item = :item",
        centre=centre,
        dimension=dimension,
        item=item,
    )
    return int(row[0]) if row else 0


def counters(reader: Reader, centre: int, dimension: str) -> dict[str, int]:
    """All kept counters of a dimension (stage, source, open_section, open_urgency, open_unit)."""
    rows = reader.rows(
        "SELECT item, amount FROM centre_stat WHERE centre_id = :centre AND dimension = :dimension AND amount <> 0",
        centre=centre,
        dimension=dimension,
    )
    return {str(item): int(amount) for item, amount in rows}
