"""The bell: a small file beside the embedded store, touched after each commit, that wakes waiting consoles.

It is only a hint; the truth is the change number in `centre_seq`, which every watcher also polls.
"""

from __future__ import annotations

import contextlib
import os


def bell_path(path: str) -> str:
    """The bell file of a database file."""
    return path + ".bell"


def ring(path: str) -> None:
    """Wake whoever watches this store. A bell that cannot ring is no error: watchers poll as well."""
    with contextlib.suppress(OSError):
        handle = os.open(bell_path(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, b".")
        finally:
            os.close(handle)


def strokes(path: str) -> int:
    """A number that changes each time the bell rings; 0 when it never has."""
    try:
        return os.stat(bell_path(path)).st_mtime_ns
    except OSError:
        return 0
