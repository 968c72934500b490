"""The hazard register and broadcasts, for lists, single files and reports."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from data.errors import NotFound
from data.reader import Reader


class HazardLine(NamedTuple):
    """A hazard. Text is raw; names, numbers and places are personal data. Instants are epoch seconds."""

    id: int
    state: str
    grade: str
    place: str
    household: str
    owner_name: str
    owner_phone: str
    what: str
    matter: str
    unit: str
    unit_name: str
    community: str
    sweep: str
    ticket: str
    found_by: str
    found_at: int
    remedy_by: str
    every_days: int
    check_at: int | None
    checked_at: int | None
    checks: int
    result: str
    remedied_at: int | None
    closed_at: int | None
    reason: str
    photos: list[str]

    def late(self, now: int) -> bool:
        """Whether its next look is overdue."""
        return self.check_at is not None and self.check_at <= now


class EntryLine(NamedTuple):
    """A line of a hazard's file."""

    id: int
    at: int
    kind: str
    by: str
    due_at: int | None
    result: str
    note: str
    photos: list[str]


class BroadcastLine(NamedTuple):
    """A broadcast with how many have seen it."""

    id: int
    kind: str
    title: str
    body: str
    audience: dict[str, Any]
    ticket: str
    by: str
    sent_at: int
    units: int
    seen: int


class ReceiptLine(NamedTuple):
    """One unit's receipt."""

    unit: str
    name: str
    seen_at: int | None
    by: str
    note: str
    reminders: int


_HAZARDS = """
SELECT h.id, h.state, h.grade, h.place, h.household, h.owner_name, h.owner_phone, h.what, h.matter_code,
    coalesce(u.code, ''), coalesce(u.name, ''), coalesce(c.name, ''), coalesce(s.code, ''), coalesce(t.code, ''),
    coalesce(o.name, ''), h.found_at, h.remedy_by, h.every_days, h.check_at, h.checked_at, h.checks, h.result,
    h.remedied_at, h.closed_at, h.reason, h.photos
FROM hazard h
LEFT JOIN unit u ON u.centre_id = h.centre_id AND u.id = h.unit_id
LEFT JOIN unit c ON c.centre_id = h.centre_id AND c.id = h.community_id
LEFT JOIN ticket s ON s.centre_id = h.centre_id AND s.id = h.sweep_id
LEFT JOIN ticket t ON t.centre_id = h.centre_id AND t.id = h.ticket_id
LEFT JOIN officer o ON o.centre_id = h.centre_id AND o.id = h.found_by
WHERE h.centre_id = :centre {condition}
ORDER BY {order} LIMIT :size
"""
FIRST_DUE = "CASE WHEN h.check_at IS NULL THEN 1 ELSE 0 END, h.check_at, h.id"
"""The look that is due first comes first; what is not looked at stands last."""


def hazards(
    reader: Reader,
    centre: int,
    *,
    state: str = "",
    unit: str = "",
    sweep: str = "",
    grade: str = "",
    due_by: int | None = None,
    size: int = 5000,
) -> list[HazardLine]:
    """The register, what is due first; by default all that is not closed.

    `state` is a state or "all"; `unit` a grid or a community by code; `due_by` leaves those whose look is due by then.
    """
    conditions, values = [], dict[str, Any]()
    if state not in ("", "all"):
        conditions.append("h.state = :state")
        values["state"] = state
    elif not state:
        conditions.append("h.state IN ('open', 'remedied')")
    if unit:
        conditions.append("(u.code = :unit OR c.code = :unit)")
        values["unit"] = unit
    if sweep:
        conditions.append("s.code = :sweep")
        values["sweep"] = sweep
    if grade:
        conditions.append("h.grade = :grade")
        values["grade"] = grade
    if due_by is not None:
        conditions.append("h.check_at <= :due_by")
        values["due_by"] = due_by
    condition = "".join(f" AND {one}" for one in conditions)
    sql = _HAZARDS.format(condition=condition, order=FIRST_DUE)
    return [_hazard(row) for row in reader.rows(sql, centre=centre, size=size, **values)]


def hazard(reader: Reader, centre: int, number: int) -> HazardLine:
    """One file. Raises NotFound."""
    sql = _HAZARDS.format(condition="AND h.id = :number", order="h.id")
    rows = reader.rows(sql, centre=centre, number=number, size=1)
    if not rows:
        raise NotFound("hazard-unknown", f"没有第 {number} 号隐患。", f"There is no hazard {number}.")
    return _hazard(rows[0])


def entries(reader: Reader, centre: int, number: int) -> list[EntryLine]:
    """The lines of a file in order."""
    rows = reader.rows(
        "SELECT e.id, e.at, e.kind, coalesce(o.name, ''), e.due_at, e.result, e.note, e.photos FROM hazard_entry e"
        " LEFT JOIN officer o ON o.centre_id = e.centre_id AND o.id = e.officer_id"
        " WHERE e.centre_id = :centre AND e.hazard_id = :number ORDER BY e.id",
        centre=centre,
        number=number,
    )
    return [EntryLine._make((*row[:7], _plain(row[7]))) for row in rows]


