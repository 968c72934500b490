"""The sweep: due clocks are claimed oldest first, in short write transactions, until none is left.

One transaction holds everything of a step: the claim (its row in `clock_due` goes), the event, the projection, the
proof in `ladder_step` and the notices. Inside a batch a step that follows at once is done in its place, so the order
by due time stands over all tickets. Only late steps leave that order: those of one ticket are done together, in their
own order, so that people get one summary. And where more is late than one transaction takes, what falls due now is
done first, then emergencies, then what is urgent, then the rest: no fresh alarm waits behind a month that was missed.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.desk.ledger import Ledger
from core.engine.firing import Firing, StepKey
from core.engine.lease import LeaseKeeper, LeaseLost
from core.engine.outages import Outages, oldest_due
from core.engine.shelf import Shelf
from core.rules.case import Case
from data.errors import StoreTrouble
from data.instants import to_seconds
from data.store import Store
from data.tables import ClockDue, ClockRecord, LadderStep, Ticket, table
from data.terms import ClockKind, ClockState, Urgency

BATCH = 100
"""Clocks per transaction: a console that wants to write waits for one batch at most."""
MAX_STEPS = 400
"""Steps after which no other ticket is begun in a transaction; one alone that has more goes on in the next one."""
LATE_SECONDS = 60
"""A step this much later than due is told as part of a summary: an outage, an old ticket that was imported."""
PARKED_SECONDS = 60.0

_DUE, _STEP, _TICKET = table(ClockDue), table(LadderStep), table(Ticket)
PRESSING = (Urgency.EMERGENCY.value, Urgency.URGENT.value)
DueKey = tuple[int, int]
"""(next_at, clock id): the order of the sweep."""
DueRow = tuple[int, int, int]
"""(next_at, clock id, ticket id)."""


@dataclass
class Swept:
    """What a sweep did."""

    fired: int = 0
    late: int = 0
    """Of these, late through an outage."""
    doubles: int = 0
    """Steps that the log asked for although they had been done: never told twice."""
    removed: int = 0
    """Due rows that had nothing to do any more."""
    notices: int = 0
    batches: int = 0
    worst_lag: int = 0
    """Seconds by which the latest step that no outage delayed was late."""
    parked: dict[int, str] = field(default_factory=dict)
    """Clock id → why its step failed; tried again later, and others go on."""


class BadStep(Exception):
    """One clock's step cannot be done; `clock_id` says which."""

    def __init__(self, clock_id: int, why: Exception) -> None:
        super().__init__(f"{type(why).__name__}: {why}")
        self.clock_id = clock_id


