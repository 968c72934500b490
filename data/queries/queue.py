"""Pages of the queue: tickets by deadline, read by key and never by offset.

A page costs the same on a thousand tickets and on a million: it walks a partial index from a key. Figures come from
kept counters; what must be counted is counted up to a cap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from data.queries.filters import Condition
from data.reader import Reader, expand

COUNT_CAP = 100_000
LONGEST_WARNING = 30 * 86_400
"""Seconds: no pre-warning comes earlier before its deadline, so that counting never walks through what is long late."""
EVERYTHING = Condition("1 = 1", {})

_COLUMNS = """
t.id, t.revision, t.due_at, t.due_kind, t.warn_at, t.code, t.urgency, t.stage, t.title, t.address, t.source,
t.supervised, t.bounces, t.tier, t.holder, t.holder_unit_id, h.name, c.name, t.section, t.reported_at, t.confidential
"""
_JOINS = """
LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id
LEFT JOIN unit c ON c.centre_id = t.centre_id AND c.id = t.community_id
"""


class QueueLine(NamedTuple):
    """One ticket in a list. Text is raw: whoever shows it cleans it. Instants are epoch seconds."""

    id: int
    revision: int
    due_at: int
    due_kind: str
    warn_at: int | None
    code: str
    urgency: str
    stage: str
    title: str
    address: str
    source: str
    supervised: bool
    bounces: int
    tier: str
    holder: str
    holder_unit_id: int | None
    holder_name: str | None
    community_name: str | None
    section: str
    reported_at: int
    confidential: bool


def page_after(
    reader: Reader,
    centre: int,
    key: tuple[int, ...] | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
) -> list[QueueLine]:
    """The lines behind a key (due_at, id), in order; None begins at the start."""
    due, ticket = key or (-1, -1)
    return _page(reader, centre, "(t.due_at, t.id) > (:due, :ticket)", "ASC", due, ticket, size, skip, condition)


def page_before(
    reader: Reader,
    centre: int,
    key: tuple[int, ...] | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
) -> list[QueueLine]:
    """The lines in front of a key, in list order; None begins at the end."""
    due, ticket = key or (1 << 62, 1 << 62)
    found = _page(reader, centre, "(t.due_at, t.id) < (:due, :ticket)", "DESC", due, ticket, size, skip, condition)
    return found[::-1]


def lines_of(reader: Reader, centre: int, ids: Sequence[int], condition: Condition = EVERYTHING) -> list[QueueLine]:
    """These tickets as they are now; those that no longer fit are left out."""
    if not ids:
        return []
    names, values = expand("id", ids)
    sql = (
        f"SELECT {_COLUMNS} FROM ticket t {_JOINS}"
        f" WHERE t.centre_id = :centre AND t.id IN ({names}) AND t.open = 1 AND ({condition.sql})"
    )
    return [QueueLine(*row) for row in reader.rows(sql, centre=centre, **values, **condition.values)]


def rank(reader: Reader, centre: int, key: tuple[int, ...], condition: Condition = EVERYTHING) -> int:
    """How many lines stand in front of a key; counted in the index up to COUNT_CAP."""
    before = Condition(
        f"({condition.sql}) AND (t.due_at, t.id) < (:due, :ticket)",
        {**condition.values, "due": key[0], "ticket": key[1]},
    )
    return _capped(reader, centre, before)


def count(reader: Reader, centre: int, condition: Condition = EVERYTHING) -> int:
    """How many open tickets fit: from the kept counter without a condition, else counted up to COUNT_CAP."""
    if condition is EVERYTHING:
        return counter(reader, centre, "open", "all")
    return _capped(reader, centre, condition)


def counter(reader: Reader, centre: int, dimension: str, item: str) -> int:
    """A kept counter; 0 where there is none."""
    row = reader.one(
        "SELECT amount FROM centre_stat WHERE centre_id = :centre AND dimension = :dimension AND item = :item",
        centre=centre,
        dimension=dimension,
        item=item,
    )
    return int(row[0]) if row else 0


def counters(reader: Reader, centre: int, dimension: str) -> dict[str, int]:
    """All kept counters of a dimension (stage, source, open_section, open_urgency, open_unit)."""
    rows = reader.rows(
        "SELECT item, amount FROM centre_stat WHERE centre_id = :centre AND dimension = :dimension AND amount <> 0",
        centre=centre,
        dimension=dimension,
    )
    return {str(item): int(amount) for item, amount in rows}


def late_and_soon(reader: Reader, centre: int, now: int, cap: int = 10_000) -> tuple[int, int]:
    """How many open tickets are past their deadline, and past their pre-warning; each counted up to a cap."""
    late = Condition("t.due_at <= :now", {"now": now})
    soon = Condition(
        "t.warn_at > :since AND t.warn_at <= :now AND t.due_at > :now", {"now": now, "since": now - LONGEST_WARNING}
    )
    return _capped(reader, centre, late, cap), _capped(reader, centre, soon, cap)


def _page(
    reader: Reader,
    centre: int,
    beyond: str,
    order: str,
    due: int,
    ticket: int,
    size: int,
    skip: int,
    condition: Condition,
) -> list[QueueLine]:
    sql = (
        f"SELECT {_COLUMNS} FROM ticket t {_JOINS}"
        f" WHERE t.centre_id = :centre AND t.open = 1 AND {beyond} AND ({condition.sql})"
        f" ORDER BY t.due_at {order}, t.id {order} LIMIT :size OFFSET :skip"
    )
    values: dict[str, Any] = {"due": due, "ticket": ticket, "size": size, "skip": skip, **condition.values}
    return [QueueLine(*row) for row in reader.rows(sql, centre=centre, **values)]


def _capped(reader: Reader, centre: int, condition: Condition, cap: int = COUNT_CAP) -> int:
    sql = (
        "SELECT count(*) FROM (SELECT 1 AS one FROM ticket t WHERE t.centre_id = :centre AND t.open = 1"
        f" AND ({condition.sql}) LIMIT :cap) AS found"
    )
    row = reader.one(sql, centre=centre, cap=cap, **condition.values)
    return int(row[0]) if row else 0
