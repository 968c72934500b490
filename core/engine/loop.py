"""The engine's loop: lease, outage, sweep, notices, beat; on a steady clock, until it is told to stop.

What is due is judged by the wall clock that is handed in; how long to wait, who is silent and how long we were away by
a clock that nobody sets. So a wall clock that steps an hour forward does once what became due, and one that steps back
waits for the instants to come round again; the loop itself never stalls.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from core.clock import Clock
from core.desk.desk import Desk
from core.engine.covers import Covers
from core.engine.departures import Departures
from core.engine.duty_gaps import DutyGaps
from core.engine.gatherings import Gatherings
from core.engine.handovers import press_handovers
from core.engine.lease import TTL, LeaseKeeper, LeaseLost
from core.engine.looks import raise_looks
from core.engine.mode import follow_mode
from core.engine.outages import Span, note_outage, oldest_due, outage_before, read_outages
from core.engine.outbox import Outbox, Sent
from core.engine.schedule import Calendar
from core.engine.silences import Silences
from core.engine.sweep import Sweep, Swept
from core.processes import short_name, steady
from data.checkpoint import checkpoint
from data.errors import Refusal
from data.instants import to_seconds
from data.search_index import fill
from data.store import Store

CYCLE = 1.0
"""Seconds between two looks."""
OUTAGE_CYCLES = 3
"""More cycles than this without a beat are an outage."""
SWEEP_SECONDS = 3.0
"""A backlog takes so long of a cycle; then everything else that the engine looks after has its turn."""
LONG_CYCLES = 5
"""A cycle that takes longer than so many is reported."""
BACKOFF_MAX = 5.0
"""Longest wait after an error, in seconds: every screen turns red after ten seconds of silence."""
INDEXED = 500
"""Tickets that one cycle takes into the search index: few, because officers wait for the write place meanwhile."""
STEP_SECONDS = 2
"""A wall clock that runs away from the steady one by more than this is reported."""

log = logging.getLogger("zhihui.engine")


@dataclass
class Cycle:
    """What one cycle did."""

    at: int
    """The wall clock, in epoch seconds."""
    leading: bool = False
    """Whether we hold the lease; without it, nothing else was done."""
    swept: Swept | None = None
    outage: Span | None = None
    """A time without engine that this cycle noted."""
    paced: int = 0
    """Tickets whose ladders took on the pace of a mode that was declared or lifted."""
    covered: int = 0
    """Tickets that a B holder took over or gave back."""
    gathered: int = 0
    """Reminders of meetings, and consultations that came to their end."""
    handovers: int = 0
    """Changes of shift without a handover that were noted, and unsigned ones that climbed."""
    gaps: int = 0
    """Gaps and double bookings of the roster that were told of, or that were filled."""
    looks: int = 0
    """Hazards whose next look became due."""
    alerts: int = 0
    """Silences and faults of devices that were found."""
    departed: int = 0
    """Sessions that ended because their process was gone."""
    stepped: int = 0
    """Seconds by which somebody set the wall clock since the last cycle."""
    sent: Sent | None = None
    next_at: int | None = None
    took: float = 0.0
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The plain form that is kept in the lease row."""
        plain = asdict(self)
        return {name: value for name, value in plain.items() if value not in (None, "", 0, False, {})}


