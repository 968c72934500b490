"""What the tests of the import share: a small street, a file, a run, and what is in the tables afterwards."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from core.accountability.audit import verify
from core.clock import SetClock
from core.desk.actor import IMPORT
from core.engine.auditor import audit
from core.exchange.importing import ImportResult, import_tickets
from core.exchange.maps import ImportMap, load_map, read_map
from data.location import locate
from data.store import Store
from tests.street import START, small_street

RULES: dict[str, Any] = {
    "name": "made",
    "origin": "other",
    "zone": "Asia/Shanghai",
    "dates": ["%Y-%m-%d %H:%M:%S"],
    "fixed": {"source": "hotline"},
    "columns": {
        "external_id": "id",
        "title": "title",
        "body": "text",
        "reported_at": "reported",
        "closed_at": "closed",
        "official_due_at": "due",
    },
    "status": {"column": "state", "values": {"新": "reported", "派": "dispatched", "办": "handling", "结": "archived"}},
    "units": {"column": "unit", "create": "post", "section": "economy"},
}
HEADER = ["id", "title", "text", "reported", "closed", "due", "state", "unit"]


def rules(**changes: Any) -> ImportMap:
    """The rules above with some keys changed; None takes a key away."""
    merged = {name: value for name, value in {**RULES, **changes}.items() if value is not None}
    return read_map(merged, "made.toml")


def row(number: int, **changes: str) -> list[str]:
    """A closed ticket of the other system."""
    values = {
        "id": f"N{number}",
        "title": f"井盖破损{number}",
        "text": "路口井盖破损",
        "reported": "2026-11-01 09:00:00",
        "closed": "2026-11-02 10:00:30",
        "due": "2026-11-03 09:00:00",
        "state": "结",
        "unit": "城市更新岗",
    }
    return [{**values, **changes}[name] for name in HEADER]


OPEN = {"closed": "", "state": "新", "unit": "", "due": ""}


def table_file(
    path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([header, *rows])
    return path


def street(url: str) -> Store:
    store = Store(locate(url), create=True)
    small_street(store)
    return store


def run(store: Store, file: Path, how: ImportMap | str, **options: Any) -> ImportResult:
    """Import at START as the import actor."""
    chosen = load_map(how) if isinstance(how, str) else how
    clock = options.pop("clock", None) or SetClock(START)
    return import_tickets(store, clock, 1, file, chosen, options.pop("actor", IMPORT), **options)


def digest(store: Store) -> str:
    """A hash over every row of every table."""
    found = hashlib.sha256()
    with store.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            rows = sorted(map(repr, connection.execute(select(table), execution_options={"fanout": True}).all()))
            found.update(f"{table.name} {rows}".encode())
    return found.hexdigest()


def sound(store: Store, now: datetime = START) -> bool:
    """Chain, projection, due rows and counters agree, and the engine's auditor misses nothing."""
    with store.read() as connection:
        assert audit(connection, 1, int(now.timestamp())).clean
    with store.reader() as reader:
        found = verify(reader, 1)
    assert found == []
    return True


def rows(store: Store, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with store.reader() as reader:
        return [tuple(line) for line in reader.rows(sql, centre=1, **values)]


def told(store: Store) -> list[tuple[Any, ...]]:
    """Everything that an import says, without the ids and hashes that it draws anew."""
    tickets = rows(
        store,
        "SELECT t.code, t.origin, t.external_id, t.title, t.body, t.stage, t.reported_at, t.completed_at, t.closed_at,"
        " t.official_due_at, t.due_at, t.due_kind, t.on_time, t.open, t.revision, t.source, t.section, h.name, l.name"
        " FROM ticket t LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id"
        " LEFT JOIN unit l ON l.centre_id = t.centre_id AND l.id = t.lead_unit_id WHERE t.centre_id = :centre",
    )
    events = rows(
        store,
        "SELECT t.code, e.seq, e.at, e.kind, e.actor FROM ticket_event e"
        " JOIN ticket t ON t.centre_id = e.centre_id AND t.id = e.ticket_id WHERE e.centre_id = :centre",
    )
    custody = rows(
        store,
        "SELECT t.code, c.no, c.holder, u.name, c.stage, c.from_at, c.to_at FROM custody c"
        " JOIN ticket t ON t.centre_id = c.centre_id AND t.id = c.ticket_id"
        " LEFT JOIN unit u ON u.centre_id = c.centre_id AND u.id = c.unit_id WHERE c.centre_id = :centre",
    )
    clocks = rows(
        store,
        "SELECT t.code, k.kind, k.state, k.budget, k.started_at, k.due_at, k.next_at, k.next_step FROM clock k"
        " JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id WHERE k.centre_id = :centre",
    )
    counts = rows(
        store,
        "SELECT dimension, amount FROM centre_stat WHERE centre_id = :centre AND dimension <> 'open_unit'"
        " AND amount <> 0",
    )
    parts = (tickets, events, custody, clocks, counts)
    # The two kinds of store give truth values as numbers and as booleans.
    return [tuple(sorted(str([int(v) if isinstance(v, bool) else v for v in line]) for line in part)) for part in parts]
