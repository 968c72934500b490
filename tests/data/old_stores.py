"""Stores of every released schema with rows in every table, upgrades of them that are killed, and what may differ.

The oldest is made by its revision and filled; each further one is what the next real revision made of it, with rows in
the tables that are new in it. The long form kills an upgrade from the first schema at each of its statements:
`python -m tests.data.old_stores --every 1`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Table, event, insert, inspect
from sqlalchemy import column as lightweight_column
from sqlalchemy import table as lightweight
from sqlalchemy.engine import Engine
from sqlalchemy.types import JSON

from data.errors import StoreTrouble
from data.location import locate
from data.maintenance import check
from data.revision import HEAD, REVISIONS, VERSION_TABLE
from data.schema import migrate, upgrade
from data.snapshot import SIDE_FILES, opened
from data.store import Store
from data.transfer import parents_first
from tests.data.test_store_parity import run

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]

ALLOWED = {
    ("centre_seq", "organisation_no"): "0025 chains the changes of the organisation, 0027 adds one",
    ("centre_seq", "organisation_hash"): "0027 adds an entry to the changes of the organisation",
}
"""Where an upgrade changes what stood in a column: why."""


# ------------------------------------------------------------------------------------------------ making


def make_full(path: Path) -> None:
    """A store of this release: a street in which much has happened, and at least one row in every table."""
    run(locate(str(path)))
    store = Store(locate(str(path)))
    with store.write() as connection:
        for table in parents_first():
            if connection.execute(table.select().execution_options(fanout=True).limit(1)).first() is None:
                connection.execute(insert(table), _row_for(connection, table))
    store.close()


def _row_for(connection: Connection, table: Table) -> dict[str, Any]:
    """A row whose links lead to rows that are there."""
    row = {column.name: _value_for(column) for column in table.columns}
    for link in table.foreign_key_constraints:
        parent = (
            connection.execute(link.referred_table.select().execution_options(fanout=True).limit(1)).mappings().one()
        )
        row |= {element.parent.name: parent[element.column.name] for element in link.elements}
    return row


def _value_for(column: Column[Any]) -> Any:
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return 1
    if isinstance(column.type, JSON):
        return [f"{column.name} 事"]
    return f"{column.name} 事"[: getattr(column.type, "length", None) or 40]


def make_all(folder: Path) -> dict[str, Path]:
    """A store of each released schema before this one, by its revision."""
    full, growing = folder / "full.db", folder / "growing.db"
    make_full(full)
    today = Store(locate(str(full)))
    store = Store(locate(str(growing)), create=True)
    made: dict[str, Path] = {}
    filled: set[str] = set()
    for revision in REVISIONS[:-1]:
        with store.change_schema() as connection:
            migrate(connection, revision)
            filled |= _fill(connection, today, filled)
        store.close()
        made[revision] = Path(shutil.copyfile(growing, folder / f"{revision}.db"))
    today.close()
    return made


def _fill(connection: Connection, today: Store, filled: set[str]) -> set[str]:
    """Put today's rows into the tables that are there now and were not before, as far as their columns are."""
    there = set(inspect(connection).get_table_names())
    new = [table for table in parents_first() if table.name in there - filled]
    with today.read() as rows:
        for table in new:
            then = {one["name"] for one in inspect(connection).get_columns(table.name)}
            columns = [column for column in table.columns if column.name in then]
            found = rows.execute(table.select().execution_options(fanout=True)).mappings()
            lines = [{column.name: row[column.name] for column in columns} for row in found]
            is_empty = connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first() is None
            if lines and is_empty:
                plain = lightweight(table.name, *(lightweight_column(one.name, one.type) for one in columns))
                connection.execute(insert(plain), lines)
    return {table.name for table in new}


# ------------------------------------------------------------------------------------------------ comparing


