"""Sessions whose process is gone, killed or cut off with its machine: ended, on record."""

from __future__ import annotations

from collections.abc import Callable

from core.desk.actor import ENGINE
from core.engine.lease import LeaseKeeper
from core.identity.sessions import end_gone, live_sessions
from data.store import Store

EVERY = 60.0
"""Seconds between two looks."""


class Departures:
    """Looks now and then whether the processes of the sessions are there."""

    def __init__(self, store: Store, lease: LeaseKeeper, steady_clock: Callable[[], float]) -> None:
        self._store, self._lease, self._steady = store, lease, steady_clock
        self._next = steady_clock()

    def follow(self, now: int) -> int:
        """End what is gone; gives how many. Raises LeaseLost, and StoreTrouble when the store refuses."""
        if self._steady() < self._next:
            return 0
        self._next = self._steady() + EVERY
        centre = self._lease.centre_id
        with self._store.read() as connection:
            if not any(session.gone for session in live_sessions(connection, centre, now)):
                return 0
        with self._store.write() as connection:
            self._lease.beat(connection, now)
            ended = end_gone(connection, centre, now, ENGINE)
        self._lease.kept(now)
        return ended
