"""Bugs that are planted in the process of a command, so that each class of faults shows what it finds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any


def apply(name: str) -> None:
    """Plant one bug in this process; nothing for an empty name."""
    if name:
        PLANTED[name]()


def _synchronous(how: str) -> Callable[[], None]:
    def plant() -> None:
        import data.engines

        data.engines.PRAGMAS = (f"synchronous = {how}", *data.engines.PRAGMAS[1:])

    return plant


def _late_commit() -> None:
    """Answers are printed first and committed at the end."""
    from data.store import Store

    whole, close = Store.write, Store.close

    def write(self: Any, bell: bool = True) -> Any:
        if not hasattr(self, "late"):
            self.late = contextlib.ExitStack()
            self.late_connection = self.late.enter_context(whole(self, bell))
        return contextlib.nullcontext(self.late_connection)

    def closed(self: Any) -> None:
        if hasattr(self, "late"):
            self.late.close()
        close(self)

    def run(self: Any, work: Callable[[Any], Any], repeatable: bool = False) -> Any:
        with self.write() as connection:
            return work(connection)

    Store.write, Store.run, Store.close = write, run, closed  # type: ignore[method-assign]


def _no_transaction() -> None:
    """Each statement is a transaction of its own."""
    from sqlalchemy import event

    import data.store

    made = vars(data.store)["sqlite_engine"]

    def engine(path: str, reading: bool = False) -> Any:
        found = made(path, reading)

        @event.listens_for(found, "before_cursor_execute", retval=True)
        def _statement(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> Any:
            return ("SELECT 1" if statement == "BEGIN IMMEDIATE" else statement), parameters

        return found

    vars(data.store)["sqlite_engine"] = engine


def _swallowed() -> None:
    """A commit that the disk refuses passes for one that was made."""
    from sqlalchemy.exc import DBAPIError

    from data.store import Store

    whole = Store._transaction

    @contextlib.contextmanager
    def transaction(self: Any, *arguments: Any, **more: Any) -> Any:
        with contextlib.suppress(DBAPIError), whole(self, *arguments, **more) as connection:
            yield connection

    Store._transaction = transaction  # type: ignore[method-assign]


def _forgotten_fence() -> None:
    """An engine that was deposed writes on, and calls the lease its own."""
    from sqlalchemy import update

    from core.engine.lease import LeaseKeeper, LeaseLost
    from data.tables import Lease, table

    beat = LeaseKeeper.beat

    def anyhow(self: Any, connection: Any, now: int, cycle: Any = None) -> None:
        held = self.held
        try:
            beat(self, connection, now, cycle)
        except LeaseLost:
            self.held = held
            lease = table(Lease)
            mine = {"holder": self.holder, "beat_no": lease.c.beat_no + 1}
            connection.execute(update(lease).where(lease.c.centre_id == self.centre_id).values(mine))

    LeaseKeeper.beat = anyhow  # type: ignore[method-assign]


def _small_chunks() -> None:
    """No bug: an import of a few rows in several transactions, as one of thousands has."""
    import core.exchange.importing as importing

    *rest, _chunk, rejects = importing.import_tickets.__defaults__ or ()
    importing.import_tickets.__defaults__ = (*rest, 8, rejects)


def _small_logs() -> None:
    """No bug: each order a transaction, and a write-ahead log that is emptied every few of them."""
    import console.cli.acting
    import data.store

    console.cli.acting.TURN_SECONDS = 0.0
    vars(data.store)["WAL_LIMIT"] = 300_000


PLANTED: dict[str, Callable[[], None]] = {
    "synchronous OFF": _synchronous("OFF"),
    "synchronous NORMAL": _synchronous("NORMAL"),
    "answered before the commit": _late_commit,
    "no transaction": _no_transaction,
    "an error that is swallowed": _swallowed,
    "a fence that is forgotten": _forgotten_fence,
    "small chunks": _small_chunks,
    "small logs": _small_logs,
}
