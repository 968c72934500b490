"""A bulk import (read, checked, with events, clocks and custody) against the bare insertion of the same rows."""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from core.clock import SystemClock
from core.desk.actor import IMPORT
from core.exchange.importing import import_tickets
from core.exchange.maps import load_map
from data.sqlite import driver
from data.store import Store
from tests.bench.figures import Figure, Rounds, short
from tests.bench.reports import MAP, write_reports
from tests.bench.run import Run
from tests.bench.stores import copy_of

CENTRE = 1
TABLES = ("ticket", "ticket_event", "task", "clock", "custody")
"""Tables that an import fills, besides the due clocks."""
CHUNK = 10_000
PRAGMAS = ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16000")
"""As the store itself has them."""


@dataclass(frozen=True)
class Cost:
    """Seconds that something took, on the wall and of the processor."""

    wall: float
    cpu: float


def import_file(store: Path, file: Path) -> int:
    """Import a file of made reports; how many tickets it made."""
    opened = Store(f"sqlite:///{store}")
    try:
        return import_tickets(opened, SystemClock(), CENTRE, file, load_map(MAP), IMPORT).created
    finally:
        opened.close()


def measure(run: Run) -> Iterator[Figure]:
    """Imports into each store that may be copied."""
    for size in run.written:
        rounds = Rounds()
        tool = shutil.which("sqlite3")
        with copy_of(run.store(size), "importing") as store:
            for turn in range(max(run.rounds // 2, 1)):
                seed = run.seed + turn
                file = write_reports(
                    run.work / "imports" / f"reports-{run.import_rows}-{seed}.csv", run.import_rows, seed
                )
                for name, cost in _round(run, store, file, tool).items():
                    rounds.add(f"{name} wall", cost.wall)
                    rounds.add(f"{name} cpu", cost.cpu)
        plain = "sqlite3 .import of the tickets alone" if tool else "csv and executemany of the tickets alone"
        for other, baseline, goal in (("rows", "raw executemany of the same rows", None), ("tickets", plain, 1.5)):
            for kind, words in (("wall", "time"), ("cpu", "processor time")):
                names = f"import {kind}", f"{other} {kind}"
                yield Figure(
                    f"importing.{other}.{kind}",
                    f"import of {run.import_rows:,} reports, {words}",
                    baseline,
                    rounds.ratios(*names),
                    goal=goal if kind == "wall" else None,
                    note=rounds.amounts("s", *names)
                    + f"; {short(run.import_rows / min(rounds.readings[names[0]]))} tickets/s",
                    tickets=size,
                )


def _round(run: Run, store: Path, file: Path, tool: str | None) -> dict[str, Cost]:
    """The same file three ways into one store; the later ways write the first one's rows under new ids."""
    before = _marks(store)
    costs = {"import": _cost(lambda: _all_of(import_file(store, file), run.import_rows))}
    rows = {table: _new_rows(store, table, before[table]) for table in TABLES}
    _all_of(len(rows["ticket"]), run.import_rows)
    move = _Move(store)
    moved = {table: [move.row(table, row, 1) for row in found] for table, found in rows.items()}
    moved["clock_due"] = _due_rows(moved["clock"])
    costs["rows"] = _cost(lambda: _insert(store, moved))
    _set_head(store)
    tickets = [move.row("ticket", row, 2) for row in rows["ticket"]]
    bare = file.with_suffix(f".tickets-{os.getpid()}.csv")
    with bare.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows(tickets)
    try:
        costs["tickets"] = _command_line(tool, store, bare) if tool else _cost(lambda: _read_and_insert(store, bare))
    finally:
        bare.unlink()
    return costs


def _all_of(created: int, wanted: int) -> None:
    if created != wanted:
        raise AssertionError(f"{created} of {wanted} reports became tickets")


def _cost(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def _connect(store: Path) -> Any:
    connection = driver().connect(str(store), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _marks(store: Path) -> dict[str, int]:
    """The greatest row number of each table: what comes later is new."""
    connection = _connect(store)
    found = {
        table: connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0] for table in TABLES
    }
    connection.close()
    return found


def _new_rows(store: Path, table: str, mark: int) -> list[tuple[Any, ...]]:
    connection = _connect(store)
    rows = connection.execute(f"SELECT * FROM {table} WHERE rowid > ? ORDER BY rowid", (mark,)).fetchall()
    connection.close()
    return [tuple(row) for row in rows]


def _set_head(store: Path) -> None:
    """Let the chain go on behind the rows that were inserted without the desk."""
    connection = _connect(store)
    connection.execute("UPDATE centre_seq SET chain_no = (SELECT max(id) FROM ticket_event)")
    connection.close()


def _columns(table: str) -> list[str]:
    return [column.name for column in SQLModel.metadata.tables[table].columns]


def _due_rows(clocks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of `clock_due` that belong to clocks."""
    names = _columns("clock")
    centre, number, ticket, state, due = (
        names.index(name) for name in ("centre_id", "id", "ticket_id", "state", "next_at")
    )
    return [
        (row[centre], row[due], row[number], row[ticket])
        for row in clocks
        if row[state] == "running" and row[due] is not None
    ]


class _Move:
    """Gives rows ids, codes and numbers that the store does not have yet, for another way into it."""

    places = {
        "ticket": {"id": "id", "code": "text", "external_id": "text"},
        "ticket_event": {"id": "number", "ticket_id": "id"},
        "task": {"id": "id", "ticket_id": "id"},
        "clock": {"id": "id", "ticket_id": "id", "task_id": "id"},
        "custody": {"ticket_id": "id"},
    }

    step = 1 << 56
    """A year in the time part of an id: further than any import takes."""

    def __init__(self, store: Path) -> None:
        connection = _connect(store)
        (self.events,) = connection.execute("SELECT max(id) FROM ticket_event").fetchone()
        connection.close()

    def row(self, table: str, row: tuple[Any, ...], times: int) -> tuple[Any, ...]:
        """A row moved so many times."""
        moved = list(row)
        names = _columns(table)
        for name, kind in self.places[table].items():
            place = names.index(name)
            if moved[place] is None or moved[place] == "":
                continue
            if kind == "id":
                moved[place] += times * self.step
            elif kind == "number":
                moved[place] += times * self.events
            else:
                moved[place] = f"{moved[place]}~{times}"
        return tuple(moved)


def _insert(store: Path, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Plain executemany into every table, ten thousand tickets' worth of rows per transaction."""
    connection = _connect(store)
    amount = max(len(rows["ticket"]), 1)
    for start in range(0, amount, CHUNK):
        connection.execute("BEGIN IMMEDIATE")
        for table, found in rows.items():
            share = len(found) / amount
            part = found[round(start * share) : round(min(start + CHUNK, amount) * share)]
            if part:
                marks = ", ".join("?" * len(part[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
        connection.execute("COMMIT")
    connection.close()


def _command_line(tool: str, store: Path, file: Path) -> Cost:
    """`sqlite3 STORE '.import --csv FILE ticket'`."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    script = "\n".join([*(f"PRAGMA {pragma};" for pragma in PRAGMAS), f".import --csv {file} ticket", ""])
    ended = subprocess.run([tool, str(store)], input=script, text=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode or "failed" in ended.stderr:
        raise RuntimeError(f"sqlite3 .import failed: {ended.stderr[:300]}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, spent)


def _read_and_insert(store: Path, file: Path) -> None:
    connection = _connect(store)
    connection.execute("BEGIN IMMEDIATE")
    with file.open(newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        first = next(rows)
        statement = f"INSERT INTO ticket VALUES ({', '.join('?' * len(first))})"
        connection.execute(statement, first)
        connection.executemany(statement, rows)
    connection.execute("COMMIT")
    connection.close()
