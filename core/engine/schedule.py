"""What is tied to the calendar: backups, deadlines whose official calendar has come out, and what is old.

The scheduler only wakes the jobs. Each job reads from the tables and files what it owes, so a run that was missed
(machine off, clock set, no lease) is made good by the next one, and one run too many finds nothing to do. No deadline
of a ticket ever hangs on this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.clock import Clock
from core.engine.anchoring import send_anchor
from core.engine.backups import take_backup
from core.engine.jobs import prune_notices, prune_signals, recompute_provisional
from core.engine.retention import erase_due, prune_access
from data.errors import Refusal
from data.store import Store

LOOK_SECONDS = 15 * 60
"""How often the jobs look whether they owe anything."""
FIRST_LOOK_SECONDS = 30

log = logging.getLogger("zhihui.engine")


class Calendar:
    """Runs the jobs of one centre beside its engine."""

    def __init__(self, store: Store, clock: Clock, centre_id: int) -> None:
        self.store = store
        self.clock = clock
        self.centre_id = centre_id
        self._scheduler: object | None = None

    def start(self, may_run: Callable[[], bool]) -> None:
        """Begin; the jobs work only while `may_run` says that this engine leads."""
        from datetime import UTC, timedelta

        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        scheduler.add_job(
            self.look,
            "interval",
            seconds=LOOK_SECONDS,
            args=(may_run,),
            next_run_time=self.clock.now() + timedelta(seconds=FIRST_LOOK_SECONDS),
        )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """End; a job that is at work finishes first."""
        if self._scheduler is not None:
            self._scheduler.shutdown()  # type: ignore[attr-defined]
            self._scheduler = None

    def look(self, may_run: Callable[[], bool] = lambda: True) -> None:
        """Do what is owed now. No error leaves this: it is logged, and the next look tries again."""
        quick = (send_anchor, recompute_provisional, prune_notices, prune_signals, erase_due, prune_access)
        for job in (*quick, take_backup):
            if not may_run():
                return
            try:
                job(self.store, self.clock, self.centre_id)
            except Refusal as trouble:
                log.error("job %s: %s", job.__name__, trouble.en)
            except Exception:
                log.exception("job %s failed", job.__name__)
