"""The lease: one row per centre that says which engine works, with a fence that grows with each new holder.

Taken and kept by compare-and-set, so it runs unchanged on SQLite, PostgreSQL and a distributed PostgreSQL; an advisory
lock does neither survive a connection pooler nor notice a holder that hangs. Silence is judged by the watcher's own
steady clock: only a beat number that does not move counts, so a wall clock that steps an hour changes nothing.

The lease is for order and speed. What keeps a step from being done twice is the unique key on `ladder_step`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from core.processes import is_gone, own_identity, steady
from data.errors import NotAllowed
from data.store import Store
from data.tables import Lease, table

LEASE = "engine"
TTL = 5.0
"""Seconds without a beat after which another engine takes over."""
ENGINE_VERSION = 1
"""Grows when engines of two releases may not work on one store in turn."""

FROZEN_MS = 10_000

_LEASE = table(Lease)
_BOUND = text("SELECT set_config('idle_in_transaction_session_timeout', :milliseconds, true)")


class LeaseLost(Exception):
    """Another engine has the lease: nothing may be written under the old fence."""


@dataclass(frozen=True)
class Taken:
    """A lease that was just taken."""

    last_beat_at: int | None
    """Wall clock of the last beat before, in epoch seconds; None when there never was one."""
    silence: float | None
    """Seconds since that beat by our own steady clock; None when we did not see it happen."""


class LeaseKeeper:
    """One engine's side of the lease of one centre."""

    def __init__(
        self,
        store: Store,
        centre_id: int,
        *,
        ttl: float = TTL,
        clock: Callable[[], float] = steady,
        holder: str = "",
        version: int = ENGINE_VERSION,
    ) -> None:
        """`ttl` in seconds of the steady `clock`; `holder` names this engine, by default host and process."""
        self.store = store
        self.centre_id = centre_id
        self.ttl = ttl
        self.steady = clock
        self.holder = holder or own_identity()
        self.version = version
        self.fence = 0
        self.held = False
        self.last_beat: tuple[int, float] | None = None
        """Wall and steady clock of our last beat that was written for good; None while we do not lead."""
        self._seen: tuple[int, int] | None = None
        self._seen_at = 0.0
        self._saw_it_move = False

    def may_take(self) -> bool:
        """Look, without a lock, whether the lease is free or its holder silent for long enough.

        Raises NotAllowed when the lease was last held by an engine of a newer version: this one must stand down.
        """
        with self.store.read() as connection:
            row = self._row(connection)
        if row is None:
            return True
        if _number(row.version) > self.version:
            self.held = False
            raise NotAllowed(
                "engine-older",
                f"本机引擎版本 {self.version} 低于数据中的 {row.version}，请升级后再运行。",
                f"This engine (version {self.version}) is older than the store's ({row.version}): upgrade it.",
                version=row.version,
            )
        self._watch(row)
        if not row.holder or _number(row.version) < self.version or is_gone(row.holder):
            return True
        return self.steady() - self._seen_at >= self.ttl

    def take(self, connection: Connection, now: int) -> Taken | None:
        """Take the lease in an open write transaction; None when somebody was quicker. `now` in epoch seconds."""
        bound(connection)
        row = self._row(connection)
        if row is None:
            return Taken(None, None) if self._first(connection, now) else None
        if (row.fence, row.beat_no) != self._seen:
            self._watch(row)
            return None
        values = {**self._beat(now), "holder": self.holder, "version": str(self.version), "cycle": {}}
        fence = connection.execute(
            update(_LEASE)
            .where(
                *self._ours(), _LEASE.c.fence == row.fence, _LEASE.c.beat_no == row.beat_no,
                _LEASE.c.holder == row.holder,
            )
            .values(fence=row.fence + 1, beat_no=row.beat_no + 1, **values)
            .returning(_LEASE.c.fence)
        ).scalar()  # fmt: skip
        if fence is None:
            return None
        self.fence, self.held = int(fence), True
        silence = self.steady() - self._seen_at if self._saw_it_move else None
        return Taken(int(row.beat_at), silence)

    def beat(self, connection: Connection, now: int, cycle: dict[str, Any] | None = None) -> None:
        """Say that we live, and prove by the fence that we may write in this transaction. Raises LeaseLost.

        The row stays locked until the transaction ends, so nobody can take over in the middle of it.
        """
        bound(connection)
        values = self._beat(now) if cycle is None else {**self._beat(now), "cycle": cycle}
        found = connection.execute(
            update(_LEASE)
            .where(*self._ours(), _LEASE.c.holder == self.holder, _LEASE.c.fence == self.fence)
            .values(beat_no=_LEASE.c.beat_no + 1, **values)
            .returning(_LEASE.c.beat_no)
        ).scalar()
        if found is None or not self.held:
            self.forget()
            raise LeaseLost(self.holder)

    def kept(self, now: int) -> None:
        """The transaction of a beat was committed."""
        self.last_beat = (now, self.steady())

    def release(self, now: int) -> None:
        """Give the lease back, so that the next engine need not wait. Nothing happens when we do not hold it."""
        if not self.held:
            return
        self.held, self.last_beat = False, None
        with self.store.write() as connection:
            connection.execute(
                update(_LEASE)
                .where(*self._ours(), _LEASE.c.holder == self.holder, _LEASE.c.fence == self.fence)
                .values(holder="", expires_at=now, beat_at=now, beat_no=_LEASE.c.beat_no + 1)
            )

    def forget(self) -> None:
        """We have been deposed: begin to watch the new holder from scratch."""
        self.held, self.last_beat = False, None
        self._seen, self._saw_it_move = None, False

    def _first(self, connection: Connection, now: int) -> bool:
        """Make the row; False when another engine made it at the same moment."""
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        values = {**self._beat(now), "holder": self.holder, "version": str(self.version), "cycle": {}}
        made = connection.execute(
            insert(_LEASE)
            .values(centre_id=self.centre_id, name=LEASE, fence=1, beat_no=1, **values)
            .on_conflict_do_nothing()
            .returning(_LEASE.c.fence)
        ).scalar()
        if made is None:
            return False
        self.fence, self.held = 1, True
        return True

    def _watch(self, row: Row[Any]) -> None:
        mark = (int(row.fence), int(row.beat_no))
        if mark == self._seen:
            return
        self._saw_it_move = self._seen is not None
        self._seen, self._seen_at = mark, self.steady()

    def _beat(self, now: int) -> dict[str, Any]:
        # `expires_at` is for people who read the row; no rule trusts it.
        return {"beat_at": now, "expires_at": now + int(self.ttl)}

    def _row(self, connection: Connection) -> Row[Any] | None:
        return connection.execute(select(_LEASE).where(*self._ours())).first()

    def _ours(self) -> tuple[Any, Any]:
        return _LEASE.c.centre_id == self.centre_id, _LEASE.c.name == LEASE


def bound(connection: Connection) -> None:
    """Let a server end this transaction when we freeze in the middle of it, so that the centre's lock comes free."""
    if connection.dialect.name == "postgresql":
        connection.execute(_BOUND, {"milliseconds": str(FROZEN_MS)})


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0