def of_ticket(reader: Reader, centre: int, ticket: int) -> list[int]:
    """The numbers of the hazards that a ticket is about."""
    rows = reader.rows(
        "SELECT id FROM hazard WHERE centre_id = :centre AND ticket_id = :ticket ORDER BY id",
        centre=centre,
        ticket=ticket,
    )
    return [int(row[0]) for row in rows]


class RegisterCount(NamedTuple):
    """The register of one community in figures."""

    community: str
    found: int
    open: int
    remedied: int
    closed: int
    serious: int
    """Of those not closed."""
    overdue: int
    """Looks that are overdue."""
    checks: int


def counts(reader: Reader, centre: int, now: int, since: int = 0, until: int = 1 << 60) -> list[RegisterCount]:
    """Hazards found in [since, until) by community, in the organisation's order."""
    rows = reader.rows(
        """
        SELECT coalesce(c.name, ''), count(*),
            sum(CASE WHEN h.state = 'open' THEN 1 ELSE 0 END),
            sum(CASE WHEN h.state = 'remedied' THEN 1 ELSE 0 END),
            sum(CASE WHEN h.state = 'closed' THEN 1 ELSE 0 END),
            sum(CASE WHEN h.state <> 'closed' AND h.grade = 'serious' THEN 1 ELSE 0 END),
            sum(CASE WHEN h.check_at IS NOT NULL AND h.check_at <= :now THEN 1 ELSE 0 END),
            sum(h.checks)
        FROM hazard h LEFT JOIN unit c ON c.centre_id = h.centre_id AND c.id = h.community_id
        WHERE h.centre_id = :centre AND h.found_at >= :since AND h.found_at < :until
        GROUP BY c.name, c.sort_no, c.code ORDER BY c.sort_no, c.code
        """,
        centre=centre,
        now=now,
        since=since,
        until=until,
    )
    return [RegisterCount(str(row[0]), *(int(figure or 0) for figure in row[1:])) for row in rows]


_BROADCASTS = """
SELECT b.id, b.kind, b.title, b.body, b.audience, coalesce(t.code, ''), coalesce(o.name, ''), b.sent_at, b.units,
    (SELECT count(*) FROM broadcast_receipt r WHERE r.centre_id = b.centre_id AND r.broadcast_id = b.id
        AND r.seen_at IS NOT NULL)
FROM broadcast b
LEFT JOIN ticket t ON t.centre_id = b.centre_id AND t.id = b.ticket_id
LEFT JOIN officer o ON o.centre_id = b.centre_id AND o.id = b.sent_by
WHERE b.centre_id = :centre {condition} ORDER BY b.id DESC LIMIT :size
"""


def broadcasts(reader: Reader, centre: int, kind: str = "", size: int = 200) -> list[BroadcastLine]:
    """The newest broadcasts first."""
    condition = "AND (:kind = '' OR b.kind = :kind)"
    rows = reader.rows(_BROADCASTS.format(condition=condition), centre=centre, size=size, kind=kind)
    return [_broadcast(row) for row in rows]


def broadcast(reader: Reader, centre: int, number: int) -> BroadcastLine:
    """One broadcast. Raises NotFound."""
    rows = reader.rows(_BROADCASTS.format(condition="AND b.id = :number"), centre=centre, number=number, size=1)
    if not rows:
        raise NotFound("broadcast-unknown", f"没有第 {number} 号通知。", f"There is no broadcast {number}.")
    return _broadcast(rows[0])


def receipts(reader: Reader, centre: int, number: int) -> list[ReceiptLine]:
    """Every unit that was told, those that owe a receipt first."""
    rows = reader.rows(
        "SELECT u.code, u.name, r.seen_at, coalesce(o.name, ''), r.note, r.reminders FROM broadcast_receipt r"
        " JOIN unit u ON u.centre_id = r.centre_id AND u.id = r.unit_id"
        " LEFT JOIN officer o ON o.centre_id = r.centre_id AND o.id = r.seen_by"
        " WHERE r.centre_id = :centre AND r.broadcast_id = :number"
        " ORDER BY CASE WHEN r.seen_at IS NULL THEN 0 ELSE 1 END, u.sort_no, u.code",
        centre=centre,
        number=number,
    )
    return [ReceiptLine(*row) for row in rows]


def _hazard(row: tuple[Any, ...]) -> HazardLine:
    return HazardLine._make((*row[:25], _plain(row[25])))


def _broadcast(row: tuple[Any, ...]) -> BroadcastLine:
    return BroadcastLine._make((*row[:4], _plain(row[4]), *row[5:]))


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
