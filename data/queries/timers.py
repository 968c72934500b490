"""Running clocks by deadline, in pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from data.queries.counted import COUNT_CAP, Counted, capped
from data.queries.filters import Condition
from data.queries.queue import EVERYTHING, PLACE_CAP
from data.queries.searching import narrowed, no_further, ways
from data.reader import Reader, expand

_COLUMNS = """
k.id, k.due_at, k.kind, k.warn_at, k.next_at, k.next_step, k.ladder, k.provisional, k.unit_id, u.name,
t.id, t.revision, t.code, t.urgency, t.stage, t.title
"""
_TICKET = "JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
_UNIT = "LEFT JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id"
_RUNNING = "k.centre_id = :centre AND k.state = 'running' AND k.kind <> 'handle' AND k.due_at IS NOT NULL"
_RUNNING_OF_FEW = _RUNNING.replace("k.kind <>", "k.kind || '' <>")
"""The same for tickets that are named by id: no engine walks the index of all running clocks for them."""


class ClockLine(NamedTuple):
    """A running clock with its ticket."""

    id: int
    due_at: int
    kind: str
    warn_at: int | None
    next_at: int | None
    next_step: str
    ladder: str
    provisional: bool
    unit_id: int | None
    unit_name: str | None
    ticket_id: int
    revision: int
    code: str
    urgency: str
    stage: str
    title: str


class NextLine(NamedTuple):
    """A ladder step that is still to come."""

    at: int
    step: str
    ladder: str
    code: str
    title: str


def next_steps(reader: Reader, centre: int, size: int) -> list[NextLine]:
    """The ladder steps that come next, soonest first, read off the engine's own due rows."""
    rows = reader.rows(
        "SELECT d.next_at, k.next_step, k.ladder, t.code, t.title FROM clock_due d"
        " JOIN clock k ON k.centre_id = d.centre_id AND k.id = d.clock_id"
        " JOIN ticket t ON t.centre_id = d.centre_id AND t.id = d.ticket_id"
        " WHERE d.centre_id = :centre ORDER BY d.next_at, d.clock_id LIMIT :size",
        centre=centre,
        size=size,
    )
    return [NextLine(*row) for row in rows]


def clocks_after(
    reader: Reader,
    centre: int,
    key: tuple[int, ...] | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
) -> list[ClockLine]:
    """The running clocks behind a key (due_at, clock id), in order; None begins at the start."""
    due, clock = key or (-1, -1)
    return _page(reader, centre, ">", "ASC", due, clock, size, skip, condition)


def clocks_before(
    reader: Reader,
    centre: int,
    key: tuple[int, ...] | None,
    size: int,
    skip: int = 0,
    condition: Condition = EVERYTHING,
) -> list[ClockLine]:
    """The running clocks in front of a key, in list order; None begins at the end."""
    due, clock = key or (1 << 62, 1 << 62)
    return _page(reader, centre, "<", "DESC", due, clock, size, skip, condition)[::-1]


def clocks_of(reader: Reader, centre: int, ids: Sequence[int], condition: Condition = EVERYTHING) -> list[ClockLine]:
    """These clocks as they are now, in any order; those that no longer run or fit are left out."""
    if not ids:
        return []
    names, values = expand("id", ids)
    sql = (
        f"SELECT {_COLUMNS} FROM clock k {_TICKET} {_UNIT} WHERE {_RUNNING} AND k.id IN ({names}) AND ({condition.sql})"
    )
    return [ClockLine(*row) for row in reader.rows(sql, centre=centre, **values, **condition.values)]


def rank_clock(reader: Reader, centre: int, key: tuple[int, ...], condition: Condition = EVERYTHING) -> Counted:
    """How many running clocks stand in front of a key, counted up to COUNT_CAP; in the index alone up to PLACE_CAP."""
    before = " AND (k.due_at, k.id) < (:before_due, :before_clock)"
    cap = PLACE_CAP if condition is EVERYTHING else COUNT_CAP
    condition = narrowed(reader, centre, condition)
    return capped(_count(reader, centre, condition, cap + 1, before, before_due=key[0], before_clock=key[1]), cap)


def count_clocks(reader: Reader, centre: int, condition: Condition = EVERYTHING) -> Counted:
    """How many clocks run, counted up to COUNT_CAP; without a condition in the index alone up to PLACE_CAP."""
    cap = PLACE_CAP if condition is EVERYTHING else COUNT_CAP
    return capped(_count(reader, centre, narrowed(reader, centre, condition), cap + 1), cap)


def _running(condition: Condition) -> str:
    return _RUNNING_OF_FEW if condition.few else _RUNNING


def _count(reader: Reader, centre: int, condition: Condition, most: int, before: str = "", **key: Any) -> int:
    joined = "" if condition is EVERYTHING else _TICKET
    row = reader.one(
        f"SELECT count(*) FROM (SELECT 1 AS one FROM clock k {joined} WHERE {_running(condition)}{before}"
        f" AND ({condition.sql}) LIMIT :most) AS found",
        centre=centre,
        most=most,
        **key,
        **condition.values,
    )
    return int(row[0]) if row else 0


def _page(
    reader: Reader,
    centre: int,
    sign: str,
    order: str,
    due: int,
    clock: int,
    size: int,
    skip: int,
    condition: Condition,
) -> list[ClockLine]:
    rows: list[tuple[Any, ...]] = []
    for way in ways(reader, centre, condition):
        beyond = f"(k.due_at, k.id) {sign} (:due, :clock)"
        if way.near:
            beyond += f" AND {no_further('k.due_at', f'clock k WHERE {_RUNNING} AND {beyond}', order == 'DESC')}"
        sorts = f"+k.due_at {order}, +k.id" if way.few else f"k.due_at {order}, k.id"
        sql = (
            f"SELECT {_COLUMNS} FROM clock k {_TICKET} {_UNIT}"
            f" WHERE {_running(way)} AND {beyond} AND ({way.sql}) ORDER BY {sorts} {order} LIMIT :size OFFSET :skip"
        )
        rows = reader.rows(sql, centre=centre, due=due, clock=clock, size=size, skip=skip, **way.values)
        if len(rows) == size:
            break
    return [ClockLine(*row) for row in rows]
