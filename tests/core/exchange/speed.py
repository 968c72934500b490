"""What an import costs beside writing its rows alone: `python -m tests.core.exchange.speed [FILE MAP] [--rounds N]`.

In interleaved rounds on fresh stores: the import; a raw `executemany` of exactly the rows it made into the same tables,
with the same indexes, durability and chunks; and the sqlite3 shell's `.import` of the ticket rows alone, where it is.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.clock import SetClock
from core.desk.actor import IMPORT
from core.exchange.importing import CHUNK, import_tickets
from core.exchange.maps import load_map
from data.sqlite import driver
from data.store import Store
from tests.core.exchange.made_files import MADE_MAP, write_made
from tests.street import START, small_street

TABLES = ("ticket", "ticket_event", "task", "clock", "custody", "clock_due", "daily_number", "centre_stat")
OF_TICKETS = TABLES[:-2]


def fresh(folder: Path, name: str) -> Store:
    store = Store(f"sqlite:///{folder}/{name}.db", create=True)
    small_street(store)
    return store


def import_once(folder: Path, file: Path, rules: str, number: int) -> tuple[float, float, Path]:
    store = fresh(folder, f"import{number}")
    started, cpu = time.perf_counter(), time.process_time()
    import_tickets(store, SetClock(START), 1, file, load_map(rules), IMPORT)
    spent = time.perf_counter() - started, time.process_time() - cpu
    store.close()
    return *spent, Path(store.path)


def rows_of(path: Path) -> dict[str, list[list[tuple[object, ...]]]]:
    """The rows of each table in the order of their tickets, in as many parts as the import had chunks."""
    connection = driver().connect(path)
    order = {row[0]: place for place, row in enumerate(connection.execute("SELECT id FROM ticket ORDER BY id"))}
    chunks = -(-len(order) // CHUNK)
    found = {}
    for name in TABLES:
        cursor = connection.execute(f"SELECT * FROM {name}")
        columns = [item[0] for item in cursor.description]
        at = columns.index("id" if name == "ticket" else "ticket_id") if name in OF_TICKETS else None
        parts: list[list[tuple[object, ...]]] = [[] for _ in range(chunks)]
        for row in cursor:
            parts[-1 if at is None else order[row[at]] // CHUNK].append(row)
        found[name] = parts
    connection.close()
    return found


def raw_once(folder: Path, rows: dict[str, list[list[tuple[object, ...]]]], number: int) -> tuple[float, float]:
    store = fresh(folder, f"raw{number}")
    store.close()
    connection = driver().connect(store.path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")
    started, cpu = time.perf_counter(), time.process_time()
    for chunk in range(len(rows["ticket"])):
        connection.execute("BEGIN IMMEDIATE")
        for name, parts in rows.items():
            if parts[chunk]:
                marks = ", ".join("?" for _ in parts[chunk][0])
                connection.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", parts[chunk])
        connection.execute("COMMIT")
    spent = time.perf_counter() - started, time.process_time() - cpu
    connection.close()
    return spent


def shell_once(folder: Path, rows: list[tuple[object, ...]], number: int) -> float:
    """Seconds that `.import` takes for the ticket rows, nothing checked and nothing else written."""
    store = fresh(folder, f"shell{number}")
    store.close()
    text = folder / "tickets.csv"
    with text.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    script = f".mode csv\nPRAGMA synchronous = FULL;\n.import {text} ticket\n"
    started = time.perf_counter()
    subprocess.run(["sqlite3", store.path], input=script, text=True, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("map", nargs="?", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, rules = asked.file, asked.map
        if file is None:
            file, map_file = folder / "made.csv", folder / "made.toml"
            write_made(file, asked.rows, seed=1)
            map_file.write_text(MADE_MAP, "utf-8")
            rules = str(map_file)
        measure(folder, file, rules, asked.rounds)


def measure(folder: Path, file: Path, rules: str, rounds: int) -> None:
    *_, path = import_once(folder, file, rules, 0)
    rows = rows_of(path)
    tickets = sum(map(len, rows["ticket"]))
    against: dict[str, list[float]] = {"raw wall": [], "raw cpu": [], ".import wall": []}
    walls = []
    for number in range(1, rounds + 1):
        wall, cpu, _ = import_once(folder, file, rules, number)
        raw_wall, raw_cpu = raw_once(folder, rows, number)
        walls.append(wall)
        against["raw wall"].append(wall / raw_wall)
        against["raw cpu"].append(cpu / raw_cpu)
        if shutil.which("sqlite3"):
            against[".import wall"].append(
                wall / shell_once(folder, [row for part in rows["ticket"] for row in part], number)
            )
    events = sum(map(len, rows["ticket_event"]))
    print(f"{tickets} tickets, {events} events, median {tickets / statistics.median(walls):.0f} tickets/s")
    for label, ratios in against.items():
        if ratios:
            print(f"import / {label}: {statistics.median(ratios):.2f} ({', '.join(f'{r:.2f}' for r in ratios)})")


if __name__ == "__main__":
    sys.exit(main())
