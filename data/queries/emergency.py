"""Reading the centre's mode, its own log, the telephone log, and what is owed upward."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from data.queries.tickets import UNSAID
from data.reader import Reader

LOG = 0
"""Stands for the centre where an event names its ticket."""


class Mode(NamedTuple):
    """An emergency: instants in epoch seconds, people by name."""

    number: int
    grade: str
    since: int
    graded_at: int
    by: str
    behalf: str
    """The commander in whose name it was declared; empty where the commander did."""
    reason: str
    ticket: str
    lifted_at: int | None
    lifted_by: str
    lift_behalf: str
    lift_reason: str


class LogLine(NamedTuple):
    """An entry of the centre's own log; `kind` is the deed, `facts` what it says."""

    number: int
    at: int
    kind: str
    actor: str
    name: str
    behalf: str
    facts: dict[str, Any]


class Call(NamedTuple):
    """A line of the telephone log, as it is stored."""

    number: int
    first: int
    follow_no: int
    ticket: str
    at: int
    place: str
    cause: str
    course: str
    measures: str
    result: str
    effect: str
    trend: str
    told: str
    caller_unit: str
    caller_name: str
    caller_title: str
    caller_phone: str
    recorder: str
    recorded_at: int


class OwedUpward(NamedTuple):
    """A report that is owed upward: which, of which ticket, until when, and when it warns."""

    ticket: str
    ticket_id: int
    kind: str
    due: int
    warn: int | None
    grade: str


_MODE = """
SELECT e.id, e.grade, e.declared_at, e.graded_at, coalesce(d.name, ''), coalesce(b.name, ''), e.reason,
    coalesce(t.code, ''), e.lifted_at, coalesce(l.name, ''), coalesce(k.name, ''), e.lift_reason
FROM emergency e
LEFT JOIN officer d ON d.centre_id = e.centre_id AND d.id = e.declared_by
LEFT JOIN officer b ON b.centre_id = e.centre_id AND b.id = e.behalf_id
LEFT JOIN officer l ON l.centre_id = e.centre_id AND l.id = e.lifted_by
LEFT JOIN officer k ON k.centre_id = e.centre_id AND k.id = e.lift_behalf_id
LEFT JOIN ticket t ON t.centre_id = e.centre_id AND t.id = e.ticket_id
WHERE e.centre_id = :centre ORDER BY e.id DESC LIMIT :size
"""
_LOG = """
SELECT e.seq, e.at, e.kind, e.actor, coalesce(o.name, ''), coalesce(b.name, ''), e.body
FROM ticket_event e
LEFT JOIN officer o ON o.centre_id = e.centre_id AND o.id = e.actor_id
LEFT JOIN officer b ON b.centre_id = e.centre_id AND b.id = e.behalf_id
WHERE e.centre_id = :centre AND e.ticket_id = :log AND e.at >= :since AND e.at < :until
    AND e.kind NOT LIKE 'hazard%' AND e.kind NOT IN ('broadcast_seen', 'erase', 'hold', 'hold_lift')
    AND e.kind NOT IN ('anchor', 'notices_removed')
ORDER BY e.seq DESC LIMIT :size
"""
_CALLS = """
SELECT p.id, p.first_id, p.follow_no, coalesce(t.code, ''), p.at, p.place, p.cause, p.course, p.measures, p.result,
    p.effect, p.trend, p.told, p.caller_unit, p.caller_name, p.caller_title, p.caller_phone, coalesce(o.name, ''),
    p.recorded_at
FROM phone_record p
LEFT JOIN ticket t ON t.centre_id = p.centre_id AND t.id = p.ticket_id
LEFT JOIN officer o ON o.centre_id = p.centre_id AND o.id = p.recorder_id
WHERE p.centre_id = :centre AND {condition}
"""
# The words of the partial index: see `data.tables.ticket.UPWARD_RUNNING`.
_OWED = """
SELECT t.code, t.id, k.kind, k.due_at, k.warn_at, t.facts FROM clock k
JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id
WHERE k.centre_id = :centre AND k.state = 'running' AND k.kind IN ('up_phone', 'up_written', 'up_follow')
ORDER BY k.due_at, k.id LIMIT :size
"""


def emergencies(reader: Reader, centre: int, size: int = 20) -> list[Mode]:
    """The newest emergencies first, those that were lifted as well."""
    return [Mode(*row) for row in reader.rows(_MODE, centre=centre, size=size)]


def mode(reader: Reader, centre: int) -> Mode | None:
    """The emergency that lasts; None in normal times."""
    newest = emergencies(reader, centre, 1)
    return newest[0] if newest and newest[0].lifted_at is None else None


def log(reader: Reader, centre: int, since: int = 0, until: int = 1 << 60, size: int = 500) -> list[LogLine]:
    """The centre's own log of a time, oldest first; the newest entries where there are more than `size`.

    Without the hundreds of entries that the hazard register and receipts make: those are in their own files.
    """
    rows = reader.rows(_LOG, centre=centre, log=LOG, since=since, until=until, size=size)
    return [LogLine(*(*row[:6], _facts(row[6]))) for row in reversed(rows)]


def calls(reader: Reader, centre: int, size: int = 200) -> list[Call]:
    """The telephone log: each first report, newest first, with its follow-ups behind it in order."""
    firsts = reader.rows(
        "SELECT id FROM phone_record WHERE centre_id = :centre AND follow_no = 0 ORDER BY id DESC LIMIT :size",
        centre=centre,
        size=size,
    )
    return [call for (first,) in firsts for call in thread(reader, centre, int(first))]


def thread(reader: Reader, centre: int, first: int) -> list[Call]:
    """A first report and its follow-ups, in order."""
    sql = _CALLS.format(condition="p.first_id = :first ORDER BY p.follow_no")
    return [Call(*row) for row in reader.rows(sql, centre=centre, first=first)]


def calls_of(reader: Reader, centre: int, ticket: int) -> list[Call]:
    """The calls that are tied to a ticket, in the order they came."""
    sql = _CALLS.format(condition="p.ticket_id = :ticket ORDER BY p.id")
    return [Call(*row) for row in reader.rows(sql, centre=centre, ticket=ticket)]


def owed_upward(reader: Reader, centre: int, size: int = 50) -> list[OwedUpward]:
    """What is owed upward now, the nearest deadline first."""
    rows: Sequence[Sequence[Any]] = reader.rows(_OWED, centre=centre, size=size)
    return [OwedUpward(*(*row[:5], str(_plain(row[5]).get("grade", "")))) for row in rows]


def _facts(body: Any) -> dict[str, Any]:
    return {name: value for name, value in _plain(body).items() if name not in UNSAID}


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value or {}
    return found
