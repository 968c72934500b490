"""A fair queue in front of the embedded store's single writer.

SQLite's own busy handler polls and is unfair: a bulk import next to consoles starves them for seconds. Two lock files
make a turnstile: a writer waits at the turn, then at the gate, and lets the next one into the turn as soon as it holds
the gate. The kernel wakes waiters in order, and releases the locks of a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 30.0
"""Seconds that a writer waits at each of the two locks: far longer than any write."""


class TurnstileBusy(Exception):
    """The write place did not become free in time: who holds it hangs, or is upgrading or restoring the store."""


@contextmanager
def turnstile(path: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the store's write place; `path` is the database file, `patience` in seconds.

    Raises TurnstileBusy, and OSError when the lock files cannot be opened.
    """
    turn, gate = _LockFile(path + ".turn"), _LockFile(path + ".gate")
    try:
        turn.take(patience)
        gate.take(patience)
        turn.leave()
        yield
    finally:
        gate.leave()
        turn.leave()


class _LockFile:
    """A lock that can be waited for with patience. The kernel only knows to wait for ever, so a thread waits."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle = -1
        self._decision = threading.Lock()
        self._mine = True
        self._locked = False

    def take(self, patience: float) -> None:
        """Open and lock the file. Raises TurnstileBusy."""
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            pass
        granted = threading.Event()
        threading.Thread(target=self._wait, args=(granted,), daemon=True).start()
        try:
            granted.wait(patience)
        finally:
            # Whatever ended the wait: a lock that comes later is given back by the thread.
            with self._decision:
                self._mine = self._locked
        if not self._mine:
            raise TurnstileBusy(self._path)

    def leave(self) -> None:
        """Give the lock back; nothing to do when it is not held."""
        if self._handle >= 0 and self._mine:
            os.close(self._handle)
            self._handle = -1

    def _wait(self, granted: threading.Event) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        with self._decision:
            self._locked = True
            unwanted = not self._mine
        if unwanted:
            os.close(self._handle)
        granted.set()
