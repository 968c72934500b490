"""The duty book for lists and checks: who serves when, who holds A and B."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from data.queries.organisation import KEEPING_SHIFTS, KEPT, SWAPPED
from data.reader import Reader


class DutyLine(NamedTuple):
    """A time on duty or away."""

    id: int
    officer_id: int
    officer: str
    name: str
    kind: str
    role: str
    from_at: int
    to_at: int | None
    note: str
    source: str
    planned_id: int | None


class PostLine(NamedTuple):
    """Somebody who holds A or B of a post or section."""

    unit_id: int
    unit: str
    unit_name: str
    kind: str
    officer_id: int
    rank: str


def times(reader: Reader, centre: int, begin: int, end: int) -> list[DutyLine]:
    """What lasts at some time of [begin, end), by its begin."""
    rows = reader.rows(
        "SELECT d.id, d.officer_id, o.code, o.name, d.kind, d.role, d.from_at, d.to_at, d.note, d.source, d.planned_id"
        " FROM duty d JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id"
        " WHERE d.centre_id = :centre AND d.from_at < :end AND (d.to_at IS NULL OR d.to_at > :begin)"
        " ORDER BY d.from_at, d.role, o.code",
        centre=centre,
        begin=begin,
        end=end,
    )
    return [DutyLine._make(row) for row in rows]


def posts(reader: Reader, centre: int, at: int) -> list[PostLine]:
    """The A and B holders of open posts and sections, in the organisation's order; swaps that last are in it."""
    swapped = {
        (unit, one): rank
        for unit, a, b in reader.rows(SWAPPED, centre=centre, at=at)
        for one, rank in ((a, "b"), (b, "a"))
    }
    rows = reader.rows(
        "SELECT u.id, u.code, u.name, u.kind, a.officer_id, a.rank FROM appointment a"
        " JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id"
        " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
        " WHERE a.centre_id = :centre AND a.rank IN ('a', 'b') AND u.kind IN ('post', 'section')"
        " AND u.closed_at IS NULL AND o.active AND a.from_at <= :at AND (a.to_at IS NULL OR a.to_at > :at)"
        " ORDER BY u.sort_no, u.code, a.rank, a.officer_id",
        centre=centre,
        at=at,
    )
    return [PostLine._make((*row[:5], swapped.get((row[0], row[4]), row[5]))) for row in rows]


class HoldingLine(NamedTuple):
    """Somebody in a role of the desk, or who holds A or B of a post or section, for a time."""

    unit_id: int
    officer_id: int
    officer: str
    name: str
    role: str
    rank: str
    from_at: int
    to_at: int | None


def holdings(reader: Reader, centre: int, begin: int, end: int) -> list[HoldingLine]:
    """Appointments of active officers that last at some time of [begin, end), A before B."""
    rows = reader.rows(
        "SELECT a.unit_id, a.officer_id, o.code, o.name, a.role, a.rank, a.from_at, a.to_at FROM appointment a"
        " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
        " WHERE a.centre_id = :centre AND o.active AND a.from_at < :end AND (a.to_at IS NULL OR a.to_at > :begin)"
        " ORDER BY a.rank, a.from_at, o.code",
        centre=centre,
        begin=begin,
        end=end,
    )
    return [HoldingLine._make(row) for row in rows]


def swaps(reader: Reader, centre: int, begin: int, end: int) -> list[tuple[int, int, int, int, int]]:
    """(unit, A, B, from, to) of agreed exchanges of places that last at some time of [begin, end)."""
    rows = reader.rows(
        "SELECT unit_id, a_id, b_id, from_at, to_at FROM duty_swap"
        " WHERE centre_id = :centre AND agreed_at IS NOT NULL AND from_at < :end AND to_at > :begin",
        centre=centre,
        begin=begin,
        end=end,
    )
    return [(int(unit), int(a), int(b), int(since), int(until)) for unit, a, b, since, until in rows]


def keeping_shifts(reader: Reader, centre: int, at: int) -> frozenset[int]:
    """Officers of posts and sections who keep shifts."""
    return frozenset(int(row[0]) for row in reader.rows(KEEPING_SHIFTS, centre=centre, since=at - KEPT))


def limits(reader: Reader, centre: int) -> dict[str, Any]:
    """The table [duty] of the newest policy; empty where it has none."""
    row = reader.one(
        "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = 'policy' ORDER BY version DESC LIMIT 1",
        centre=centre,
    )
    body = json.loads(row[0]) if row and isinstance(row[0], str) else row[0] if row else {}
    return dict(body.get("duty", {}))
