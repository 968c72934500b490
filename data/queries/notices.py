"""Notices that the console shows."""

from __future__ import annotations

from typing import NamedTuple

from data.reader import Reader


class NoticeLine(NamedTuple):
    """A notice of the console channel."""

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


def notices_after(reader: Reader, centre: int, after: int, limit: int = 100) -> list[NoticeLine]:
    """Console notices with a greater id, oldest first."""
    return _select(reader, centre, "n.id > :after", "ASC", after, limit)


def newest_notices(reader: Reader, centre: int, limit: int = 100) -> list[NoticeLine]:
    """The newest console notices, newest first."""
    return _select(reader, centre, "n.id > :after", "DESC", 0, limit)


def last_notice(reader: Reader, centre: int) -> int:
    """The greatest notice id; 0 when there is none."""
    row = reader.one("SELECT max(id) FROM notice WHERE centre_id = :centre", centre=centre)
    return int(row[0]) if row and row[0] is not None else 0


def _select(reader: Reader, centre: int, where: str, order: str, after: int, limit: int) -> list[NoticeLine]:
    rows = reader.rows(
        "SELECT n.id, n.created_at, n.severity, n.kind, n.title, n.title_en, n.ticket_id, n.officer_id, n.unit_id,"
        f" n.seen_at FROM notice n WHERE n.centre_id = :centre AND n.channel = 'console' AND {where}"
        f" ORDER BY n.id {order} LIMIT :size",
        centre=centre,
        after=after,
        size=limit,
    )
    return [NoticeLine(*row) for row in rows]
