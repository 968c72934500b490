"""Pages of the queue: open tickets in one of the orders, read by key.

A page costs the same on a thousand tickets and on a million: it walks a partial index from a key, leg by leg of its
order. Figures come from kept counters; what must be counted is counted up to a cap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from data.queries.counted import COUNT_CAP, Counted, capped, counter, counters
from data.queries.filters import Condition
from data.queries.orders import BY_DUE, Key, Leg, Order
from data.queries.searching import FURTHEST, narrowed, no_further, ways
from data.reader import Reader, expand

PLACE_CAP = 100_000
"""Lines in front of a place are counted so far where no filter is on: in an index alone."""
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
    key: Key | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
    order: Order = BY_DUE,
) -> list[QueueLine]:
    """The lines behind a key of the order, leaving out the first `skip`; None begins at the start."""
    return _pages(reader, centre, key, size, skip, condition, order, forward=True)


def page_before(
    reader: Reader,
    centre: int,
    key: Key | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
    order: Order = BY_DUE,
) -> list[QueueLine]:
    """The lines in front of a key, leaving out the `skip` nearest, in list order; None begins at the end."""
    return _pages(reader, centre, key, size, skip, condition, order, forward=False)[::-1]


def newest(reader: Reader, centre: int, size: int) -> list[QueueLine]:
    """The tickets reported last, closed ones too, newest first; walks an index."""
    sql = (
        f"SELECT {_COLUMNS} FROM ticket t {_JOINS} WHERE t.centre_id = :centre"
        " ORDER BY t.reported_at DESC, t.id DESC LIMIT :size"
    )
    return [QueueLine(*row) for row in reader.rows(sql, centre=centre, size=size)]


def lines_of(
    reader: Reader, centre: int, ids: Sequence[int], condition: Condition = EVERYTHING, closed_too: bool = False
) -> list[QueueLine]:
    """These tickets as they are now; those that no longer fit are left out, and closed ones unless asked for."""
    if not ids:
        return []
    names, values = expand("id", ids)
    sql = (
        f"SELECT {_COLUMNS} FROM ticket t {_JOINS}"
        f" WHERE t.centre_id = :centre AND t.id IN ({names}) AND ({condition.sql})"
        f"{'' if closed_too else ' AND t.open = 1'}"
    )
    return [QueueLine(*row) for row in reader.rows(sql, centre=centre, **values, **condition.values)]


def rank(reader: Reader, centre: int, key: Key, condition: Condition = EVERYTHING, order: Order = BY_DUE) -> Counted:
    """How many lines stand in front of a key: counted up to COUNT_CAP, without a condition up to PLACE_CAP in a leg."""
    cap = PLACE_CAP if condition is EVERYTHING else COUNT_CAP
    condition = narrowed(reader, centre, condition, only_open=True)
    number, inside = order.place(key)
    before = 0
    for leg in _legs(reader, centre, order, number, forward=False):
        place, part = leg
        if place != number and condition is EVERYTHING:
            before += counter(reader, centre, part.dimension, part.item)
            continue
        border = f"(t.{order.column}, t.id) < (:at, :ticket)" if place == number else "1 = 1"
        values = {"at": inside[0], "ticket": inside[1]} if place == number else {}
        sql = f"({part.sql}) AND {border} AND ({condition.sql})"
        found = _capped(reader, centre, Condition(sql, {**part.values, **values, **condition.values}), cap + 1)
        before += found
        if found > cap or (before > cap and condition is not EVERYTHING):
            return Counted(before, True)
    return Counted(before)


def count(reader: Reader, centre: int, condition: Condition = EVERYTHING) -> Counted:
    """How many open tickets fit: from the kept counter without a condition, else counted up to COUNT_CAP."""
    if condition is EVERYTHING:
        return Counted(counter(reader, centre, "open", "all"))
    return capped(_capped(reader, centre, narrowed(reader, centre, condition, only_open=True)))


def late_and_soon(reader: Reader, centre: int, now: int) -> tuple[Counted, Counted]:
    """How many open tickets are past their deadline, and past their pre-warning; each counted up to COUNT_CAP."""
    late = Condition("t.due_at <= :now", {"now": now})
    soon = Condition(
        "t.warn_at > :since AND t.warn_at <= :now AND t.due_at > :now", {"now": now, "since": now - LONGEST_WARNING}
    )
    return capped(_capped(reader, centre, late)), capped(_capped(reader, centre, soon))


def _pages(
    reader: Reader,
    centre: int,
    key: Key | None,
    size: int,
    skip: int,
    condition: Condition,
    order: Order,
    forward: bool,
) -> list[QueueLine]:
    """Lines away from a key, leg by leg until there are enough."""
    number, inside = (None, None) if key is None else order.place(key)
    found: list[QueueLine] = []
    tries = list(ways(reader, centre, condition, only_open=True))
    for place, leg in _legs(reader, centre, order, number, forward):
        start = inside if place == number else None
        if skip and len(order.legs) > 1:
            passed = _passed(reader, centre, order, leg, start, tries[-1], forward, skip)
            if passed < skip:
                skip -= passed
                continue
        for way in tries:
            part = _page(reader, centre, order, leg, start, size - len(found), skip, way, forward)
            if len(part) == size - len(found):
                break
        found += part
        skip = 0
        if len(found) >= size:
            break
    return found


def _legs(reader: Reader, centre: int, order: Order, number: int | None, forward: bool) -> list[tuple[int, Leg]]:
    """The numbered legs from one on (None: all) in the walk's direction, without those that hold nothing."""
    legs = list(enumerate(order.legs))
    if number is not None:
        legs = legs[number:] if forward else legs[: number + 1]
    if len(legs) > 1:
        held = counters(reader, centre, order.legs[0].dimension)
        legs = [(place, leg) for place, leg in legs if held.get(leg.item, 0) > 0]
    return legs if forward else legs[::-1]


