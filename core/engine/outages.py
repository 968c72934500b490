"""Times without an engine: noticed by who takes over, and charged to the engine and to nobody else."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from core.engine.lease import Taken
from data.ids import new_id
from data.tables import ClockDue, EngineOutage, table

Span = tuple[int, int]
"""A half-open time in epoch seconds."""

_OUTAGE, _DUE = table(EngineOutage), table(ClockDue)


class Outages:
    """The outages of a centre that still matter: those that end after the oldest step not yet done."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans = sorted(spans)

    def delay(self, nominal_at: int, now: int) -> Span | None:
        """The part of a step's delay that is the engine's: from when it should have been done to the last recovery.

        None for a step that no outage delayed. Short spells between two outages count as well: the step was still
        waiting for the engine.
        """
        # An outage that ends in the future was noted before the wall clock was set back: it delayed nothing.
        within = [span for span in self.spans if span[1] > nominal_at and span[0] < now and span[1] <= now]
        if not within:
            return None
        return max(nominal_at, within[0][0]), max(end for _, end in within)


def read_outages(connection: Connection, centre_id: int) -> Outages:
    """The outages that a step which is still to be done may have lain in."""
    oldest = oldest_due(connection, centre_id)
    if oldest is None:
        return Outages()
    rows = connection.execute(
        select(_OUTAGE.c.from_at, _OUTAGE.c.to_at).where(_OUTAGE.c.centre_id == centre_id, _OUTAGE.c.to_at > oldest)
    )
    return Outages((int(start), int(end)) for start, end in rows)


def outage_before(taken: Taken, now: int, tolerated: float, oldest: int | None) -> Span | None:
    """The time without engine that ends now, seen by who has just taken the lease; None for a short one.

    Where the last beat was seen to happen, our own steady clock says how long ago that was; else the wall clock must.
    Before the first engine ever, nothing was missed until the oldest step fell due.
    """
    if taken.last_beat_at is None:
        start = now if oldest is None else oldest
    elif taken.silence is not None:
        start = now - int(taken.silence)
    else:
        start = taken.last_beat_at
    return (start, now) if now - start > tolerated else None


def note_outage(connection: Connection, centre_id: int, span: Span, now: int) -> None:
    """Write an outage down."""
    connection.execute(
        insert(_OUTAGE),
        {"centre_id": centre_id, "id": new_id(), "from_at": span[0], "to_at": span[1], "noted_at": now},
    )


def oldest_due(connection: Connection, centre_id: int) -> int | None:
    """When the next step of the centre is (or was) to be done."""
    found = connection.execute(
        select(_DUE.c.next_at).where(_DUE.c.centre_id == centre_id).order_by(_DUE.c.next_at, _DUE.c.clock_id).limit(1)
    ).scalar()
    return None if found is None else int(found)
