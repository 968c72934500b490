"""Holds the rows of an embedded store against their checksums (`data.row_sums`), and names those that differ.

Officers may write meanwhile: rows and their sums are read a part at a time, each part in one view, and no view is
held for long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from data.row_sums import SCHEMA, TABLE, columns_of, has_sums, part_of, row_sum, summed_tables, texts_as_bytes
from data.snapshot import opened

AT_ONCE = 10_000
SHOWN_SIGNS = 40


@dataclass(frozen=True)
class Rotten:
    """A row that is not what was written: `how` is changed, overwritten, missing, unknown or unreadable.

    `overwritten`: it was found changed when it was last written. `missing`: its sum is there, the row is not.
    `unknown`: the row is there without a sum. `row` is the rowid, `key` what stands in its primary key.
    """

    table: str
    row: int
    key: str
    how: str

    def __str__(self) -> str:
        return f"{self.table} {self.key or f'#{self.row}'} ({self.how})"


def rotten_rows(driver: Any) -> Iterator[Rotten]:
    """Every row that differs from its sum; none in a store of a release that kept no sums.

    `driver` is a plain connection. Raises the driver's error where the file is so damaged that it cannot be read.
    """
    with texts_as_bytes(driver):
        if not has_sums(driver):
            return
        tables = [*summed_tables(driver), SCHEMA]
        for name in tables:
            yield from _of_table(driver, name)
        known = ", ".join(str(part_of(name)) for name in tables)
        for part, row in driver.execute(
            f'SELECT part, "row" FROM {TABLE} WHERE part NOT IN ({known}) LIMIT {AT_ONCE}'  # noqa: S608 - numbers
        ).fetchall():
            yield Rotten(TABLE, row, f"{part}/{row}", "missing")


def rotten_in(path: str, limit: int) -> list[Rotten]:
    """The first rows of a file that differ from their sums. Raises StoreTrouble."""
    with opened(path, "ro") as connection:
        return list(islice(rotten_rows(connection), limit))


def same_sums(path: str, other: str) -> bool:
    """Whether two files hold the same checksums for the same rows. Raises StoreTrouble."""
    with opened(path, "ro") as connection, opened(other, "ro") as another:
        if not has_sums(connection):
            return not has_sums(another)
        query = f'SELECT part, "row", sum FROM {TABLE} ORDER BY part, "row"'  # noqa: S608 - a constant
        one, two = connection.execute(query), another.execute(query)
        while rows := one.fetchmany(AT_ONCE):
            if rows != two.fetchmany(AT_ONCE):
                return False
        return two.fetchone() is None


def _of_table(driver: Any, name: str) -> Iterator[Rotten]:
    part, columns = part_of(name), columns_of(driver, name)
    keys = [at for at, row in enumerate(driver.execute(f'PRAGMA main.table_info("{name}")').fetchall()) if row[5]]
    blobs = " + ".join(f"(typeof(t.\"{column}\") = 'blob')" for column in columns)
    query = (
        f'SELECT t._rowid_, s.sum, s."row" IS NULL, {blobs}, t.* FROM main."{name}" t'  # noqa: S608 - names of the file
        f' LEFT JOIN main.{TABLE} s ON s.part = {part} AND s."row" = t._rowid_'
        f" WHERE t._rowid_ > ? ORDER BY t._rowid_ LIMIT {AT_ONCE}"
    )
    after = -(1 << 63)
    while rows := driver.execute(query, (after,)).fetchall():
        after = rows[-1][0]
        for row, known, bare, blob, *values in rows:
            # No column of ours holds bytes: a text that says so has lost a bit of its type.
            if blob or known != row_sum(values):
                how = "unknown" if bare else "overwritten" if known is None else "changed"
                yield Rotten(name, row, "/".join(_shown(values[at]) for at in keys), how)
    for (row,) in driver.execute(
        f'SELECT s."row" FROM main.{TABLE} s WHERE s.part = {part}'  # noqa: S608 - names of the file
        f' AND NOT EXISTS (SELECT 1 FROM main."{name}" t WHERE t._rowid_ = s."row")'
        f" LIMIT {AT_ONCE}"
    ).fetchall():
        yield Rotten(name, row, "", "missing")


def _shown(value: Any) -> str:
    """A value of a key, which may be rotten itself."""
    plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return plain[:SHOWN_SIGNS] if plain.isprintable() else ascii(plain)[1 : SHOWN_SIGNS + 1]