def rows_of(path: Path) -> Rows:
    """Every row of every table of ours, by its primary key."""
    found: Rows = {}
    with opened(str(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name.startswith(("sqlite_", "search_", "row_sum")) or name == VERSION_TABLE:
                continue
            described = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
            columns = [row[1] for row in described]
            keys = [row[1] for row in sorted(described, key=lambda row: row[5]) if row[5]]
            lines = [dict(zip(columns, row, strict=True)) for row in connection.execute(f'SELECT * FROM "{name}"')]
            found[name] = {tuple(line[key] for key in keys or columns): line for line in lines}
    return found


def differences(before: Rows, after: Rows) -> set[tuple[str, str]]:
    """(table, column) of each value that an upgrade changed; the column is `row` for rows that went."""
    found = set()
    for name, lines in before.items():
        for key, line in lines.items():
            now = after.get(name, {}).get(key)
            if now is None:
                found.add((name, "row"))
                continue
            found |= {(name, column) for column, value in line.items() if now.get(column, value) != value}
            found |= {(name, column) for column in line if column not in now}
    return found


# ------------------------------------------------------------------------------------------------ killing


def version_of(path: Path) -> str:
    """The revision that a store has."""
    with opened(str(path)) as connection:
        return str(connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0])


def killed_upgrade(source: Path, target: Path, number: int, no_copy: bool) -> bool:
    """Upgrade a copy of a store in a process that is killed before its statement `number`; whether it was."""
    for end in ("", *SIDE_FILES):
        Path(f"{target}{end}").unlink(missing_ok=True)
    shutil.copyfile(source, target)
    child = os.fork()
    if not child:
        _upgrade_and_die(target, number, no_copy)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the upgrade ended with {code}")
    return code != 0


def _upgrade_and_die(path: Path, number: int, no_copy: bool) -> None:
    """In a child of its own: never comes back."""
    left = [number]

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_: Any) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        upgrade(locate(str(path)), no_copy)
    except BaseException:  # noqa: BLE001 - told by the exit code
        os._exit(9)
    os._exit(0)


def statements(source: Path, folder: Path) -> int:
    """How many statements the upgrade of a store takes."""
    target = folder / "counted.db"
    shutil.copyfile(source, target)
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        upgrade(locate(str(target)), no_copy=True)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return seen[0]


def try_kills(source: Path, folder: Path, numbers: list[int]) -> Iterator[str]:
    """Kill an upgrade before each of these statements, go on, and say what is wrong."""
    before, old, target = rows_of(source), version_of(source), folder / "killed.db"
    for turn, number in enumerate(numbers):
        if not killed_upgrade(source, target, number, no_copy=turn % 4 != 0):
            yield f"{number}: not killed"
        try:
            if version_of(target) != old or differences(before, rows_of(target)):
                yield f"{number}: the store is not the old one"
            upgrade(locate(str(target)), no_copy=True)
        except StoreTrouble as trouble:
            yield f"{number}: {trouble.en}"
            continue
        yield from (f"{number}: {one}" for one in faults(before, target))


def faults(before: Rows, path: Path) -> list[str]:
    """What is wrong with a store after its upgrade."""
    found = [] if version_of(path) == HEAD else [f"it has schema {version_of(path)}"]
    found += [f"{name}.{column} changed" for name, column in differences(before, rows_of(path)) - ALLOWED.keys()]
    looked = ("integrity", "links", "rows", "search")
    return found + [one.en for one in check(locate(str(path))) if one.level == "bad" and one.code in looked]


def main() -> int:
    """Kill upgrades from the first schema at every so many statements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--from", dest="revision", choices=REVISIONS[:-1], default=REVISIONS[0])
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = make_all(folder)[asked.revision]
        amount = statements(source, folder)
        numbers = list(range(1, amount + 1, asked.every))
        wrong = list(try_kills(source, folder, numbers))
    print(f"{len(numbers)} kills among {amount} statements from {asked.revision} to {HEAD}, {len(wrong)} wrong")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
