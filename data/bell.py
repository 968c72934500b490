"""The bell: a small file beside the embedded store, touched after each commit, that wakes waiting consoles.

It is only a hint; the truth is the change number in `centre_seq`, which every watcher also polls.
"""

from __future__ import annotations

import contextlib
import errno
import os

IN_CLOSE_WRITE = 0x8
"""From inotify(7): a file that was open for writing was closed."""


def bell_path(path: str) -> str:
    """The bell file of a database file."""
    return path + ".bell"


def ring(path: str) -> None:
    """Wake whoever watches this store. A bell that cannot ring is no error: watchers poll as well."""
    with contextlib.suppress(OSError):
        # Never cut short: a file system that must give a block back for it makes every commit wait for the disk.
        handle = os.open(bell_path(path), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
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


class BellWatch:
    """Hears the bell at once: its descriptor becomes readable when the bell rings (inotify, on Linux)."""

    def __init__(self, path: str) -> None:
        """Watch the bell of a database file. Raises OSError where the system cannot."""
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        if not hasattr(library, "inotify_init1"):
            raise OSError(errno.ENOSYS, "no inotify")
        bell = bell_path(path)
        os.close(os.open(bell, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._descriptor: int = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        if library.inotify_add_watch(self._descriptor, os.fsencode(bell), IN_CLOSE_WRITE) < 0:
            number = ctypes.get_errno()
            self.close()
            raise OSError(number, "inotify_add_watch")

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._descriptor

    def take(self) -> bool:
        """Take what rang since the last time; whether there was anything."""
        try:
            return bool(os.read(self._descriptor, 65_536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Stop watching."""
        os.close(self._descriptor)
