"""Communities, grids and posts as they are now, for tickets that keep the unit they had (AS-12: 66 became 54)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from data.reader import Reader
from data.terms import UnitKind

MAX_STEPS = 100
"""Successions and parents that are followed before a ring is suspected."""


class UnitFacts(NamedTuple):
    """A unit, open or closed."""

    code: str
    name: str
    name_en: str
    kind: str
    parent_id: int | None


@dataclass
class Divisions:
    """Every unit of a centre with who took over from it."""

    units: dict[int, UnitFacts]
    successor: dict[int, int]
    """Closed unit → the unit that took over, or took over what names no unit below (`main`)."""

    @classmethod
    def read(cls, reader: Reader, centre: int) -> Divisions:
        """The divisions as the store has them now."""
        rows: list[tuple[Any, ...]] = reader.rows(
            "SELECT id, code, name, name_en, kind, parent_id FROM unit WHERE centre_id = :centre", centre=centre
        )
        units = {int(row[0]): UnitFacts(row[1], row[2], row[3] or row[2], row[4], row[5]) for row in rows}
        taken = reader.rows(
            "SELECT from_unit_id, to_unit_id FROM unit_succession"
            " WHERE centre_id = :centre AND main AND from_unit_id <> to_unit_id ORDER BY at, id",
            centre=centre,
        )
        return cls(units, {int(old): int(new) for old, new in taken})

    def now(self, unit_id: int | None) -> int | None:
        """The unit that stands for another one today."""
        for _ in range(MAX_STEPS):
            following = self.successor.get(unit_id) if unit_id is not None else None
            if following is None:
                return unit_id
            unit_id = following
        return unit_id

    def community_now(self, community_id: int | None, grid_id: int | None) -> int | None:
        """The community of today: that of the grid where the ticket names one, else the main successor of its own."""
        unit_id = self.now(grid_id)
        for _ in range(MAX_STEPS):
            unit = self.units.get(unit_id) if unit_id is not None else None
            if unit is None:
                break
            if unit.kind == UnitKind.COMMUNITY:
                return unit_id
            unit_id = self.now(unit.parent_id)
        return self.now(community_id)