class Sweep:
    """Sweeps one centre."""

    def __init__(self, store: Store, clock: Clock, lease: LeaseKeeper, outages: Outages | None = None) -> None:
        self.store = store
        self.clock = clock
        self.lease = lease
        self.centre_id = lease.centre_id
        self.outages = outages or Outages()
        self.shelf = Shelf(self.centre_id)
        self.patience = math.inf
        """Seconds after which a sweep leaves the rest of a backlog to the next one."""
        self._parked: dict[int, float] = {}
        self._told: dict[str, int] = {}
        """By urgency: up to this instant nothing of it is late any more."""

    def now(self) -> int:
        """The wall clock, in epoch seconds."""
        return to_seconds(self.clock.now())

    def run(self, stopping: Callable[[], bool] = lambda: False) -> Swept:
        """Until nothing is due, or for as long as its patience lasts. Done batches stay done.

        Raises LeaseLost, and StoreTrouble when the store refuses.
        """
        swept = Swept()
        until = self.lease.steady() + self.patience
        self._parked = {clock: until for clock, until in self._parked.items() if until > self.lease.steady()}
        self._told = dict.fromkeys(PRESSING, 0)
        while self._is_due() and not stopping():
            try:
                if not self._batch(swept):
                    break
            except BadStep as error:
                swept.parked[error.clock_id] = str(error)
                self._parked[error.clock_id] = self.lease.steady() + PARKED_SECONDS
            if self.lease.steady() >= until:
                break
        return swept

    def next_due(self) -> int | None:
        """When the next step is to be done."""
        with self.store.read() as connection:
            return oldest_due(connection, self.centre_id)

    def _is_due(self) -> bool:
        """Looked at without a lock, so that an idle engine disturbs nobody."""
        oldest = self.next_due()
        return oldest is not None and oldest <= self.now()

    def _batch(self, swept: Swept) -> bool:
        """One transaction; whether it got anything done."""
        now = self.now()
        with self.store.write() as connection:
            ledger = Ledger(connection, self.centre_id, now)
            self.lease.beat(connection, now)
            rows = self._claim(connection, now)
            if not rows:
                return False
            firing = Firing(ledger, self.shelf, self.shelf.roster(connection, now), self.outages)
            batch = _Batch(firing, rows, now, self._parked)
            firing.done = _steps_done(connection, self.centre_id, batch.clocks())
            batch.run()
            notices = firing.send()
            _remove(connection, self.centre_id, batch.stale)
            ledger.flush()
            if firing.rows:
                connection.execute(insert(_STEP), firing.rows)
        self.lease.kept(now)
        swept.fired += firing.fired
        swept.late += firing.late
        swept.doubles += firing.doubles
        swept.removed += len(batch.stale)
        swept.notices += notices
        swept.batches += 1
        swept.worst_lag = max(swept.worst_lag, batch.worst_lag)
        # A batch that brought nothing forward would be the same again: better to wait for the next cycle.
        return bool(firing.fired or firing.doubles or batch.stale)

    def _claim(self, connection: Connection, now: int) -> list[DueRow]:
        """The due rows of one transaction. The centre's lock makes the claim ours."""
        oldest = self._due(connection, _DUE.c.next_at <= now)
        late = now - LATE_SECONDS
        if len(oldest) < BATCH or oldest[0][0] > late:
            return oldest
        fresh = self._due(connection, _DUE.c.next_at > late, _DUE.c.next_at <= now)
        pressing = (self._pressing(connection, urgency, late) for urgency in PRESSING)
        return fresh or next(filter(None, pressing), oldest)

    def _pressing(self, connection: Connection, urgency: str, late: int) -> list[DueRow]:
        """The oldest late rows of an urgency. What is done is not looked through again: it may be very many."""
        found = self._due(
            connection,
            _DUE.c.next_at > self._told[urgency],
            _DUE.c.next_at <= late,
            _DUE.c.ticket_id == _TICKET.c.id,
            _TICKET.c.centre_id == self.centre_id,
            _TICKET.c.urgency == urgency,
        )
        if not found:
            self._told[urgency] = late
        return found

    def _due(self, connection: Connection, *which: ColumnElement[bool]) -> list[DueRow]:
        query = select(_DUE.c.next_at, _DUE.c.clock_id, _DUE.c.ticket_id).where(
            _DUE.c.centre_id == self.centre_id, *which
        )
        if self._parked:
            query = query.where(_DUE.c.clock_id.not_in(self._parked))
        found = connection.execute(query.order_by(_DUE.c.next_at, _DUE.c.clock_id).limit(BATCH))
        return [(int(at), int(clock), int(ticket)) for at, clock, ticket in found]


