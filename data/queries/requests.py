"""Requests: what waits for a decision, and what became of all that were asked in a period."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from data.reader import Reader
from data.terms import ClockState


class WaitingLine(NamedTuple):
    """A request that waits, with its own deadline in epoch seconds; `facts` is what was asked."""

    ticket_id: int
    code: str
    kind: str
    due: int
    warn: int | None
    asked_at: int
    facts: dict[str, Any]


class AskedLine(NamedTuple):
    """A request that was made: when, until when it had to be decided, how its clock stands, and the ticket's unit."""

    ticket_id: int
    started_at: int
    stopped_at: int | None
    due: int | None
    state: str


_WAITING = """
SELECT t.id, t.code, t.pending, k.due_at, k.warn_at, k.started_at, t.facts
FROM clock k JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id
WHERE k.centre_id = :centre AND k.kind = 'request' AND k.state = 'running'
ORDER BY k.due_at, k.id LIMIT :size
"""
_STATES = ", ".join(f"'{state.value}'" for state in ClockState)
# All states are named so that the index of requests is walked, and not the clocks of the whole centre.
_ASKED = f"""
SELECT k.ticket_id, k.started_at, k.stopped_at, k.due_at, k.state FROM clock k
WHERE k.centre_id = :centre AND k.kind = 'request' AND k.state IN ({_STATES})
    AND k.started_at >= :begin AND k.started_at < :end
ORDER BY k.started_at, k.id
"""


def waiting(reader: Reader, centre: int, size: int) -> list[WaitingLine]:
    """What waits for a decision, the nearest deadline first; a request is taken out of the ticket's loose facts."""
    rows = reader.rows(_WAITING, centre=centre, size=size)
    return [
        WaitingLine(int(ticket), code, kind, int(due), warn, int(at), _plain(facts).get("request", {}))
        for ticket, code, kind, due, warn, at, facts in rows
    ]


def asked(reader: Reader, centre: int, begin: int, end: int) -> list[AskedLine]:
    """Every request that was made in [begin, end), oldest first."""
    return [AskedLine(*row) for row in reader.rows(_ASKED, centre=centre, begin=begin, end=end)]


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
