"""Keeps the checksums of rows (`data.row_sums`) while an embedded store is written.

Plain SQLite cannot hash in a trigger. So temporary triggers of the writing connection note which rows a transaction
touches and what stood in them, and just before the commit each of those is hashed once and its sum written, in the
same transaction. The triggers of a table are made when the connection first writes to it.

What stood in a changed row is held against its sum as well: rot that is written over would otherwise be sealed. Such
a row gets no sum (NULL) and stays a finding of the check. A write is never refused for it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from data.row_sums import (
    MAKE,
    PUT,
    TABLE,
    columns_of,
    has_sums,
    part_of,
    row_sum,
    seal_tables,
    summed_tables,
    texts_as_bytes,
)

_KEPT = "row_sums"
_READING = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "EXPLAIN")
_BACK = "ROLLBACK TO"
_TARGET = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+"
    r"(?:main\.)?\"?(\w+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def create_sums(connection: Connection) -> None:
    """Make the empty table of the sums; only SQLite has one."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(MAKE)


def keep_sums(engine: Engine) -> None:
    """Let each write transaction of this engine keep the sums of the rows that it touches."""

    @event.listens_for(engine, "connect")
    def _made(connection: Any, record: Any) -> None:
        record.info[_KEPT] = _Keeper(connection)

    @event.listens_for(engine, "before_cursor_execute")
    def _execute(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        with _as_of_sqlalchemy(connection):
            _keeper(connection).about_to(statement)

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        with _as_of_sqlalchemy(connection):
            _keeper(connection).settle()

    @event.listens_for(engine, "rollback")
    def _rollback(connection: Connection) -> None:
        # One that was given up, as after an interrupt in the middle of a statement, takes its triggers with it.
        if not connection.invalidated:
            _keeper(connection).forget()


def begin_sums(connection: Connection) -> None:
    """A write transaction has begun: the tables may have changed since this connection's last one."""
    with _as_of_sqlalchemy(connection):
        _keeper(connection).begin()


def pause_sums(connection: Connection) -> None:
    """In this transaction tables are made anew: every table that it names gets its sums anew at the commit."""
    with _as_of_sqlalchemy(connection):
        _keeper(connection).pause()


def _keeper(connection: Connection) -> _Keeper:
    kept: _Keeper = connection.info[_KEPT]
    return kept


@contextlib.contextmanager
def _as_of_sqlalchemy(connection: Connection) -> Iterator[None]:
    """An error of the driver becomes one of SQLAlchemy, as if a statement of the program had met it."""
    base = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance(None, None, error, base, dialect=connection.dialect) from error


class _Keeper:
    """Keeps the sums of one writing connection."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self._savepoint_gone = False
        self._schema = -1
        """SQLite's number of the schema that the triggers were made for; -1 when they must be looked after."""
        self._ours = -1
        """The same number of what we made ourselves. A commit that fails takes it back without a word to us."""
        self._tables: set[str] = set()
        self._columns: dict[str, list[str]] = {}
        self._noting: set[str] = set()
        """The tables that have our triggers."""
        self._touched: set[str] = set()
        self._paused = False

    def begin(self) -> None:
        self._touched.clear()
        self._paused = self._savepoint_gone = False
        found = self.driver.execute("PRAGMA main.schema_version").fetchone()[0]
        if found != self._schema or self._made() != self._ours:
            self._remove()
            self._schema = found
            self._tables = set(summed_tables(self.driver)) if has_sums(self.driver) else set()
            self._columns.clear()

    def pause(self) -> None:
        self._remove()
        self._schema = -1
        self._paused = True

    def about_to(self, statement: str) -> None:
        """Before a statement: see that the rows of the tables are noted that it may write."""
        if statement.startswith(_BACK):
            self._savepoint_gone = True
            return
        if self._savepoint_gone:
            self._look_again()
        found = _TARGET.match(statement)
        if found is not None and not self._paused:
            if found[1] not in self._touched and found[1] in self._tables:
                self._touch(found[1])
        elif not statement[:12].lstrip().upper().startswith(_READING):
            named = set(_WORD.findall(statement))
            if self._paused:
                self._touched |= named
            else:
                for name in named & self._tables - self._touched:
                    self._touch(name)

    def settle(self) -> None:
        """Before the commit: the sums of all rows that were touched."""
        if self._savepoint_gone:
            self._look_again()
        if self._touched:
            with texts_as_bytes(self.driver):
                if not self._paused:
                    for name in sorted(self._touched):
                        self._settle(name)
                elif has_sums(self.driver):
                    named = self._touched
                    seal_tables(self.driver, lambda name: name in named or TABLE in named)
        self._touched.clear()
        self._paused = False

    def forget(self) -> None:
        """After a rollback, which takes back what was done to our triggers as well."""
        self._touched.clear()
        self._noting.clear()
        self._schema = -1
        self._paused = self._savepoint_gone = False

    def _look_again(self) -> None:
        """After a rollback to a savepoint: some of our triggers may be gone."""
        there = {row[0] for row in self.driver.execute("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'")}
        self._noting = {name for name in self._noting if f"sum_u_{name}" in there}
        if not self._paused:
            self._touched &= self._noting
        self._savepoint_gone = False

    def _touch(self, name: str) -> None:
        if name not in self._noting:
            self._columns[name] = columns_of(self.driver, name)
            for statement in _noting(name, self._columns[name]):
                self.driver.execute(statement)
            self._noting.add(name)
            self._ours = self._made()
        self._touched.add(name)

    def _settle(self, name: str) -> None:
        part, width = part_of(name), len(self._columns[name])
        put: list[tuple[int, int, int | None]] = []
        gone: list[tuple[int, int]] = []
        for row, changed, known, there, *values in self.driver.execute(
            f'SELECT n."row", n.changed, s.sum, t._rowid_, n.*, t.* FROM temp."sum_{name}" n'  # noqa: S608
            f' LEFT JOIN main.{TABLE} s ON s.part = {part} AND s."row" = n."row"'
            f' LEFT JOIN main."{name}" t ON t._rowid_ = n."row"'
        ):
            if there is None:
                gone.append((part, row))
            elif changed and known != row_sum(values[2 : 2 + width]):
                put.append((part, row, None))
            else:
                put.append((part, row, row_sum(values[2 + width :])))
        if gone:
            self.driver.executemany(f'DELETE FROM main.{TABLE} WHERE part = ? AND "row" = ?', gone)  # noqa: S608
        if put:
            self.driver.executemany(PUT, put)
        self.driver.execute(f'DELETE FROM temp."sum_{name}"')  # noqa: S608 - a table of ours

    def _remove(self) -> None:
        """Drop what notes rows, if any is there: triggers first."""
        for kind, name in self.driver.execute(
            "SELECT type, name FROM temp.sqlite_schema WHERE substr(name, 1, 4) = 'sum_' ORDER BY type DESC"
        ).fetchall():
            self.driver.execute(f'DROP {kind} temp."{name}"')
        self._noting.clear()
        self._ours = self._made()

    def _made(self) -> int:
        return int(self.driver.execute("PRAGMA temp.schema_version").fetchone()[0])


def _noting(name: str, columns: list[str]) -> Iterator[str]:
    """What notes the rows of a table that are touched; of a row that is changed also what stood in it.

    The columns of the temporary table have no type, so that a value stays what it is. The first note of a row in a
    transaction stands.
    """
    note, once = f'INSERT INTO "sum_{name}"', "ON CONFLICT DO NOTHING;"
    inside = ", ".join(f"c{number}" for number in range(len(columns)))
    old = ", ".join(f'old."{column}"' for column in columns)
    yield f'CREATE TEMP TABLE "sum_{name}" ("row" INTEGER PRIMARY KEY, changed, {inside})'
    for when, row in (("INSERT", "new"), ("DELETE", "old")):
        yield (
            f'CREATE TEMP TRIGGER "sum_{when[0].lower()}_{name}" AFTER {when} ON main."{name}" BEGIN'
            f' {note} ("row") VALUES ({row}._rowid_) {once} END'
        )
    yield (
        f'CREATE TEMP TRIGGER "sum_u_{name}" AFTER UPDATE ON main."{name}" BEGIN'
        f' {note} VALUES (old._rowid_, 1, {old}) {once} {note} ("row") VALUES (new._rowid_) {once} END'
    )
