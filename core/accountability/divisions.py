"""Communities, grids and posts as they are now or were on a day, for tickets that keep their unit (AS-12: 66 → 54)."""

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


class Span(NamedTuple):
    """A time [from_at, to_at) of a unit under a parent."""

    from_at: int
    to_at: int | None
    parent_id: int | None


@dataclass
class FormerDivisions:
    """The divisions as they were at an instant: what there was then, and where each piece of land belonged."""

    at: int
    units: dict[int, UnitFacts]
    parents: dict[int, int | None]
    """Unit that there was then → what it stood under."""
    links: dict[int, list[int]]
    """Unit → those that it came from and those that took over from it, main ones first."""

    @classmethod
    def read(cls, reader: Reader, centre: int, at: int) -> FormerDivisions:
        """As the store has them; `at` in epoch seconds."""
        rows: list[tuple[Any, ...]] = reader.rows(
            "SELECT unit_id, from_at, to_at, parent_id FROM unit_span WHERE centre_id = :centre", centre=centre
        )
        spans = [(int(row[0]), Span(row[1], row[2], row[3])) for row in rows]
        parents = {
            unit: span.parent_id
            for unit, span in spans
            if span.from_at <= at and (span.to_at is None or span.to_at > at)
        }
        # Main ones last read, first asked.
        taken = reader.rows(
            "SELECT from_unit_id, to_unit_id FROM unit_succession"
            " WHERE centre_id = :centre AND from_unit_id <> to_unit_id ORDER BY main, at, id",
            centre=centre,
        )
        links: dict[int, list[int]] = {}
        for old, new in taken:
            links.setdefault(int(old), []).insert(0, int(new))
            links.setdefault(int(new), []).insert(0, int(old))
        return cls(at, Divisions.read(reader, centre).units, parents, links)

    def then(self, unit_id: int | None) -> int | None:
        """The unit that stood for another one then: itself, or the nearest that it came from or that took over.

        Of two that were merged it cannot be said; the unit stays as it is.
        """
        if unit_id is None or unit_id in self.parents:
            return unit_id
        seen, ring = {unit_id}, [unit_id]
        while ring:
            ring = [other for one in ring for other in self.links.get(one, ()) if other not in seen]
            there = [other for other in dict.fromkeys(ring) if other in self.parents]
            if there:
                return there[0] if len(there) == 1 else unit_id
            seen.update(ring)
        return unit_id

    def community_then(self, community_id: int | None, grid_id: int | None) -> int | None:
        """The community of that day: that of the grid where the ticket names one, else of its community."""
        unit_id = self.then(grid_id)
        for _ in range(MAX_STEPS):
            if unit_id is None or unit_id not in self.parents:
                break
            if self.units[unit_id].kind == UnitKind.COMMUNITY:
                return unit_id
            unit_id = self.parents[unit_id]
        return self.then(community_id)
