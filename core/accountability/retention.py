"""Which tickets' personal data is due to be erased, and which stays although its time is up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.rules.retention import DAY, Bound, refusal_of_erasing
from core.rules.why import Why
from data.queries import retention as queries
from data.reader import Reader

AT_ONCE = 500


class Ended(NamedTuple):
    """A ticket whose time is up; `why` says why its data stays."""

    code: str
    ended_at: int
    why: Why | None


def ended_tickets(reader: Reader, centre: int, now: int, days: int) -> Iterator[Ended]:
    """Tickets that ended `days` ago or longer and are not erased, the oldest first."""
    after = (-1, 0)
    while lines := queries.ended_before(reader, centre, now - days * DAY, after, AT_ONCE):
        for line in lines:
            yield Ended(line.code, line.ended_at or 0, refusal_of_erasing(Bound(*line[2:]), now, days))
        after = (lines[-1].closed_at or 0, lines[-1].id)


def due_tickets(reader: Reader, centre: int, now: int, days: int) -> Iterator[str]:
    """Codes of those whose data may go."""
    return (ended.code for ended in ended_tickets(reader, centre, now, days) if ended.why is None)
