"""The writer's side of the store: one short transaction at a time, durable when it returns.

SQLite: WAL, `synchronous=FULL`, foreign keys on, `BEGIN IMMEDIATE` behind a fair turnstile. PostgreSQL: an ordinary
transaction; writers of one centre queue at its `centre_seq` row.
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data.bell import ring
from data.checkpoint import MIB, WAL_LIMIT, checkpoint, wal_size
from data.engines import postgres_engine, sqlite_engine
from data.errors import StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.reader import Reader, identity
from data.revision import NO_TABLE, VERSION_QUERY, require_head
from data.row_keeping import pause_sums
from data.trouble import (
    AGAIN,
    LOST,
    folder_instead,
    foreign,
    missing,
    no_text,
    state_of,
    trouble_code,
    trouble_named,
    trouble_of,
    unwritable,
)
from data.turnstile import TurnstileBusy, turnstile

Result = TypeVar("Result")
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Longest waits before a transaction is tried again; each is drawn between half of it and all of it."""
CREATE_LOCK = 0x5A48_4855


class Store:
    """A store that is open for writing. Safe to share between threads; each write opens its own transaction."""

    def __init__(self, url: str, create: bool = False, any_version: bool = False) -> None:
        """Open the store at a located URL.

        With `create`, an absent or empty one is allowed (its tables are made by data.schema); with `any_version`, one
        of another release is. Raises StoreTrouble for anything that is not a store of this release.
        """
        self.url = url
        self.sqlite = is_sqlite(url)
        self.path = sqlite_path(url) if self.sqlite else ""
        self._open_any = create or any_version
        if self.sqlite:
            _check_file(self.path, create)
            if os.path.getsize(self.path):
                Reader(url, any_version=self._open_any).close()
        self.engine = sqlite_engine(self.path) if self.sqlite else postgres_engine(url)
        self._reading = sqlite_engine(self.path, reading=True) if self.sqlite else self.engine
        self._file = identity(self.path)
        self._tidy_above = WAL_LIMIT
        self._here = threading.local()
        self.saved = 0
        """Transactions that were committed through this object."""
        if not self.sqlite and not self._open_any:
            self._look()

    @contextlib.contextmanager
    def write(self, bell: bool = True) -> Iterator[Connection]:
        """One write transaction: committed at the end, rolled back on any error.

        Without `bell` no console is woken: for the engine's beat, which would wake each of them every second. Raises
        StoreTrouble when the store refuses (disk full, read-only, unreachable, of another release); where the commit
        itself broke off and nobody knows whether it was kept, that is what the trouble says.
        """
        done: list[bool] = []
        with _translated(done), self._transaction(bell=bell) as connection:
            require_head(_version(connection))
            yield connection
            done.append(True)

    def run(self, work: Callable[[Connection], Result], repeatable: bool = False) -> Result:
        """One write transaction that is run again, as a whole, when the database asks for it.

        That is after a lost connection, a deadlock, a serialisation failure or a clash of ids. Where the connection
        breaks during the commit itself, nobody knows whether it was kept: then `work` runs again only if it is
        `repeatable`, which means that it looks for its idempotency key first. Raises StoreTrouble.
        """
        for seconds in (*RETRY_SECONDS, None):
            done: list[Result] = []
            try:
                with self._transaction() as connection:
                    require_head(_version(connection))
                    done.append(work(connection))
                return done[0]
            except DBAPIError as error:
                in_doubt = bool(done) and may_be_kept(error)
                if seconds is None or not _may_succeed(error) or (in_doubt and not repeatable):
                    raise (trouble_named("store-in-doubt") if in_doubt else trouble(error)) from error
            except PoolTimeout as error:
                raise trouble_named("store-busy") from error
            except UnicodeEncodeError as error:
                raise no_text() from error
            time.sleep(seconds * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, guards nothing
        raise AssertionError

    @contextlib.contextmanager
    def change_schema(self) -> Iterator[Connection]:
        """A write transaction that may change tables: whatever revision the store has, and no foreign keys on SQLite.

        SQLite changes a table by making it anew, which must not delete the rows that point to it. Raises StoreTrouble.
        """
        done: list[bool] = []
        with _translated(done), self._transaction(foreign_keys=False) as connection:
            connection.execution_options(fanout=True)
            if self.sqlite:
                pause_sums(connection)
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CREATE_LOCK})
            yield connection
            if self.sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise StoreTrouble(
                    "store-broken-links",
                    f"数据表之间的引用有误，未作更改：{broken[:3]}",
                    f"Rows point to rows that are not there; nothing was changed: {broken[:3]}",
                )
            done.append(True)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction through SQLAlchemy: a steady view that takes no lock and cannot write."""
        with _translated(), self._reading.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def reader(self) -> Reader:
        """A new read connection."""
        return Reader(self.url, any_version=self._open_any)

    def close(self) -> None:
        """Close all connections. On SQLite, the last one of all processes empties the write-ahead log."""
        self._reading.dispose()
        self.engine.dispose()

    @contextlib.contextmanager
    def _transaction(self, foreign_keys: bool = True, bell: bool = True) -> Iterator[Connection]:
        if getattr(self._here, "writing", False):
            raise RuntimeError("a write transaction is open in this thread already")
        self._here.writing = True
        try:
            with contextlib.ExitStack() as stack:
                if self.sqlite:
                    self._take_turn(stack)
                connection = stack.enter_context(self.engine.connect())
                if self.sqlite and not foreign_keys:
                    stack.enter_context(_without_foreign_keys(connection))
                with connection.begin():
                    yield connection
            self.saved += 1
        finally:
            self._here.writing = False
        if self.sqlite:
            if bell:
                ring(self.path)
            self._tidy()

    def _take_turn(self, stack: contextlib.ExitStack) -> None:
        """Wait for the write place, and make sure that the file is still the one that was opened."""
        try:
            stack.enter_context(turnstile(self.path))
        except TurnstileBusy as error:
            raise trouble_named("store-busy") from error
        except OSError as error:
            raise (unwritable(self.path, error) if os.path.exists(self.path) else missing(self.path)) from error
        found = identity(self.path)
        if found == self._file:
            return
        if found is None:
            raise missing(self.path)
        self.close()
        Reader(self.url, any_version=self._open_any).close()
        self._file = found

    def _tidy(self) -> None:
        """Empty the write-ahead log when no engine does; a failure is left to the next write, this one is saved."""
        size = wal_size(self.path)
        if size <= self._tidy_above:
            return
        with contextlib.suppress(StoreTrouble):
            done = checkpoint(self, above=WAL_LIMIT)
            emptied = done is None or done.after <= WAL_LIMIT
            self._tidy_above = WAL_LIMIT if emptied else size + 16 * MIB

    def _look(self) -> None:
        with _translated(), self.engine.connect() as connection:
            require_head(_version(connection))


def lock_centre(connection: Connection, centre_id: int) -> None:
    """Queue behind the other writers of a centre (PostgreSQL; SQLite has one writer anyhow)."""
    if connection.dialect.name != "sqlite":
        connection.execute(
            text("SELECT chain_no FROM centre_seq WHERE centre_id = :centre FOR UPDATE"), {"centre": centre_id}
        )


def trouble(error: DBAPIError) -> StoreTrouble:
    """What a database error means to the user."""
    if not trouble_code(error.orig) and _is_lost(error):
        if error.statement is None:
            return StoreTrouble("store-open", f"无法连接数据库：{error.orig}", f"Cannot connect: {error.orig}")
        return trouble_named("store-lost")
    return trouble_of(error.orig)


@contextlib.contextmanager
def _translated(done: Sequence[bool] = ()) -> Iterator[None]:
    """Errors of the database as troubles; what comes after all is `done` comes out of the commit."""
    try:
        yield
    except DBAPIError as error:
        in_doubt = bool(done) and may_be_kept(error)
        raise (trouble_named("store-in-doubt") if in_doubt else trouble(error)) from error
    except PoolTimeout as error:
        raise trouble_named("store-busy") from error
    except UnicodeEncodeError as error:
        raise no_text() from error


@contextlib.contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """The pragma does nothing inside a transaction, so it goes to the driver before one begins."""
    driver_connection = connection.connection.driver_connection
    assert driver_connection is not None
    driver_connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver_connection.execute("PRAGMA foreign_keys = ON")


def _version(connection: Connection) -> str | None:
    try:
        return str(connection.exec_driver_sql(VERSION_QUERY).scalar_one())
    except DBAPIError as error:
        if any(sign in str(error.orig) for sign in NO_TABLE):
            return None
        raise


def may_be_kept(error: DBAPIError) -> bool:
    """Whether a commit that failed may be in the store all the same: not where the disk had no room for it."""
    return _is_lost(error) and trouble_code(error.orig) in ("", "store-lost", "store-io")


def _is_lost(error: DBAPIError) -> bool:
    """Whether the connection broke or could not be made."""
    state = state_of(error.orig)
    return state in LOST or error.connection_invalidated or (isinstance(error, OperationalError) and not state)


def _may_succeed(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is run again."""
    if error.orig is None or type(error.orig).__module__.startswith("psycopg"):
        code = trouble_code(error.orig)
        if state_of(error.orig) in AGAIN or (_is_lost(error) and code in ("", "store-lost")):
            return True
    return isinstance(error, IntegrityError) and _clash_of_ids(error)


def _clash_of_ids(error: IntegrityError) -> bool:
    """Ids are drawn by the application; the primary key catches the rare clash."""
    message = str(error.orig)
    if "UNIQUE constraint failed" in message:
        return message.endswith(".id") and ".centre_id, " in message
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
    return str(name).endswith("_pkey")


def _check_file(path: str, create: bool) -> None:
    """See that a file is there; with `create`, make an empty one that nobody else may read."""
    if os.path.isdir(path):
        raise folder_instead(path)
    if os.path.exists(path):
        if not create and not os.path.getsize(path):
            raise foreign(path)
        return
    if not create:
        raise missing(path)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreTrouble(
            "store-folder",
            f"无法在 {os.path.dirname(path)} 建立数据文件：{error.strerror}",
            f"Cannot make a store in {os.path.dirname(path)}: {error.strerror}",
            path=path,
        ) from error
