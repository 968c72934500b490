"""Reading of grants and uses of break-glass, for commands and the screen."""

from __future__ import annotations

from typing import Any, NamedTuple

from data.reader import Reader


class GrantLine(NamedTuple):
    """A grant; people by code and name."""

    id: int
    kind: str
    state: str
    officer: str
    name: str
    role: str
    unit: str
    rank: str
    reason: str
    asked_at: int
    asked_by: str
    decided_at: int | None
    decided_by: str
    words: str
    unit_name: str
    asker: str
    """Who asked, by code: names are not alone."""


class UseLine(NamedTuple):
    """A use of break-glass; people by code and name."""

    id: int
    officer: str
    name: str
    role: str
    reason: str
    from_at: int
    to_at: int
    reviewed_at: int | None
    reviewed_by: str
    proper: bool | None
    words: str


_GRANTS = """
SELECT g.id, g.kind, g.state, o.code, o.name, g.role, u.code, g.rank, g.reason, g.asked_at, coalesce(a.name, ''),
    g.decided_at, coalesce(d.name, ''), g.words, u.name, coalesce(a.code, '')
FROM role_grant g
JOIN officer o ON o.centre_id = g.centre_id AND o.id = g.officer_id
JOIN unit u ON u.centre_id = g.centre_id AND u.id = g.unit_id
LEFT JOIN officer a ON a.centre_id = g.centre_id AND a.id = g.asked_by
LEFT JOIN officer d ON d.centre_id = g.centre_id AND d.id = g.decided_by
WHERE g.centre_id = :centre AND {condition} ORDER BY g.id DESC LIMIT :size
"""
_USES = """
SELECT b.id, o.code, o.name, b.role, b.reason, b.from_at, b.to_at, b.reviewed_at, coalesce(r.name, ''),
    b.proper, b.words
FROM break_glass b
JOIN officer o ON o.centre_id = b.centre_id AND o.id = b.officer_id
LEFT JOIN officer r ON r.centre_id = b.centre_id AND r.id = b.reviewed_by
WHERE b.centre_id = :centre AND {condition} ORDER BY b.id DESC LIMIT :size
"""
MOST = 500


def grants(reader: Reader, centre: int, waiting: bool = False, size: int = MOST) -> list[GrantLine]:
    """Grants, the newest first."""
    sql = _GRANTS.format(condition="g.state = 'waiting'" if waiting else "1 = 1")
    return [GrantLine(*row) for row in reader.rows(sql, centre=centre, size=size)]


def uses(reader: Reader, centre: int, unreviewed: bool = False, size: int = MOST) -> list[UseLine]:
    """Uses of break-glass, the newest first."""
    sql = _USES.format(condition="b.reviewed_at IS NULL" if unreviewed else "1 = 1")
    return [_use(row) for row in reader.rows(sql, centre=centre, size=size)]


def lasting(reader: Reader, centre: int, now: int) -> list[UseLine]:
    """Uses that last at an instant."""
    sql = _USES.format(condition="b.to_at > :now AND b.from_at <= :now")
    return [_use(row) for row in reader.rows(sql, centre=centre, size=MOST, now=now)]


def _use(row: tuple[Any, ...]) -> UseLine:
    found = UseLine(*row)
    return found if found.proper is None else found._replace(proper=bool(found.proper))
