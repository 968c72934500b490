"""Tickets whose personal data may be due for erasure, holds, and what was erased."""

from __future__ import annotations

from typing import NamedTuple

from data.reader import Reader


class BoundLine(NamedTuple):
    """A ticket with what decides; as `core.rules.retention.Bound` has it, with its id and own end in front."""

    id: int
    closed_at: int | None
    code: str
    open: bool
    ended_at: int | None
    pending: bool
    main_open: bool
    reviewed: bool
    remedied: bool
    held: bool
    erased: bool


class HoldLine(NamedTuple):
    """A hold; people by name."""

    id: int
    ticket: str
    reason: str
    set_at: int
    set_by: str
    lifted_at: int | None
    lifted_by: str
    lift_reason: str


class ErasureLine(NamedTuple):
    """An erasure."""

    id: int
    ticket: str
    at: int
    actor: str
    reason: str
    events: int


_BOUND = """
SELECT t.id, t.closed_at, t.code, t.open = 1, CASE WHEN m.closed_at > t.closed_at THEN m.closed_at ELSE t.closed_at END,
    t.pending <> '', coalesce(m.open = 1, false),
    EXISTS (SELECT 1 FROM review r WHERE r.centre_id = t.centre_id AND r.ticket_id = t.id AND r.state <> 'concluded'),
    EXISTS (SELECT 1 FROM hazard z WHERE z.centre_id = t.centre_id AND z.ticket_id = t.id AND z.state <> 'closed')
    OR EXISTS (SELECT 1 FROM follow_up f JOIN ticket c ON c.centre_id = f.centre_id AND c.id = f.child_id
        WHERE f.centre_id = t.centre_id AND f.ticket_id = t.id AND c.open = 1),
    EXISTS (SELECT 1 FROM legal_hold h WHERE h.centre_id = t.centre_id AND h.ticket_id = t.id AND h.lifted_at IS NULL),
    EXISTS (SELECT 1 FROM erasure e WHERE e.centre_id = t.centre_id AND e.ticket_id = t.id)
FROM ticket t
LEFT JOIN ticket m ON m.centre_id = t.centre_id AND m.id = CAST(t.facts -> 'joined' ->> 'into' AS BIGINT)
WHERE t.centre_id = :centre AND {condition}
"""
# The words of the partial index: see `data.tables.ticket.ENDED`.
_DUE = """
t.open = 0 AND t.title <> '（已删除）' AND t.closed_at <= :before
    AND (t.closed_at > :since OR t.closed_at = :since AND t.id > :after)
ORDER BY t.closed_at, t.id LIMIT :size
"""
_HOLDS = """
SELECT h.id, t.code, h.reason, h.set_at, coalesce(a.name, ''), h.lifted_at, coalesce(b.name, ''), h.lift_reason
FROM legal_hold h JOIN ticket t ON t.centre_id = h.centre_id AND t.id = h.ticket_id
LEFT JOIN officer a ON a.centre_id = h.centre_id AND a.id = h.set_by
LEFT JOIN officer b ON b.centre_id = h.centre_id AND b.id = h.lifted_by
WHERE h.centre_id = :centre {condition} ORDER BY h.id DESC LIMIT :size
"""
_ERASURES = """
SELECT e.id, t.code, e.at, e.actor, e.reason, e.events
FROM erasure e JOIN ticket t ON t.centre_id = e.centre_id AND t.id = e.ticket_id
WHERE e.centre_id = :centre ORDER BY e.id DESC LIMIT :size
"""


def bound(reader: Reader, centre: int, ticket_id: int) -> BoundLine:
    """What decides about one ticket, which must be there."""
    return _lines(reader, "t.id = :ticket", centre=centre, ticket=ticket_id)[0]


def ended_before(reader: Reader, centre: int, before: int, after: tuple[int, int], size: int) -> list[BoundLine]:
    """Tickets that ended before an instant and are not erased, by their end and id, from behind `after` on."""
    return _lines(reader, _DUE, centre=centre, before=before, since=after[0], after=after[1], size=size)


def holds(reader: Reader, centre: int, lifted: bool, size: int) -> list[HoldLine]:
    """Holds, the newest first; those that last, or all."""
    condition = "" if lifted else "AND h.lifted_at IS NULL"
    return [HoldLine._make(row) for row in reader.rows(_HOLDS.format(condition=condition), centre=centre, size=size)]


def erasures(reader: Reader, centre: int, size: int) -> list[ErasureLine]:
    """What was erased, the newest first."""
    return [ErasureLine._make(row) for row in reader.rows(_ERASURES, centre=centre, size=size)]


def _lines(reader: Reader, condition: str, **values: int) -> list[BoundLine]:
    rows = reader.bare_rows(_BOUND.format(condition=condition), **values)
    return [BoundLine._make((*row[:3], bool(row[3]), row[4], *map(bool, row[5:]))) for row in rows]
