"""The auditor: does not believe the engine, but looks for itself.

It goes its own way: not the queue of due rows but the clocks themselves, the rules, and what `ladder_step` proves. So
a step that the engine lost sight of is found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from core.desk.ledger import Ledger
from core.desk.timing import facts_of, write_step
from core.engine.shelf import Shelf
from core.processes import short_name
from core.rules.case import Case
from core.rules.ladder import schedule
from data.instants import from_seconds
from data.queries import engine as queries
from data.reader import Reader
from data.tables import ClockDue, ClockRecord, ClockRow, LadderStep, Ticket, table
from data.terms import ClockKind, ClockState

GRACE = 60
"""Seconds that the engine is given before the auditor complains."""
SILENT_SECONDS = 10
"""Seconds of silence after which every screen turns red."""
PAGE = 500

_CLOCK, _DUE, _STEP, _TICKET = table(ClockRow).c, table(ClockDue).c, table(LadderStep).c, table(Ticket).c


@dataclass(frozen=True)
class EngineStatus:
    """How the engine does; instants in epoch seconds."""

    running: bool
    """An engine holds the lease and is not silent."""
    holder: str
    silent: int | None
    """Seconds since the last beat; None when no engine ever ran."""
    beat_at: int | None
    version: str
    fence: int
    overdue: int
    """Steps that should have been done ten seconds ago."""
    overdue_is_more: bool
    """Whether there are more: they are counted up to 10,000."""
    lag: int
    """Seconds by which the oldest of them is late."""
    next_at: int | None
    cycle: dict[str, object]
    outages: list[queries.Outage]
    pending: int
    sending: int
    failed: int


@dataclass(frozen=True)
class Missed:
    """A ladder step that should have been done and was not."""

    ticket: str
    clock_id: int
    step: str
    nominal_at: int


@dataclass
class Findings:
    """What the auditor found."""

    clocks: int = 0
    """Running clocks that were looked at."""
    missed: list[Missed] = field(default_factory=list)
    unqueued: list[int] = field(default_factory=list)
    """Clocks that wait for a step but have no due row: the engine would never come to them."""
    stray: list[int] = field(default_factory=list)
    """Due rows whose clock does not wait for them."""

    @property
    def clean(self) -> bool:
        """Whether there is nothing to complain about."""
        return not (self.missed or self.unqueued or self.stray)


def engine_status(reader: Reader, centre: int, now: int, silence: queries.Silence | None = None) -> EngineStatus:
    """How the engine of a centre does at `now`. A watcher that looks again hands in its own `silence`."""
    found = queries.beat(reader, centre)
    silent = (silence or queries.Silence()).seconds(found, now)
    count, oldest = queries.overdue(reader, centre, now)
    waiting = queries.waiting_notices(reader, centre, now)
    return EngineStatus(
        running=bool(found and found.holder) and silent is not None and silent < SILENT_SECONDS,
        holder=short_name(found.holder) if found else "",
        silent=silent,
        beat_at=found.beat_at if found else None,
        version=found.version if found else "",
        fence=found.fence if found else 0,
        overdue=count.number,
        overdue_is_more=count.more,
        lag=max(0, now - oldest) if oldest is not None else 0,
        next_at=queries.next_due(reader, centre),
        cycle=found.cycle if found else {},
        outages=queries.outages(reader, centre),
        pending=waiting.pending,
        sending=waiting.sending,
        failed=waiting.failed,
    )


def audit(connection: Connection, centre_id: int, now: int, grace: int = GRACE) -> Findings:
    """Go through every running clock and work out anew what should have been done `grace` seconds ago.

    Reads the whole table of clocks, so it is for a daily check and for doubts, not for polling.
    """
    findings = Findings()
    shelf = Shelf(centre_id)
    for ids in _pages(connection, centre_id):
        cases = Ledger(connection, centre_id, now, reading=True).cases(ids, clocks_only=True)
        clocks = [clock for case in cases for clock in case.clocks]
        proven = _proven(connection, centre_id, [clock.id for clock in clocks])
        queued = _queued(connection, centre_id, ids)
        for case in cases:
            findings.missed.extend(_missed(connection, shelf, case, now - grace, proven))
        waiting = {(clock.id, clock.next_at) for clock in clocks if clock.next_at is not None}
        findings.clocks += len(clocks)
        findings.unqueued.extend(sorted(clock for clock, _ in waiting - queued))
        findings.stray.extend(sorted(clock for clock, _ in queued - waiting))
    return findings


def _missed(
    connection: Connection, shelf: Shelf, case: Case, before: int, proven: set[tuple[int, str, int]]
) -> Iterator[Missed]:
    """Steps that the ladder asks for up to an instant and that nothing proves."""
    for clock in case.clocks:
        ladder = shelf.policy(connection, case.ticket.policy_version).ladder(clock.ladder)
        if ladder is None:
            continue
        facts = facts_of(clock)
        for firing in schedule(ladder, facts.warn_at, facts.due_at, from_seconds(before), facts.pauses):
            step = write_step(firing.name)
            if (clock.id, step, clock.generation) not in proven and not _carried(clock, step):
                yield Missed(case.ticket.code, clock.id, step, int(firing.nominal_at.timestamp()))


def _carried(clock: ClockRecord, step: str) -> bool:
    """Done under an earlier generation, or for the ticket that the clock was taken over from: not to be done again."""
    return (clock.generation > 1 or clock.kind == ClockKind.JOINED) and step in clock.fired


def _pages(connection: Connection, centre_id: int) -> Iterator[list[int]]:
    """Ids of tickets with a running clock, in pages."""
    after = -1
    while True:
        rows = connection.execute(
            select(_CLOCK.ticket_id)
            .distinct()
            .where(_CLOCK.centre_id == centre_id, _CLOCK.state == ClockState.RUNNING.value, _CLOCK.ticket_id > after)
            .order_by(_CLOCK.ticket_id)
            .limit(PAGE)
        )
        ids = [int(row[0]) for row in rows]
        if not ids:
            return
        yield ids
        after = ids[-1]


def _proven(connection: Connection, centre_id: int, clocks: list[int]) -> set[tuple[int, str, int]]:
    found: set[tuple[int, str, int]] = set()
    for start in range(0, len(clocks), PAGE):
        rows = connection.execute(
            select(_STEP.clock_id, _STEP.step, _STEP.generation).where(
                _STEP.centre_id == centre_id, _STEP.clock_id.in_(clocks[start : start + PAGE])
            )
        )
        found.update((int(clock), str(step), int(generation)) for clock, step, generation in rows)
    return found


def _queued(connection: Connection, centre_id: int, tickets: list[int]) -> set[tuple[int, int]]:
    """(clock, next_at) of the due rows of tickets, found through their clocks."""
    rows = connection.execute(
        select(_DUE.clock_id, _DUE.next_at)
        .join_from(
            table(ClockRow), table(ClockDue), (_CLOCK.centre_id == _DUE.centre_id) & (_CLOCK.id == _DUE.clock_id)
        )
        .where(_DUE.centre_id == centre_id, _CLOCK.ticket_id.in_(tickets))
    )
    return {(int(clock), int(at)) for clock, at in rows}
