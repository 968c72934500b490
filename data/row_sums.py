"""A checksum for each row of an embedded store, so that a bit that rots is found.

SQLite's own check sees the structure of a file and what indexes repeat, not what stands in a row. So the table
`row_sum` holds 48 bits of BLAKE2b of each row of each table that has a rowid. `data.row_keeping` writes them,
`data.row_check` holds the rows against them. Not for PostgreSQL, which has checksums of its pages.

Light: no SQLAlchemy here.
"""

from __future__ import annotations

import contextlib
import marshal
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any
from zlib import crc32

TABLE = "row_sum"
MAKE = (
    f'CREATE TABLE {TABLE} (part INTEGER NOT NULL, "row" INTEGER NOT NULL, sum INTEGER, PRIMARY KEY (part, "row"))'
    " WITHOUT ROWID"
)
SCHEMA = "sqlite_schema"
"""The tables' own descriptions are sealed too, as a part of this name."""
PUT = f"INSERT INTO {TABLE} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sum = excluded.sum"  # noqa: S608 - a constant
AT_ONCE = 5_000


def row_sum(values: Sequence[Any]) -> int:
    """48 bits of BLAKE2b over the values of a row, texts as their bytes.

    `marshal` in its version 2, which has not changed since Python 2.5, tells numbers, texts and nothing apart; a test
    holds it to numbers that were written down.
    """
    return int.from_bytes(blake2b(marshal.dumps(tuple(values), 2), digest_size=6).digest(), "big")


def part_of(table: str) -> int:
    """The number of a table among the sums: three bytes in the file. A test shows that no two of ours share one."""
    return crc32(table.encode()) & 0x7FFFFF


def has_sums(driver: Any) -> bool:
    """Whether a store has sums: releases before revision 0026 kept none."""
    return bool(driver.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (TABLE,)).fetchone())


def summed_tables(driver: Any) -> list[str]:
    """The tables whose rows have sums.

    Not those of the search, which SQLite's full-text engine keeps by itself, nor tables without rowids: `clock_due`
    repeats `clock` and is checked against it.
    """
    names = [
        _text(name)
        for _, name, kind, _, without_rowid, _ in driver.execute("PRAGMA main.table_list")
        if _text(kind) == "table" and not without_rowid
    ]
    return [name for name in names if not name.startswith("sqlite_")]


def columns_of(driver: Any, table: str) -> list[str]:
    """The columns of a table in their order."""
    return [_text(row[1]) for row in driver.execute(f'PRAGMA main.table_info("{table}")')]


def seal_tables(driver: Any, changed: Callable[[str], bool]) -> None:
    """Take the sums anew of the tables that `changed` says and of their descriptions; forget those of other tables."""
    tables = summed_tables(driver)
    parts = ", ".join(str(part_of(name)) for name in (*tables, SCHEMA))
    driver.execute(f"DELETE FROM main.{TABLE} WHERE part NOT IN ({parts})")  # noqa: S608 - numbers
    for name in (*filter(changed, tables), SCHEMA):
        _seal(driver, name)


def _seal(driver: Any, name: str) -> None:
    part = part_of(name)
    driver.execute(f"DELETE FROM main.{TABLE} WHERE part = ?", (part,))  # noqa: S608 - a constant
    cursor = driver.execute(f'SELECT _rowid_, * FROM main."{name}" ORDER BY _rowid_')  # noqa: S608 - a table of the file
    while rows := cursor.fetchmany(AT_ONCE):
        driver.executemany(PUT, [(part, row[0], row_sum(row[1:])) for row in rows])


@contextlib.contextmanager
def texts_as_bytes(driver: Any) -> Iterator[None]:
    """As the sums want them; and a text that rotted may be no UTF-8 any more."""
    usual = driver.text_factory
    driver.text_factory = bytes
    try:
        yield
    finally:
        driver.text_factory = usual


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
