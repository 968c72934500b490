"""Communities, grids and micro-grids of a template: counts are given, households are spread by the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.organisation.model import UnitEntry
from data.terms import UnitKind

PEOPLE_PER_HOUSEHOLD = 2.8
MATURE_MICRO_GRIDS = 7
"""Grids with this many micro-grids are settled compounds of 450–500 households; the rest have 300–450 (source S3)."""
VILLAGE_MICRO_GRIDS = 4
"""Grids with no more than this are villages, for which no least size is set."""


@dataclass(frozen=True)
class CommunityPlan:
    """How many grids a community has; `exclusive` holds (name, what it is); `people` stands over the count if given."""

    code: str
    name: str
    grids: int
    micro: int
    exclusive: tuple[tuple[str, str], ...] = ()
    people: int = 0


def places(plan: CommunityPlan, parent: str, fixed: Mapping[str, int], draw: random.Random) -> Iterator[UnitEntry]:
    """A community with its grids, exclusive grids and micro-grids; `fixed`: households of single micro-grids."""
    below: list[UnitEntry] = []
    for number in range(1, plan.grids + 1):
        micro = plan.micro * number // plan.grids - plan.micro * (number - 1) // plan.grids
        below += _grid(plan, number, micro, fixed, draw)
    below += [
        UnitEntry(f"{plan.code}-Z{number}", str(UnitKind.EXCLUSIVE_GRID), f"{name}专属网格", parent=plan.code,
                  facts={"tags": [what]})
        for number, (name, what) in enumerate(plan.exclusive, 1)
    ]  # fmt: skip
    households = sum(unit.households for unit in below if unit.kind == UnitKind.GRID)
    people = plan.people or round(households * PEOPLE_PER_HOUSEHOLD)
    yield UnitEntry(plan.code, str(UnitKind.COMMUNITY), plan.name, parent=parent, households=households, people=people)
    yield from below


def _grid(
    plan: CommunityPlan, number: int, micro: int, fixed: Mapping[str, int], draw: random.Random
) -> list[UnitEntry]:
    code = f"{plan.code}-G{number:02d}"
    spread = _spread(micro, draw)
    cells = [
        UnitEntry(
            f"{code}-{place:02d}",
            str(UnitKind.MICRO_GRID),
            f"{plan.name}{number}-{place}微网格",
            parent=code,
            households=(count := fixed.get(f"{code}-{place:02d}", drawn)),
            people=round(count * PEOPLE_PER_HOUSEHOLD),
        )
        for place, drawn in enumerate(spread, 1)
    ]
    total = sum(cell.households for cell in cells)
    old_or_new = "老旧小区" if draw.random() < 0.5 else "新建小区"
    tag = "成熟小区" if micro >= MATURE_MICRO_GRIDS else old_or_new
    grid = UnitEntry(
        code,
        str(UnitKind.GRID),
        f"{plan.name}第{number}网格",
        parent=plan.code,
        households=total,
        people=round(total * PEOPLE_PER_HOUSEHOLD),
        facts={"tags": [tag]} if micro > VILLAGE_MICRO_GRIDS else {},
    )
    return [grid, *cells]


def _spread(micro: int, draw: random.Random) -> list[int]:
    """Households of a grid's micro-grids: each 50–80, together inside the standard size of the grid."""
    if micro >= MATURE_MICRO_GRIDS:
        least, most = 450, 500
    else:
        least, most = (300, 450) if micro > VILLAGE_MICRO_GRIDS else (0, 450)
    low, high = max(least, 50 * micro), min(most, 80 * micro)
    total = low + int(draw.random() * (high - low + 1)) if low <= high else 80 * micro
    found: list[int] = []
    for left in range(micro, 0, -1):
        rest = total - sum(found)
        bottom, top = max(50, rest - 80 * (left - 1)), min(80, rest - 50 * (left - 1))
        middle = rest // left
        span = min(middle - bottom, top - middle, 6)
        found.append(middle - span + int(draw.random() * (2 * span + 1)))
    return found
