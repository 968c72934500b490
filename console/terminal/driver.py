"""The terminal driver: never waits for a terminal that does not read, and keeps its answers apart from the keys."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from time import monotonic
from typing import Protocol, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver

from console.closed import DRIVER, closing
from console.terminal.answers import ESCAPE, Answers
from console.terminal.typed import Typed, within

WAITING_LIMIT = 4
"""Frames that may wait for the terminal. Textual's own limit is 30, and then the whole program stands still."""
STUCK_LIMIT = 20
"""Writes that may wait in all. Frames stop long before; this is for bells and titles, which nobody would miss."""
READ_BEAT = 0.1
"""Seconds between looks at what was held back."""


@runtime_checkable
class Listener(Protocol):
    """An app that wants to know what the terminal says besides keys. Both are called on the app's own loop."""

    def terminal_answered(self, amount: int) -> None:
        """Questions where the cursor stands were answered."""

    def terminal_heard(self) -> None:
        """Something was typed."""


@closing(DRIVER)
class ConsoleDriver(LinuxDriver):
    """Tells when the terminal lags, so that frames can be left out instead of piling up.

    A frame that is left out loses nothing: the next one is computed from the newest state.
    """

    _leaving = False

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken what was sent to it."""
        writer = self._writer_thread
        return writer is not None and writer._queue.qsize() >= WAITING_LIMIT

    def _get_terminal_size(self) -> tuple[int, int]:
        return within(*super()._get_terminal_size())

    def _query_in_band_window_resize(self) -> None:
        """Not asked: the signal tells of new sizes, and what the terminal types does not (see `typed`)."""

    def write(self, data: str) -> None:
        """Hand output on; while the terminal takes none, nothing may wait for it."""
        writer = self._writer_thread
        if self._leaving or writer is None or writer._queue.qsize() < STUCK_LIMIT:
            super().write(data)

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was; frames end with any style on."""
        self._leaving = True
        self.write("\x1b[m")
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read until the app leaves or the terminal is gone: what ends the program then is in `hangup`.

        Textual's own loop knows no answers, spins on a terminal that is gone, and dies of bytes that are no UTF-8.
        """
        answers, typed = Answers(), Typed(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        self._take(typed, *answers.feed(decode(getattr(self._app, "typed_ahead", b"")), monotonic()))
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(READ_BEAT):
                    try:
                        read = os.read(self.fileno, 4096)
                    except OSError:
                        return
                    if not read:
                        return
                    self._take(typed, *answers.feed(decode(read), monotonic()))
                self._take_overdue(typed, answers.overdue(monotonic()))

    def _take(self, typed: Typed, text: str, answered: int) -> None:
        """Hand on what was read: keys to the app in order, answers past them."""
        app = self._app
        if isinstance(app, Listener):
            if answered:
                self._loop.call_soon_threadsafe(app.terminal_answered, answered)
            if text:
                self._loop.call_soon_threadsafe(app.terminal_heard)
        if text:
            for event in typed.feed(text):
                self.process_message(event)

    def _take_overdue(self, typed: Typed, held: str) -> None:
        """Hand on what was held back; a lone ESC has waited enough and is the Escape key at once."""
        self._take(typed, held, 0)
        for event in typed.overdue(at_once=held == ESCAPE):
            self.process_message(event)
