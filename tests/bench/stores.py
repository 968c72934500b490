"""Stores of a given size, built when they are first asked for and kept in a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from core.clock import SetClock
from data.sqlite import driver
from data.store import Store
from tests.bench.cases import CASES, make_cases
from tests.bench.weaving import Span, weave
from tests.street import START, small_street

FORMAT = 9
"""Part of a kept store's name: grows when stores are woven differently."""


def store_of(work: Path, tickets: int, span: Span | None = None, name: str = "tickets") -> Path:
    """A store with this many tickets (rounded up to tens) of which nine in ten are open; kept in `work`."""
    path = work / f"{name}-{tickets}-{FORMAT}-{schema_mark()}.db"
    if not path.exists() or _is_past_calm(path):
        remove(path)
        work.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        remove(fresh)
        build(fresh, tickets, int(time.time()), span or Span())
        fresh.rename(path)
        remove(fresh)
    return path


def _is_past_calm(path: Path) -> bool:
    """Whether a kept store is so old that an engine would find work in it."""
    connection = driver().connect(str(path))
    (first,) = connection.execute("SELECT min(next_at) FROM clock_due").fetchone()
    connection.close()
    return first is not None and first <= time.time() + 1800


def build(path: Path, tickets: int, now: int, span: Span) -> None:
    """Make a store at `path` whose present is `now` (epoch seconds)."""
    store = Store(f"sqlite:///{path}", create=True)
    make_cases(small_street(store, SetClock(START)))
    store.close()
    target = driver().connect(str(path), isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
        target.execute(f"PRAGMA {pragma}").fetchall()
    target.execute("BEGIN")
    weave(target, -(-tickets // CASES), now, span)
    target.execute("COMMIT")
    target.execute("PRAGMA journal_mode = WAL").fetchall()
    target.close()


@contextlib.contextmanager
def copy_of(path: Path, name: str) -> Iterator[Path]:
    """A copy to write into, removed afterwards."""
    copy = path.with_name(f"{name}-{os.getpid()}.db")
    remove(copy)
    shutil.copyfile(path, copy)
    descriptor = os.open(copy, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    try:
        yield copy
    finally:
        remove(copy)


def remove(path: Path) -> None:
    """Remove a store with everything beside it."""
    for ending in ("", "-wal", "-shm", "-journal", ".bell", ".turn", ".gate"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def schema_mark() -> str:
    """Tells stores of another schema apart."""
    import hashlib

    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable
    from sqlmodel import SQLModel

    import data.tables  # noqa: F401 - registers the tables

    dialect = sqlite.dialect()
    texts = []
    for table in SQLModel.metadata.sorted_tables:
        texts.append(str(CreateTable(table).compile(dialect=dialect)))
        texts += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:8]
