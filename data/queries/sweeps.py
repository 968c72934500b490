"""Sweeps and how far each is: who has acknowledged, who is done, who is late, what was found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from data.masking import mask_text
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
SELECT k.id, k.unit_id, u.code, u.name, k.state, k.acknowledged_at, k.done_at, k.result
FROM task k JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id
WHERE k.centre_id = :centre AND k.ticket_id = :ticket AND k.role = 'assist' AND k.state <> 'withdrawn'
ORDER BY k.no
"""
# By themselves and not joined to the tasks: each of a thousand tasks would look through all clocks of the ticket.
_PARTS = """
SELECT c.task_id, c.due_at, c.state FROM clock c
WHERE c.centre_id = :centre AND c.ticket_id = :ticket AND c.kind = 'part' AND c.state <> 'withdrawn'
"""
_TOTALS = """
SELECT k.ticket_id, count(*), sum(CASE WHEN k.acknowledged_at IS NOT NULL OR k.state = 'done' THEN 1 ELSE 0 END),
    sum(CASE WHEN k.state = 'done' THEN 1 ELSE 0 END)
FROM task k
WHERE k.centre_id = :centre AND k.ticket_id IN ({ids}) AND k.role = 'assist' AND k.state <> 'withdrawn'
GROUP BY k.ticket_id
"""
_DUE = """
SELECT c.ticket_id, max(c.due_at), sum(CASE WHEN c.state = 'missed' OR (c.state = 'running' AND c.due_at <= :now)
    THEN 1 ELSE 0 END)
FROM clock c
WHERE c.centre_id = :centre AND c.ticket_id IN ({ids}) AND c.kind = 'part' AND c.state <> 'withdrawn'
GROUP BY c.ticket_id
"""
_FINDS = """
SELECT h.sweep_id, count(*), sum(CASE WHEN h.state = 'closed' THEN 0 ELSE 1 END) FROM hazard h
WHERE h.centre_id = :centre AND h.sweep_id IN ({ids}) GROUP BY h.sweep_id
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
    """The newest sweeps first, titles masked; with `closed` those that are filed as well."""
    rows = reader.rows(_LIST.format(condition="" if closed else "AND t.open = 1"), centre=centre, size=size)
    if not rows:
        return []
    ids = ", ".join(str(int(row[0])) for row in rows)
    of = {int(row[0]): int(_plain(row[4])["of"]) for row in rows}
    origins = ", ".join(str(number) for number in set(of.values()))
    codes = dict(
        reader.rows(f"SELECT id, code FROM ticket WHERE centre_id = :centre AND id IN ({origins})", centre=centre)
    )
    hands = {row[0]: row[1:] for row in reader.rows(_TOTALS.format(ids=ids), centre=centre)}
    due = {row[0]: row[1:] for row in reader.rows(_DUE.format(ids=ids), centre=centre, now=now)}
    found = {row[0]: row[1:] for row in reader.rows(_FINDS.format(ids=ids), centre=centre)}
    lines = []
    for number, code, title, stage, _, lead, reported_at in rows:
        count, acknowledged, done = (int(figure or 0) for figure in hands.get(number, (0, 0, 0)))
        due_at, late = due.get(number, (None, 0))
        finds, still_open = (int(figure or 0) for figure in found.get(number, (0, 0)))
        origin = codes.get(of[number], "")
        figures = (count, acknowledged, done, int(late or 0), finds, still_open)
        lines.append(SweepLine(number, code, mask_text(title), stage, origin, lead, reported_at, due_at, *figures))
    return lines


def progress(reader: Reader, centre: int, ticket: int, now: int) -> list[UnitProgress]:
    """How far each unit is, in the order in which they were sent."""
    found = found_by_unit(reader, centre, ticket)
    places = _communities(reader, centre)
    parts = {row[0]: row[1:] for row in reader.rows(_PARTS, centre=centre, ticket=ticket)}
    lines = []
    for task, unit, code, name, state, acknowledged, done, result in reader.rows(_UNITS, centre=centre, ticket=ticket):
        due, clock = parts.get(task, (None, ""))
        late = clock == "missed" or (clock == "running" and due is not None and due <= now)
        place, finds = places.get(unit, ""), found.get(unit, (0, 0))[0]
        lines.append(UnitProgress(unit, code, name, place, state, acknowledged, done, due, late, result or "", finds))
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
