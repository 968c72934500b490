"""The terminal driver: never waits for a terminal that does not read."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

WAITING_LIMIT = 4
"""Frames that may wait for the terminal. Textual's own limit is 30, and then the whole program stands still."""


class ConsoleDriver(LinuxDriver):
    """Tells when the terminal lags, so that frames can be left out instead of piling up.

    A frame that is left out loses nothing: the next one is computed from the newest state.
    """

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken what was sent to it."""
        writer = self._writer_thread
        return writer is not None and writer._queue.qsize() >= WAITING_LIMIT
