"""Sweeps and how far each is: who has acknowledged, who is done, who is late, what was found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from data.reader import Reader


class SweepLine(NamedTuple):
    """A sweep in the list of sweeps."""

    id: int
    code: str
    title: str
    stage: str
    origin: str
    """Code of the ticket that it learnt from."""
    lead: str
    reported_at: int
    due_at: int | None
    """When the parts are due."""
    hands: int
    acknowledged: int
    done: int
    late: int
    found: int
    found_open: int


class UnitProgress(NamedTuple):
    """How far one unit is. Instants are epoch seconds."""

    unit_id: int
    unit: str
    name: str
    community: str
    state: str
    acknowledged_at: int | None
    done_at: int | None
    due_at: int | None
    late: bool
    result: str
    found: int


class CommunityProgress(NamedTuple):
    """How far the units of one community are; an empty name for those that lie in none."""

    community: str
    hands: int
    acknowledged: int
    done: int
    late: int
    found: int


_LIST = """
SELECT t.id, t.code, t.title, t.stage, t.facts, coalesce(u.name, ''), t.reported_at
FROM ticket t LEFT JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.lead_unit_id
WHERE t.centre_id = :centre AND t.source = 'sweep' {condition}
ORDER BY t.reported_at DESC, t.id DESC LIMIT :size
"""
_UNITS = """
SELECT k.unit_id, u.code, u.name, u.kind, u.parent_id, k.state, k.acknowledged_at, k.done_at, c.due_at, c.state,
    k.result
FROM task k
JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id
LEFT JOIN clock c ON c.centre_id = k.centre_id AND c.ticket_id = k.ticket_id AND c.task_id = k.id AND c.kind = 'part'
WHERE k.centre_id = :centre AND k.ticket_id = :ticket AND k.role = 'assist' AND k.state <> 'withdrawn'
ORDER BY k.no
"""
_FOUND = """
SELECT h.unit_id, count(*), sum(CASE WHEN h.state = 'closed' THEN 0 ELSE 1 END) FROM hazard h
WHERE h.centre_id = :centre AND h.sweep_id = :ticket GROUP BY h.unit_id
"""
_PLACES = (
    "SELECT id, name, kind, parent_id FROM unit WHERE centre_id = :centre"
    " AND kind IN ('community', 'grid', 'exclusive_grid', 'micro_grid')"
)


def sweeps(reader: Reader, centre: int, now: int, closed: bool = False, size: int = 200) -> list[SweepLine]:
    """The newest sweeps first; with `closed` those that are filed as well."""
    rows = reader.rows(_LIST.format(condition="" if closed else "AND t.open = 1"), centre=centre, size=size)
    return [_line(reader, centre, now, row) for row in rows]


def _line(reader: Reader, centre: int, now: int, row: tuple[Any, ...]) -> SweepLine:
    number, code, title, stage, facts, lead, reported_at = row
    units = progress(reader, centre, int(number), now)
    found = found_by_unit(reader, centre, int(number))
    origin = reader.one(
        "SELECT code FROM ticket WHERE centre_id = :centre AND id = :origin", centre=centre, origin=_plain(facts)["of"]
    )
    total = _sum("", units)
    return SweepLine(
        int(number),
        code,
        title,
        stage,
        str(origin[0]) if origin else "",
        lead,
        reported_at,
        max((unit.due_at for unit in units if unit.due_at is not None), default=None),
        total.hands,
        total.acknowledged,
        total.done,
        total.late,
        sum(amount for amount, _ in found.values()),
        sum(still_open for _, still_open in found.values()),
    )


def progress(reader: Reader, centre: int, ticket: int, now: int) -> list[UnitProgress]:
    """How far each unit is, in the order in which they were sent."""
    found = found_by_unit(reader, centre, ticket)
    places = _communities(reader, centre)
    lines = []
    for unit_id, code, name, _kind, _parent, state, acknowledged, done, due, clock, result in reader.rows(
        _UNITS, centre=centre, ticket=ticket
    ):
        late = clock == "missed" or (clock == "running" and due is not None and due <= now)
        number = int(unit_id)
        lines.append(
            UnitProgress(
                number,
                code,
                name,
                places.get(number, ""),
                state,
                acknowledged,
                done,
                due,
                late,
                result or "",
                found.get(number, (0, 0))[0],
            )
        )
    return lines


def found_by_unit(reader: Reader, centre: int, ticket: int) -> dict[int, tuple[int, int]]:
    """(hazards found, of these not closed) by unit."""
    rows = reader.rows(_FOUND, centre=centre, ticket=ticket)
    return {int(unit): (int(amount), int(still_open or 0)) for unit, amount, still_open in rows}


def by_community(units: Iterable[UnitProgress]) -> list[CommunityProgress]:
    """The same by community, in the order in which they come."""
    groups: dict[str, list[UnitProgress]] = {}
    for unit in units:
        groups.setdefault(unit.community, []).append(unit)
    return [_sum(name, group) for name, group in groups.items()]


def _sum(name: str, units: Iterable[UnitProgress]) -> CommunityProgress:
    lines = list(units)
    return CommunityProgress(
        name,
        len(lines),
        sum(line.acknowledged_at is not None or line.state == "done" for line in lines),
        sum(line.state == "done" for line in lines),
        sum(line.late for line in lines),
        sum(line.found for line in lines),
    )


def whole(units: Iterable[UnitProgress]) -> CommunityProgress:
    """All units together."""
    return _sum("", units)


def _communities(reader: Reader, centre: int) -> dict[int, str]:
    """The name of the community in which each place lies."""
    rows = {int(row[0]): row for row in reader.rows(_PLACES, centre=centre)}
    names: dict[int, str] = {}
    for number, row in rows.items():
        at: tuple[Any, ...] | None = row
        steps = 0
        while at is not None and at[2] != "community" and steps < 5:
            at, steps = rows.get(at[3]), steps + 1
        if at is not None and at[2] == "community":
            names[number] = str(at[1])
    return names


def _plain(facts: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(facts) if isinstance(facts, str) else facts or {}
    found: dict[str, Any] = values.get("sweep", {"of": 0})
    return found
