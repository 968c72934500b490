"""Notices that the console shows, and whom they are for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from data.reader import Reader, expand


class NoticeLine(NamedTuple):
    """A notice of the console channel, with its ticket's urgency, deadline, and whether that is still open."""

    id: int
    created_at: int
    severity: str
    kind: str
    title: str
    title_en: str
    ticket_id: int | None
    officer_id: int | None
    unit_id: int | None
    seen_at: int | None
    seen_by: str
    urgency: str
    open: bool
    due_at: int | None = None


class Standing(NamedTuple):
    """What an officer is now: id, units and roles of the appointments that hold, roles served on a shift."""

    officer: int | None
    units: frozenset[int]
    roles: frozenset[str]


def notices_after(reader: Reader, centre: int, after: int, limit: int = 100) -> list[NoticeLine]:
    """Console notices with a greater id, oldest first."""
    return _select(reader, centre, "n.id > :after", "ASC", after, limit)


def newest_notices(reader: Reader, centre: int, limit: int = 100) -> list[NoticeLine]:
    """The newest console notices, newest first."""
    return _select(reader, centre, "n.id > :after", "DESC", 0, limit)


def waiting_for(
    reader: Reader, centre: int, who: Standing | None, desk: bool, since: int, limit: int = 200
) -> list[NoticeLine]:
    """Unacknowledged notices since an instant about open tickets, newest first: for an officer, or all without one.

    `desk` adds those that name neither an officer nor a unit.
    """
    where = "n.id > :after AND n.created_at >= :since AND n.seen_at IS NULL AND (t.id IS NULL OR t.open = 1)"
    values: dict[str, Any] = {}
    if who is not None:
        names, values = expand("unit", sorted(who.units))
        whom = ["n.officer_id = :officer"]
        whom += [f"(n.officer_id IS NULL AND n.unit_id IN ({names}))"] if who.units else []
        whom += ["(n.officer_id IS NULL AND n.unit_id IS NULL)"] if desk else []
        where += f" AND ({' OR '.join(whom)})"
        values["officer"] = who.officer
    return _select(reader, centre, where, "DESC", 0, limit, since=since, **values)


def last_notice(reader: Reader, centre: int) -> int:
    """The greatest notice id; 0 when there is none."""
    row = reader.one("SELECT max(id) FROM notice WHERE centre_id = :centre", centre=centre)
    return int(row[0]) if row and row[0] is not None else 0


def still_waiting(reader: Reader, centre: int, ids: Collection[int]) -> frozenset[int]:
    """Those of some notices that nobody has acknowledged and whose ticket is open."""
    if not ids:
        return frozenset()
    names, values = expand("notice", sorted(ids))
    rows = reader.rows(
        "SELECT n.id FROM notice n LEFT JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        f" WHERE n.centre_id = :centre AND n.id IN ({names}) AND n.seen_at IS NULL"
        " AND (n.ticket_id IS NULL OR t.open = 1)",
        centre=centre,
        **values,
    )
    return frozenset(int(row[0]) for row in rows)


def standing(reader: Reader, centre: int, officer: str, now: int) -> Standing:
    """What the officer with a code, or a name, is at `now` (epoch seconds)."""
    rows = reader.rows(
        "SELECT o.id, a.unit_id, a.role FROM officer o LEFT JOIN appointment a ON a.centre_id = o.centre_id"
        " AND a.officer_id = o.id AND a.from_at <= :now AND (a.to_at IS NULL OR a.to_at > :now)"
        " WHERE o.centre_id = :centre AND o.active AND (o.code = :officer OR o.name = :officer)",
        centre=centre,
        officer=officer,
        now=now,
    )
    if not rows:
        return Standing(None, frozenset(), frozenset())
    number = int(rows[0][0])
    shifts = reader.rows(
        "SELECT role FROM duty WHERE centre_id = :centre AND officer_id = :officer AND kind <> 'leave'"
        " AND from_at <= :now AND (to_at IS NULL OR to_at > :now)",
        centre=centre,
        officer=number,
        now=now,
    )
    roles = {str(row[2]) for row in rows if row[2]} | {str(row[0]) for row in shifts}
    return Standing(number, frozenset(int(row[1]) for row in rows if row[1] is not None), frozenset(roles))


def _select(
    reader: Reader, centre: int, where: str, order: str, after: int, limit: int, **values: Any
) -> list[NoticeLine]:
    rows = reader.rows(
        "SELECT n.id, n.created_at, n.severity, n.kind, n.title, n.title_en, n.ticket_id, n.officer_id, n.unit_id,"
        " n.seen_at, n.seen_by, t.urgency, t.open, t.due_at FROM notice n"
        " LEFT JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        f" WHERE n.centre_id = :centre AND n.channel = 'console' AND {where}"
        f" ORDER BY n.id {order} LIMIT :size",
        centre=centre,
        after=after,
        size=limit,
        **values,
    )
    return [
        NoticeLine._make((*row[:10], row[10] or "", row[11] or "", row[6] is None or bool(row[12]), row[13]))
        for row in rows
    ]