def _page(
    reader: Reader,
    centre: int,
    order: Order,
    leg: Leg,
    start: Key | None,
    size: int,
    skip: int,
    condition: Condition,
    forward: bool,
) -> list[QueueLine]:
    direction = "ASC" if forward else "DESC"
    beyond, values = _beyond(order, start, forward)
    if condition.near:
        walked = f"ticket t WHERE t.centre_id = :centre AND t.open = 1 AND {leg.sql} AND {beyond}"
        beyond += f" AND {no_further(f't.{order.column}', walked, not forward)}"
    sorts = f"+t.{order.column} {direction}, +t.id" if condition.few else f"t.{order.column} {direction}, t.id"
    sql = (
        f"SELECT {_COLUMNS} FROM ticket t {_JOINS}"
        f" WHERE t.centre_id = :centre AND {_is_open(condition)} AND {leg.sql} AND {beyond} AND ({condition.sql})"
        f" ORDER BY {sorts} {direction} LIMIT :size OFFSET :skip"
    )
    values |= {"size": size, "skip": skip, **leg.values, **condition.values}
    return [QueueLine(*row) for row in reader.rows(sql, centre=centre, **values)]


def _is_open(condition: Condition) -> str:
    """Open tickets. The plus sign keeps an engine from walking a list's index for tickets that are named by id."""
    return "+t.open = 1" if condition.few else "t.open = 1"


def _beyond(order: Order, start: Key | None, forward: bool) -> tuple[str, dict[str, Any]]:
    """The condition that begins a walk behind (or in front of) an (instant, id), or at an end."""
    at, ticket = start or ((-FURTHEST, 0) if forward else (FURTHEST, 0))
    return f"(t.{order.column}, t.id) {'>' if forward else '<'} (:at, :ticket)", {"at": at, "ticket": ticket}


def _passed(
    reader: Reader,
    centre: int,
    order: Order,
    leg: Leg,
    start: Key | None,
    condition: Condition,
    forward: bool,
    most: int,
) -> int:
    """How many lines of a leg lie behind (or in front of) a start, counted up to `most`."""
    beyond, values = _beyond(order, start, forward)
    sql = f"{leg.sql} AND {beyond} AND ({condition.sql})"
    return _capped(reader, centre, Condition(sql, {**leg.values, **values, **condition.values}), most)


def _capped(reader: Reader, centre: int, condition: Condition, most: int = COUNT_CAP + 1) -> int:
    """Open tickets that fit, counted up to `most`."""
    fitting = f"t.centre_id = :centre AND {_is_open(condition)} AND ({condition.sql})"
    counted = condition.hits or f"SELECT 1 AS one FROM ticket t WHERE {fitting}"
    row = reader.one(
        f"SELECT count(*) FROM ({counted} LIMIT :most) AS found",
        centre=centre,
        most=most,
        **condition.values,
    )
    return int(row[0]) if row else 0
