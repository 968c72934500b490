"""The write-ahead log stays small, with an engine and without one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from data.checkpoint import MIB, WAL_LIMIT, WAL_USUAL, checkpoint, wal_size
from data.location import locate
from data.reader import Reader
from data.schema import create_tables
from data.store import Store

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(locate(str(tmp_path / "s.db")), create=True)
    create_tables(store)
    return store


def write(store: Store, mebibytes: int) -> None:
    """One transaction of about this size that leaves the database as it was."""
    with store.write() as connection:
        for number in range(mebibytes):
            values = {"name": f"n{number}", "value": '"' + os.urandom(MIB // 2).hex() + '"'}
            connection.execute(text("INSERT INTO setting (centre_id, name, value) VALUES (1, :name, :value)"), values)
    with store.write() as connection:
        connection.execute(text("DELETE FROM setting WHERE centre_id = 1"))


def test_no_commit_checkpoints_by_itself(store: Store) -> None:
    """An officer's write never pays for it, far beyond SQLite's own thousand pages."""
    write(store, 5)
    first = wal_size(store.path)
    for _ in range(4):
        write(store, 5)
    assert wal_size(store.path) > 4 * first
    store.close()


def test_the_engine_empties_the_log(store: Store) -> None:
    assert checkpoint(store) is None, "nothing to do"
    write(store, 6)
    before = wal_size(store.path)
    done = checkpoint(store)
    assert done is not None
    assert (done.before, done.after, done.busy) == (before, 0, False)
    assert wal_size(store.path) == 0
    store.close()


def test_without_an_engine_the_log_still_has_a_limit(store: Store) -> None:
    """A console that is open all week, and nobody who checkpoints."""
    other = Store(store.url)
    with other.read():
        pass
    largest = 0
    for _ in range(5):
        write(store, 30)
        largest = max(largest, wal_size(store.path))
    assert largest < WAL_LIMIT + 34 * MIB
    other.close()
    store.close()


def test_a_reader_with_an_old_view_delays_it_but_stops_nobody(store: Store) -> None:
    with Reader(store.url) as reader, reader.steady():
        reader.rows("SELECT count(*) FROM setting", fanout=True)
        write(store, 70)
        write(store, 1)
        held = wal_size(store.path)
        assert held > WAL_LIMIT
        done = checkpoint(store)
        assert done is not None
        assert done.busy
    write(store, 20)
    assert wal_size(store.path) < held
    store.close()


def test_the_last_one_to_close_leaves_no_log(store: Store) -> None:
    write(store, 5)
    other = Store(store.url)
    with other.read():
        pass
    store.close()
    assert wal_size(store.path) > 0
    other.close()
    assert not os.path.exists(store.path + "-wal")


def test_what_a_killed_program_left_is_cleared_by_the_next(store: Store) -> None:
    script = (
        "import os, signal, sys; from data.store import Store; from tests.data.test_store_wal import write\n"
        "store = Store(sys.argv[1]); write(store, 6); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    store.close()
    ended = subprocess.run([sys.executable, "-c", script, store.url], cwd=REPOSITORY)
    assert ended.returncode == -signal.SIGKILL
    assert wal_size(store.path) > WAL_USUAL
    again = Store(store.url)
    write(again, 1)
    again.close()
    assert wal_size(store.path) == 0


@pytest.mark.pg
def test_there_is_no_log_to_keep_on_postgresql(postgres_database: str) -> None:
    store = Store(locate(postgres_database), create=True)
    assert checkpoint(store, above=0) is None
    store.close()
