"""How the engine does: its lease and beat, what is overdue, outages, notices on their way. Plain SQL, light to poll."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from data.queries.counted import COUNT_CAP, Counted, capped
from data.reader import Reader

LATE_GRACE = 10
"""Seconds after which a step that is not done is called overdue."""
DAY = 86_400


class Beat(NamedTuple):
    """The engine's lease as it stands; instants in epoch seconds of the holder's wall clock."""

    holder: str
    """Empty when the last engine gave the lease back."""
    fence: int
    beat_no: int
    beat_at: int
    version: str
    cycle: dict[str, Any]
    """What the holder's last cycle did."""


class Outage(NamedTuple):
    """A time [from_at, to_at) without an engine."""

    from_at: int
    to_at: int


class Waiting(NamedTuple):
    """Notices by how far they are, outside the console's own channel; `failed` of the last day."""

    pending: int
    sending: int
    failed: int


def beat(reader: Reader, centre: int) -> Beat | None:
    """The lease of a centre's engine; None when none ever ran."""
    row = reader.one(
        "SELECT holder, fence, beat_no, beat_at, version, cycle FROM lease"
        " WHERE centre_id = :centre AND name = 'engine'",
        centre=centre,
    )
    if row is None:
        return None
    cycle = json.loads(row[5]) if isinstance(row[5], str) else row[5]
    return Beat(str(row[0]), int(row[1]), int(row[2]), int(row[3]), str(row[4]), dict(cycle or {}))


def overdue(reader: Reader, centre: int, now: int, grace: int = LATE_GRACE) -> tuple[Counted, int | None]:
    """(how many steps should have been done `grace` seconds ago and were not, for when the oldest was)."""
    row = reader.one(
        "SELECT count(*), min(next_at) FROM (SELECT next_at FROM clock_due WHERE centre_id = :centre"
        " AND next_at <= :before ORDER BY next_at LIMIT :most) AS waiting",
        centre=centre,
        before=now - grace,
        most=COUNT_CAP + 1,
    )
    count, oldest = row or (0, None)
    return capped(int(count)), None if oldest is None else int(oldest)


def next_due(reader: Reader, centre: int) -> int | None:
    """When the next step is to be done."""
    row = reader.one("SELECT next_at FROM clock_due WHERE centre_id = :centre ORDER BY next_at LIMIT 1", centre=centre)
    return int(row[0]) if row else None


def outages(reader: Reader, centre: int, limit: int = 10) -> list[Outage]:
    """The newest outages, newest first."""
    rows = reader.rows(
        "SELECT from_at, to_at FROM engine_outage WHERE centre_id = :centre ORDER BY to_at DESC, id DESC LIMIT :size",
        centre=centre,
        size=limit,
    )
    return [Outage(int(start), int(end)) for start, end in rows]


def waiting_notices(reader: Reader, centre: int, now: int) -> Waiting:
    """How many notices are on their way out, and how many of the last day never arrived."""
    rows = reader.rows(
        "SELECT state, count(*) FROM notice WHERE centre_id = :centre AND state IN ('pending', 'sending')"
        " AND channel <> 'console' GROUP BY state",
        centre=centre,
    )
    found = {str(state): int(count) for state, count in rows}
    failed = reader.one(
        "SELECT count(*) FROM notice WHERE centre_id = :centre AND created_at > :since AND state = 'failed'",
        centre=centre,
        since=now - DAY,
    )
    return Waiting(found.get("pending", 0), found.get("sending", 0), int(failed[0]) if failed else 0)


class Silence:
    """For how long the engine has been silent, as one watcher sees it.

    Judged by the watcher's own steady clock from the moment it saw the beat number move; only before it has seen that
    once, the wall clocks must do. So a wall clock that is set hides no dead engine and reports no live one as dead.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._seen: tuple[int, int] | None = None
        self._since = 0.0
        self._head_start = 0.0

    def seconds(self, beat: Beat | None, now: int) -> int | None:
        """Seconds without a beat at `now` (epoch seconds); None when no engine ever ran.

        An engine that gave its lease back is silent from that moment on.
        """
        if beat is None:
            return None
        mark = (beat.fence, beat.beat_no)
        if mark != self._seen:
            moved = self._seen is not None and bool(beat.holder)
            self._head_start = 0.0 if moved else max(0.0, float(now - beat.beat_at))
            self._seen, self._since = mark, self._steady()
        return int(self._head_start + self._steady() - self._since)
