"""What the fault rig starts as processes: real engines, a naive one as a canary, all on a clock that runs fast."""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from core.engine.loop import Engine
from data.errors import StoreTrouble
from data.store import Store

CYCLE = 0.02
TTL = 0.6


class FastClock:
    """Time that runs `speed` times as fast, the same for every process that is given the same start."""

    def __init__(self, start: datetime, began: float, speed: float) -> None:
        self.start, self.began, self.speed = start, began, speed

    def now(self) -> datetime:
        passed = (time.time() - self.began) * self.speed
        return (self.start + timedelta(seconds=passed)).astimezone(UTC).replace(microsecond=0)


def run_engine(url: str, clock: FastClock) -> None:
    """An engine until SIGTERM (or worse)."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Engine(url, clock, 1, cycle=CYCLE, ttl=TTL).run(stop)


def run_naive(url: str, clock: FastClock, seed: int) -> None:
    """The engine that one writes first: look what is due, do it, then note that it was done. No claim, no key."""
    store = Store(url)
    dice = random.Random(seed)
    while True:
        with contextlib.suppress(StoreTrouble):
            _naive_round(store, int(clock.now().timestamp()))
        time.sleep(CYCLE * dice.random())


def _naive_round(store: Store, now: int) -> None:
    with store.read() as connection:
        due = connection.execute(
            text("SELECT next_at, clock_id FROM clock_due WHERE centre_id = 1 AND next_at <= :now ORDER BY next_at"),
            {"now": now},
        ).all()
    for at, clock in due:
        values: dict[str, Any] = {"at": at, "clock": clock}
        with store.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO naive_step VALUES ({int(clock)}, {int(at)})")
        with store.write() as connection:
            connection.execute(
                text("DELETE FROM clock_due WHERE centre_id = 1 AND next_at = :at AND clock_id = :clock"), values
            )
