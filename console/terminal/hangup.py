"""What happens when the line drops, the terminal goes away or somebody kills the program: it ends, always.

SIGHUP and SIGTERM are blocked in every thread and taken by one waiting thread, because an event loop that is stuck
writing to a dead terminal never runs a handler. A second thread waits for the terminal to hang up, which Textual does
not notice when the signal is ignored (nohup). Whoever comes first asks the app to leave and, if it has not left after
three seconds, ends the process: an app that writes to a terminal that is gone may be stuck for good. What must not be
left undone is done before that. Nothing can be lost: every change is in the store when its key is answered.

After the app has left, the interpreter still waits for its threads. One that hangs inside a library would keep the
process for ever, and no thread of ours can end it then: a timer below the interpreter does.
"""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

PATIENCE = 3.0
"""Seconds that the app gets to leave by itself."""

PARTING = 2.0
"""Seconds that what must be done before the end gets."""

LAST_PATIENCE = 20.0
"""Seconds that the process gets when the app has left. Then where each thread stands is told, and it ends with 1."""

LAST_OUTSIDE = 6.0
"""The same where the end came from outside: with the 35 s of sshd and the patience above, a drop is over in 45."""

SIGNALS = frozenset({signal.SIGHUP, signal.SIGTERM})


class Hangup:
    """Watches for the end from outside. Make it before any other thread starts."""

    def __init__(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self._leave: Callable[[], None] | None = None
        self.parting: Callable[[], None] | None = None
        """What must be done where the app does not come to its own end; called on a thread of its own."""
        self._once = threading.Lock()
        self._gone = threading.Event()

    def watch(self, leave: Callable[[], None], terminal: int | None = None) -> None:
        """Start watching. `leave` asks the app to go and may be called from any thread; `terminal` is a descriptor."""
        self._leave = leave
        threading.Thread(target=self._wait_for_signal, name="hangup-signal", daemon=True).start()
        if terminal is not None and os.isatty(terminal):
            threading.Thread(target=self._wait_for_terminal, args=(terminal,), name="hangup-tty", daemon=True).start()

    def hang_up(self) -> None:
        """Nobody is at the other end although nothing dropped: end as if it had. Returns at once."""
        status = 128 + signal.SIGHUP
        threading.Thread(target=self._end, args=(status,), name="hangup-silence", daemon=True).start()

    def finished(self) -> None:
        """The app has left by itself; the process may end in its own time, which is not for ever."""
        self._gone.set()
        patience = LAST_OUTSIDE if self._once.locked() else LAST_PATIENCE
        faulthandler.dump_traceback_later(patience, exit=True, file=_where_to_tell())

    def _wait_for_signal(self) -> None:
        number = signal.sigwait(SIGNALS)
        self._end(128 + number)

    def _wait_for_terminal(self, terminal: int) -> None:
        poll = select.poll()
        poll.register(terminal, 0)
        while not self._gone.is_set():
            for _descriptor, event in poll.poll(1000):
                if event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                    self._end(128 + signal.SIGHUP)
                    return

    def _end(self, status: int) -> None:
        """Ask the app to leave; after the patience is over, end the process whatever it does."""
        if not self._once.acquire(blocking=False):
            return
        if self._leave is not None:
            try:
                self._leave()
            except RuntimeError:
                pass  # the event loop is closed already
        if self._gone.wait(PATIENCE):
            return
        if self.parting is not None:
            last = threading.Thread(target=self.parting, name="hangup-parting", daemon=True)
            last.start()
            last.join(PARTING)
        os._exit(status)


def _where_to_tell() -> int:
    """A descriptor for the last words: standard error, or nowhere when it is closed."""
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