class Engine:
    """The engine of one centre. Any number of them may run: the lease chooses one."""

    def __init__(
        self,
        store: Store | str,
        clock: Clock,
        centre_id: int,
        *,
        cycle: float = CYCLE,
        ttl: float = TTL,
        steady_clock: Callable[[], float] = steady,
        holder: str = "",
        seed: int | None = None,
        jobs: bool = False,
        on_cycle: Callable[[Cycle], None] | None = None,
    ) -> None:
        """On an open store or the URL of one; `cycle` and `ttl` in seconds.

        `jobs` starts the daily work (backups and the like) as well; `on_cycle` is called from the engine's thread with
        what each cycle did; `seed` fixes the jitter of repeated sending.
        """
        self._own_store = isinstance(store, str)
        self.store = Store(store) if isinstance(store, str) else store
        self.clock = clock
        self.centre_id = centre_id
        self.cycle = cycle
        self.steady = steady_clock
        self.lease = LeaseKeeper(self.store, centre_id, ttl=ttl, clock=steady_clock, holder=holder)
        self.sweep = Sweep(self.store, clock, self.lease)
        self.covers = Covers(self.store, self.lease, self.sweep.shelf)
        self.gatherings = Gatherings(self.store, self.lease, self.sweep.shelf)
        self.duty_gaps = DutyGaps(self.store, clock, self.lease)
        self.silences = Silences(Desk(self.store, clock, centre_id), self.lease)
        self.departures = Departures(self.store, self.lease, steady_clock)
        self.outbox = Outbox(self.store, clock, centre_id, steady_clock=steady_clock, seed=seed)
        self._jobs = Calendar(self.store, clock, centre_id) if jobs else None
        self._on_cycle = on_cycle
        self._trouble = ""
        self._index_trouble = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------------------------------------ running

    def run(self, stop: threading.Event | None = None) -> None:
        """Work until `stop` is set. No error of the store ends it: it waits a little and goes on."""
        stop = stop or self._stop
        self.sweep.patience = SWEEP_SECONDS
        sender = threading.Thread(target=self._send_on, args=(stop,), name="zhihui-outbox", daemon=True)
        sender.start()
        if self._jobs is not None:
            self._jobs.start(lambda: self.lease.held)
        failures = 0
        try:
            while not stop.is_set():
                cycle = self._guarded(stop)
                failures = failures + 1 if cycle.error else 0
                if self._on_cycle is not None:
                    self._on_cycle(cycle)
                stop.wait(self._pause(cycle, failures))
        finally:
            stop.set()
            if self._jobs is not None:
                self._jobs.stop()
            sender.join(timeout=self.outbox.patience)
            self.close()

    def start(self) -> None:
        """Run in a thread of its own; `close` or `stop` ends it."""
        self._thread = threading.Thread(target=self.run, name="zhihui-engine", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End a `start`ed engine, and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def once(self, stopping: Callable[[], bool] = lambda: False, send: bool = True) -> Cycle:
        """One cycle; with `send`, webhooks too. Raises StoreTrouble, and NotAllowed for an engine that is too old."""
        began = self.steady()
        cycle = Cycle(at=self._now())
        try:
            self._work(cycle, stopping, send)
        except LeaseLost:
            cycle.leading = False
            log.warning("the lease went to another engine")
        cycle.took = round(self.steady() - began, 3)
        if cycle.took > LONG_CYCLES * self.cycle:
            log.warning("long cycle: %.1f s", cycle.took)
        return cycle

    def close(self) -> None:
        """Give the lease back; a store that we opened ourselves is closed."""
        try:
            self.lease.release(self._now())
        except Refusal as trouble:
            log.warning("could not give the lease back: %s", trouble.en)
        if self._own_store:
            self.store.close()

    # ------------------------------------------------------------------------------------------------ one cycle

    def _work(self, cycle: Cycle, stopping: Callable[[], bool], send: bool) -> None:
        if not self.lease.held:
            if not self.lease.may_take() or not self._take(cycle):
                return
        else:
            self._look_back(cycle)
        cycle.leading = True
        cycle.paced = follow_mode(self.store, self.lease, self._now())
        cycle.swept = self.sweep.run(stopping)
        for clock_id, why in cycle.swept.parked.items():
            log.error("the step of clock %d failed and waits: %s", clock_id, why)
        cycle.covered = self.covers.follow(self._now())
        cycle.gathered = self.gatherings.follow(self._now())
        cycle.handovers = press_handovers(self.store, self.clock, self.lease, self._now())
        cycle.gaps = self.duty_gaps.follow(self._now())
        cycle.looks = raise_looks(self.store, self.clock, self.lease, self._now())
        cycle.alerts = self.silences.follow(self._now())
        cycle.departed = self.departures.follow(self._now())
        cycle.next_at = self.sweep.next_due()
        now = self._now()
        with self.store.write(bell=False) as connection:
            self.lease.beat(connection, now, cycle.as_dict())
        self.lease.kept(now)
        # No other connection empties the write-ahead log while an engine runs.
        checkpoint(self.store)
        self._index()
        if send:
            cycle.sent = self.outbox.send_due(stopping)

    def _index(self) -> None:
        """Let the search index follow a little. It is no part of the promise: its trouble never stops a cycle."""
        try:
            fill(self.store, self.centre_id, INDEXED)
        except Refusal as trouble:
            if trouble.code != self._index_trouble:
                log.warning("the search index does not follow: %s", trouble.en)
            self._index_trouble = trouble.code
        else:
            self._index_trouble = ""

    def _take(self, cycle: Cycle) -> bool:
        """Take the lease; the outage that ends with it is noted in the same transaction."""
        now = self._now()
        with self.store.write() as connection:
            taken = self.lease.take(connection, now)
            if taken is None:
                return False
            oldest = oldest_due(connection, self.centre_id)
            cycle.outage = outage_before(taken, now, OUTAGE_CYCLES * self.cycle, oldest)
            if cycle.outage is not None:
                note_outage(connection, self.centre_id, cycle.outage, now)
            self.sweep.outages = read_outages(connection, self.centre_id)
        self.lease.kept(now)
        log.info("leading as %s, fence %d", short_name(self.lease.holder), self.lease.fence)
        return True

    def _look_back(self, cycle: Cycle) -> None:
        """Whether we were away ourselves (frozen, or the machine slept), and whether somebody set the clock."""
        if self.lease.last_beat is None:
            return
        wall, beat = self.lease.last_beat
        away = self.steady() - beat
        stepped = cycle.at - wall - away
        if abs(stepped) > STEP_SECONDS:
            cycle.stepped = round(stepped)
            log.warning("the wall clock was set by %+d s", cycle.stepped)
        if away <= OUTAGE_CYCLES * self.cycle:
            return
        cycle.outage = (cycle.at - int(away), cycle.at)
        with self.store.write() as connection:
            self.lease.beat(connection, cycle.at)
            note_outage(connection, self.centre_id, cycle.outage, cycle.at)
            self.sweep.outages = read_outages(connection, self.centre_id)
        self.lease.kept(cycle.at)

    # ------------------------------------------------------------------------------------------------ inside `run`

    def _guarded(self, stop: threading.Event) -> Cycle:
        """A cycle that cannot end the loop. Trouble that lasts is reported once."""
        try:
            cycle = self.once(stop.is_set, send=False)
            self._trouble = ""
            return cycle
        except Refusal as trouble:
            if trouble.code != self._trouble:
                log.error("engine: %s", trouble.en)
            self._trouble = trouble.code
            return Cycle(self._now(), error=f"{trouble.code}: {trouble.en}")
        except Exception as error:
            log.exception("engine: a cycle failed")
            return Cycle(self._now(), error=type(error).__name__)

    def _pause(self, cycle: Cycle, failures: int) -> float:
        """Seconds to wait: a cycle, less when something is due before, more after errors."""
        if cycle.error:
            return float(min(BACKOFF_MAX, self.cycle * 2 ** min(failures - 1, 8)))
        if cycle.leading and cycle.next_at is not None:
            return min(self.cycle, max(0.05, cycle.next_at - self._now()))
        return self.cycle

    def _send_on(self, stop: threading.Event) -> None:
        """The sender's own thread: a slow receiver must not hold up the sweep."""
        while not stop.is_set():
            try:
                if self.lease.held:
                    self.outbox.send_due(stop.is_set)
            except Refusal as trouble:
                log.error("outbox: %s", trouble.en)
            except Exception:
                log.exception("outbox: sending failed")
            stop.wait(self.cycle)

    def _now(self) -> int:
        return to_seconds(self.clock.now())
