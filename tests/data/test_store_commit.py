"""A commit that the disk refuses: what is said about it is true."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import OperationalError

from data.errors import StoreTrouble
from data.location import locate
from data.schema import create_tables
from data.sqlite import driver
from data.store import Store, may_be_kept
from data.tables import Setting, table


def _write(connection: Connection) -> None:
    connection.execute(insert(table(Setting)), {"centre_id": 1, "name": "a", "value": {}})


@contextmanager
def _no_writes_behind(size: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def _by_hand(store: Store) -> None:
    with store.write() as connection:
        _write(connection)


@pytest.mark.parametrize("way", [lambda store: store.run(_write), _by_hand], ids=["run", "write"])
def test_a_disk_that_fails_at_the_commit_leaves_doubt_and_is_named(
    way: Callable[[Store], None], sqlite_database: str
) -> None:
    store = Store(locate(sqlite_database), create=True)
    create_tables(store)
    with (
        _no_writes_behind(os.path.getsize(store.path + "-wal") + 100),
        pytest.raises(StoreTrouble) as caught,
    ):
        way(store)
    assert caught.value.code == "store-in-doubt"
    assert "disk" in caught.value.en
    store.run(_write)
    with store.reader() as reader:
        assert len(reader.rows("SELECT name FROM setting WHERE centre_id = :centre", centre=1)) == 1
    store.close()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("database or disk is full", False),
        ("attempt to write a readonly database", False),
        ("database is locked", False),
        ("disk I/O error", True),
    ],
)
def test_what_found_no_room_was_not_kept(said: str, kept: bool) -> None:
    assert may_be_kept(OperationalError("COMMIT", {}, driver().OperationalError(said))) == kept
