"""A fair queue in front of the embedded store's single writer.

SQLite's own busy handler polls and is unfair: a bulk import next to consoles starves them for seconds. Two lock files
make a turnstile: a writer waits at the turn, then at the gate, and lets the next one into the turn as soon as it holds
the gate. The kernel wakes waiters in order, and releases the locks of a process that dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def turnstile(path: str) -> Iterator[None]:
    """Hold the store's write place; `path` is the database file."""
    turn = os.open(path + ".turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        gate = os.open(path + ".gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield
        finally:
            os.close(gate)
    finally:
        os.close(turn)
