"""Rows from one open store to another, table by table, held against each other afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from data.errors import StoreTrouble
from data.search_index import empty_index

CHUNK = 1000
Row = dict[str, Any]


def transfer(source: Connection, target: Connection) -> dict[str, int]:
    """Copy every row into tables that are empty, and compare count and checksum; returns the counts.

    The search index is of the engine: the target's is empty afterwards, and fills again.

    Raises StoreTrouble when a table differs afterwards.
    """
    counts: dict[str, int] = {}
    for table in parents_first():
        sums = 0
        counts[table.name] = 0
        rows = _rows(source, table)
        while chunk := list(islice(rows, CHUNK)):
            target.execute(insert(table), chunk)
            sums = (sums + _checksum(chunk)) % 2**64
            counts[table.name] += len(chunk)
        if (counts[table.name], sums) != _measure(target, table):
            raise StoreTrouble(
                "copy-differs",
                f"数据表 {table.name} 复制后核对不一致，未作更改。",
                f"Table {table.name} differs after copying; nothing was changed.",
                table=table.name,
            )
    empty_index(target)
    return counts


def empty(target: Connection) -> None:
    """Remove every row, children before parents."""
    for table in reversed(parents_first()):
        target.execute(delete(table).execution_options(fanout=True))
    empty_index(target)


def parents_first() -> list[Table]:
    """The tables in an order in which no row comes before the one that it points to.

    SQLAlchemy's own order leaves out foreign keys that are added by ALTER TABLE, and ours all are.
    """
    ordered: list[Table] = []

    def take(table: Table) -> None:
        for link in sorted(table.foreign_key_constraints, key=lambda link: str(link.name)):
            take(link.referred_table)
        if table not in ordered:
            ordered.append(table)

    for name in sorted(SQLModel.metadata.tables):
        take(SQLModel.metadata.tables[name])
    return ordered


def is_empty(connection: Connection) -> bool:
    """Whether the store has no centre yet."""
    centre = SQLModel.metadata.tables["centre"]
    return not connection.execute(select(func.count()).select_from(centre)).scalar_one()


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    query = select(table).execution_options(fanout=True, yield_per=CHUNK)
    for row in connection.execute(query).mappings():
        yield dict(row)


def _measure(connection: Connection, table: Table) -> tuple[int, int]:
    count, sums = 0, 0
    rows = _rows(connection, table)
    while chunk := list(islice(rows, CHUNK)):
        count += len(chunk)
        sums = (sums + _checksum(chunk)) % 2**64
    return count, sums


def _checksum(rows: list[Row]) -> int:
    """A sum, so that the order in which a database hands out its rows does not matter."""
    total = 0
    for row in rows:
        plain = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        total += int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return total % 2**64