class _Batch:
    """The due rows of one transaction, done in order."""

    def __init__(self, firing: Firing, rows: list[DueRow], now: int, parked: Container[int]) -> None:
        self.firing = firing
        self.now = now
        self.parked = parked
        self.stale: list[DueKey] = []
        self.worst_lag = 0
        self._queue = list(rows)
        # Rows behind the last one are not here yet: what falls due behind it waits for the next batch.
        self._edge = rows[-1][:2] if len(rows) == BATCH else None
        self._moved: set[int] = set()
        late = {ticket for at, _, ticket in rows if self._is_late(at)}
        self._cases = {case.ticket.id: case for case in firing.ledger.cases(late)}
        others = [ticket for _, _, ticket in rows if ticket not in late]
        self._cases.update({case.ticket.id: case for case in firing.ledger.cases(others, clocks_only=True)})
        self._behind = {number for number, case in self._cases.items() if number in late or self._is_behind(case)}
        """Tickets of which something is late; of those, everything that is due is done together."""

    def clocks(self) -> list[int]:
        """Every clock that may be touched."""
        return [clock.id for case in self._cases.values() for clock in case.clocks if _is_due(clock, self.now)]

    def run(self) -> None:
        """Until the queue is empty or the transaction is long enough."""
        while self._queue and self.firing.fired < MAX_STEPS:
            at, clock_id, ticket_id = heapq.heappop(self._queue)
            case = self._cases.get(ticket_id)
            clock = case.by_id(ClockRecord).get(clock_id) if case else None
            if case is None or clock is None or not _is_awaited(case, clock, at):
                if clock_id not in self._moved:
                    self.stale.append((at, clock_id))
            elif ticket_id in self._behind:
                self.firing.ledger.whole(case)
                self._catch_up(case)
            else:
                self._fire(case, clock, late=False)
                self._again(clock)

    def _catch_up(self, case: Case) -> None:
        """Everything of this ticket that should have been done by now, in its order, so that it is told once.

        A ticket with so many hands that the transaction would grow too long goes on in the next one.
        """
        waiting = self._waiting(case)
        most = self.firing.fired + MAX_STEPS
        while waiting and self.firing.fired < most:
            at, clock_id = heapq.heappop(waiting)
            clock = case.by_id(ClockRecord)[clock_id]
            if clock.next_at != at:
                continue
            self._fire(case, clock, late=True, fence=waiting[0][0] if waiting else None)
            if clock.kind == ClockKind.SUSPENSION:
                waiting = self._waiting(case)  # the other clocks run again
            elif _is_due(clock, self.now):
                heapq.heappush(waiting, (int(clock.next_at), clock_id))

    def _waiting(self, case: Case) -> list[DueKey]:
        due = [c for c in case.clocks if _is_due(c, self.now) and c.id not in self.parked]
        waiting = [(int(clock.next_at or 0), clock.id) for clock in due]
        heapq.heapify(waiting)
        return waiting

    def _fire(self, case: Case, clock: ClockRecord, late: bool, fence: int | None = None) -> None:
        at, clock_id = int(clock.next_at or self.now), clock.id
        if self.firing.outages.delay(at, self.now) is None:
            self.worst_lag = max(self.worst_lag, self.now - at)
        try:
            self.firing.fire(case, clock, late, fence)
        except (StoreTrouble, SQLAlchemyError, LeaseLost):
            raise
        except Exception as error:
            # One bad clock at the head of the queue must not stop every other one: the batch is undone without it.
            raise BadStep(clock_id, error) from error
        self._moved.add(clock_id)

    def _again(self, clock: ClockRecord) -> None:
        """A step of the same clock that is due as well takes its place in the order."""
        if not _is_due(clock, self.now):
            return
        key = (int(clock.next_at or 0), clock.id)
        if self._edge is None or key <= self._edge:
            heapq.heappush(self._queue, (*key, clock.ticket_id))

    def _is_behind(self, case: Case) -> bool:
        return any(_is_due(c, self.now) and self._is_late(int(c.next_at or 0)) for c in case.clocks)

    def _is_late(self, at: int) -> bool:
        return self.now - at >= LATE_SECONDS or self.firing.outages.delay(at, self.now) is not None


def _is_awaited(case: Case, clock: ClockRecord, at: int) -> bool:
    """Whether a due row still means what it says."""
    living = not case.closed or clock.kind == ClockKind.REQUEST
    return living and clock.state == ClockState.RUNNING and clock.next_at == at


def _is_due(clock: ClockRecord, now: int) -> bool:
    return clock.state == ClockState.RUNNING and clock.next_at is not None and clock.next_at <= now


def _steps_done(connection: Connection, centre_id: int, clocks: list[int]) -> frozenset[StepKey]:
    rows = connection.execute(
        select(_STEP.c.clock_id, _STEP.c.step, _STEP.c.generation).where(
            _STEP.c.centre_id == centre_id, _STEP.c.clock_id.in_(clocks)
        )
    )
    return frozenset((int(clock), str(step), int(generation)) for clock, step, generation in rows)


def _remove(connection: Connection, centre_id: int, stale: list[DueKey]) -> None:
    """Take away due rows whose clock does not wait any more (or not for that)."""
    for at, clock_id in stale:
        connection.execute(
            delete(_DUE).where(_DUE.c.centre_id == centre_id, _DUE.c.next_at == at, _DUE.c.clock_id == clock_id)
        )
