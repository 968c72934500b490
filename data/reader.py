"""Reading with plain SQL: queue pages, lists, reports. Light on purpose: scripts call it in loops.

A reader never writes: on SQLite the connection is `query_only`, on PostgreSQL the session is read-only. Every
statement names its centre (`centre_id = :centre`) or says that it fans out over all centres; this keeps the same
statements right on a database distributed by centre.
"""

from __future__ import annotations

import os
from _thread import RLock  # without the module around it, which scripts would load for this alone

from data.errors import StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.revision import require_current
from data.sqlite import WHEELS, driver

# Names for the type checker only: the modules behind them cost a script a tenth of its time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from data.queries.scoping import Scoping

APPLICATION_ID = 0x5A48_4855
"""Marks a SQLite file as a store of this product (the letters ZHHU)."""


CONNECT_SECONDS = 10
"""How long a PostgreSQL server is waited for, unless the URL says otherwise."""
CLOSE_SECONDS = 3
"""How long a statement that was told to stop is waited for."""
GUARDED = bool(os.environ.get("ZHIHUI_GUARD"))


class Reader:
    """One read connection. One thread reads with it; any may close it."""

    def __init__(self, url: str, any_version: bool = False) -> None:
        """Open the store for reading.

        Raises StoreTrouble when it is missing, is something else, or is of another release (unless `any_version`).
        """
        self.url = url
        self._reading = RLock()
        """Held while a statement runs: a connection that is closed under one takes the whole process with it."""
        self.scoping: Scoping | None = None
        """What the officer who reads may see; None for the program's own work, such as the audit's."""
        self.sqlite = is_sqlite(url)
        self._path = sqlite_path(url) if self.sqlite else ""
        self._reopened = 0
        self._connection: Any = self._open()
        self._any_version = any_version
        if not any_version:
            try:
                require_current(self)
            except StoreTrouble:
                self.close()
                raise

    def rows(self, sql: str, fanout: bool = False, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a SELECT with `:name` parameters, pinned to `:centre` or else `fanout`.

        Raises StoreTrouble when the store fails, ValueError for a statement that is not pinned.
        """
        with self._reading:
            found: list[tuple[Any, ...]] = self._execute(sql, fanout, values).fetchall()
        return found

    def bare_rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """The same without a look at what the officer may see: for what shows nothing of a ticket."""
        kept, self.scoping = self.scoping, None
        try:
            return self.rows(sql, **values)
        finally:
            self.scoping = kept

    def one(self, sql: str, fanout: bool = False, **values: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT, or None."""
        found = self.rows(sql, fanout, **values)
        return found[0] if found else None

    def columns(self, sql: str, fanout: bool = False, **values: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a SELECT."""
        with self._reading:
            cursor = self._execute(sql, fanout, values)
            return [item[0] for item in cursor.description], cursor.fetchall()

    def steady(self) -> contextlib.AbstractContextManager[None]:
        """Everything read inside sees the store at one instant. Keep it short: it holds the write-ahead log."""
        import contextlib

        @contextlib.contextmanager
        def view() -> Iterator[None]:
            begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            with self._reading:
                self._connection.execute(begin)
                try:
                    yield
                finally:
                    self._connection.execute("ROLLBACK")

        return view()

    def change_mark(self) -> int:
        """A number that differs after another connection has written (SQLite); always 0 on PostgreSQL.

        A file that was put in the place of the one that was opened is opened instead. Raises StoreTrouble.
        """
        if not self.sqlite:
            return 0
        with self._reading:
            if identity(self._path) != self._file:
                fresh = self._open()
                self.close()
                self._connection = fresh
                self._reopened += 1
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0]) + (self._reopened << 40)

    def close(self) -> None:
        """Give the connection back. A statement of another thread is told to stop; one that does not keeps it."""
        if not self._reading.acquire(blocking=False):
            self._stop_statement()
            if not self._reading.acquire(timeout=CLOSE_SECONDS):
                return
        try:
            self._connection.close()
        finally:
            self._reading.release()

    def _stop_statement(self) -> None:
        if self.sqlite:
            self._connection.interrupt()
        else:
            self._connection.cancel()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self) -> Any:
        if not self.sqlite:
            return _open_postgres(self.url)
        file = identity(self._path)
        connection = _open_sqlite(self._path)
        self._file = file
        return connection

    def _execute(self, sql: str, fanout: bool, values: Mapping[str, Any]) -> Any:
        if not fanout:
            _require_pin(sql, values)
        if self.scoping is not None:
            sql, values = self.scoping.applied(self, sql, values)
        statement = sql if self.sqlite else _psycopg_style(sql)
        try:
            return self._connection.execute(statement, values)
        except UnicodeEncodeError as error:
            from data.trouble import no_text

            raise no_text() from error
        except Exception as error:
            if type(error).__module__.split(".")[0] not in ("sqlite3", *WHEELS, "psycopg"):
                raise
            if not self.sqlite and self._connection.closed:
                return self._once_more(statement, values)
            raise _unread(error) from error

    def _once_more(self, statement: str, values: Mapping[str, Any]) -> Any:
        """The server went away (a restart, a change of leader): a reader may simply ask again."""
        import psycopg

        self._connection = self._open()
        try:
            return self._connection.execute(statement, values)
        except psycopg.Error as error:
            raise _unread(error) from error


def identity(path: str) -> tuple[int, int] | None:
    """Device and inode of a file: whether a path still leads to the file that was opened. None when it is gone."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def expand(name: str, items: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The text `:name0, :name1 …` for an IN list with its values; `NULL` for an empty list."""
    values = {f"{name}{number}": item for number, item in enumerate(items)}
    return ", ".join(f":{key}" for key in values) or "NULL", values


def _psycopg_style(sql: str) -> str:
    """`:name` → `%(name)s`; a literal per cent sign is doubled and `::type` casts are left alone."""
    import re

    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


def _require_pin(sql: str, values: Mapping[str, Any]) -> None:
    """Every statement names its centre. The whole check is for tests; scripts get the one that costs nothing."""
    if "centre" in values and "centre_id" in sql and not GUARDED:
        return
    from data.pinning import unpinned

    if "centre" not in values or unpinned(sql):
        raise ValueError(f"a statement must be pinned to a centre: {sql[:80]}")


def _unread(error: Exception) -> StoreTrouble:
    from data.trouble import trouble_code, trouble_named

    code = trouble_code(error)
    if code in ("store-damaged", "store-lost", "store-login", "store-no-database"):
        return trouble_named(code)
    return StoreTrouble("store-read", f"读取数据失败：{error}", f"Reading the store failed: {error}")


def _open_sqlite(path: str) -> Any:
    """A connection that cannot write. A file that may not be written can still be read."""
    if not os.path.isfile(path):
        from data.trouble import folder_instead, missing

        raise folder_instead(path) if os.path.isdir(path) else missing(path)
    module = driver()
    for mode in ("rw", "ro"):
        connection = None
        try:
            connection = module.connect(
                f"file:{_quoted(path)}?mode={mode}",
                uri=True,
                isolation_level=None,
                timeout=10,
                check_same_thread=False,
            )
            connection.execute("PRAGMA query_only = ON")
            if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
                return connection
            raise module.DatabaseError("file is not a database")
        except module.DatabaseError as error:
            if connection is not None:
                connection.close()
            from data.trouble import foreign, trouble_code, trouble_named, unopened

            if not isinstance(error, module.OperationalError):
                raise foreign(path) from error
            if trouble_code(error) == "store-busy":
                raise trouble_named("store-busy") from error
            if mode == "ro":
                raise unopened(path, error) from error
    raise AssertionError


def postgres_options(url: str) -> tuple[str, dict[str, Any]]:
    """An address without what the driver takes by itself, and that.

    `prepare_threshold=none` in the address turns prepared statements off, for PgBouncer older than 1.21.
    """
    place, _, query = url.partition("?")
    given: dict[str, Any] = {}
    kept = []
    for option in filter(None, query.split("&")):
        name, _, value = option.partition("=")
        if name == "prepare_threshold":
            given[name] = int(value) if value.isdigit() else None
        else:
            kept.append(option)
    if "connect_timeout" not in query:
        given["connect_timeout"] = CONNECT_SECONDS
    return place + ("?" + "&".join(kept) if kept else ""), given


def _open_postgres(url: str) -> Any:
    import psycopg

    address, given = postgres_options(url.replace("postgresql+psycopg://", "postgresql://"))
    try:
        connection = psycopg.connect(address, autocommit=True, **given)
        connection.execute("SET default_transaction_read_only = on")
    except psycopg.Error as error:
        from data.trouble import trouble_code, trouble_named

        if code := trouble_code(error):
            raise trouble_named(code) from error
        raise StoreTrouble("store-open", f"无法连接数据库：{error}", f"Cannot connect: {error}") from error
    return connection


def _quoted(path: str) -> str:
    """A path inside a `file:` address; everything but these signs may stand as it is."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
