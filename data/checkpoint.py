"""Keeping SQLite's write-ahead log small.

No connection checkpoints by itself, so that an officer's write never pays for it. The engine does, each cycle, once
the log is over WAL_USUAL. Where no engine runs, whoever commits and finds the log over WAL_LIMIT does it; and SQLite
itself when the last connection of all closes. So the log stays near WAL_LIMIT plus the largest transaction, unless a
reader holds an old view for long.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from data.sqlite import driver
from data.trouble import trouble_of, unwritable
from data.turnstile import TurnstileBusy, turnstile

if TYPE_CHECKING:
    from data.store import Store

MIB = 1024 * 1024
WAL_USUAL = 4 * MIB
WAL_LIMIT = 64 * MIB
WAIT_MS = 200
"""How long the log's last readers are waited for, with writers standing in line."""
LINE_SECONDS = 5.0


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint did: the log's size before and after, in bytes; `busy` when readers kept it from emptying."""

    before: int
    after: int
    busy: bool


def wal_size(path: str) -> int:
    """Size of the write-ahead log of a database file, in bytes."""
    try:
        return os.stat(path + "-wal").st_size
    except OSError:
        return 0


def checkpoint(store: Store, above: int = WAL_USUAL) -> Checkpoint | None:
    """Move the log into the database and empty it, when it is larger than `above` bytes; otherwise return None.

    Most of the work is done beside the writers; they wait only for the rest. Nothing to do on PostgreSQL. Raises
    StoreTrouble when the disk fails.
    """
    if not store.sqlite:
        return None
    before = wal_size(store.path)
    if before <= above:
        return None
    module = driver()
    try:
        connection = module.connect(f"file:{quote(store.path)}?mode=rw", uri=True, timeout=0, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            with turnstile(store.path, LINE_SECONDS):
                connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
                busy = bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        finally:
            connection.close()
    except TurnstileBusy:
        busy = True
    except OSError as error:
        raise unwritable(store.path, error) from error
    except module.Error as error:
        raise trouble_of(error) from error
    return Checkpoint(before, wal_size(store.path), busy)
