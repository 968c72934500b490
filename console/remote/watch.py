"""Looks while a session runs whether its key is still let in: a revoked key, an officer who left, a session that the
security administrator ended. Then the session ends, whatever it is doing.
"""

from __future__ import annotations

import signal
import threading
import time

from data.errors import Refusal
from data.queries.identity import session_stands
from data.queries.ssh_keys import LiveKey, key_numbered
from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

POLL = 5.0
"""Seconds between two looks."""


class KeyWatch:
    """Looks on a thread of its own, with a connection of its own."""

    def __init__(
        self, url: str, key: LiveKey, end: Callable[[], None], poll: float = POLL, session: int | None = None
    ) -> None:
        """`end` is called once, on that thread, when the key is let in no more or its session was ended."""
        self._session = session
        self._url, self._key, self._end, self._poll = url, key, end, poll
        self._over = threading.Event()
        self.ended = False

    def start(self) -> None:
        """Begin. The thread takes no signals: they are for whoever waits for them."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        threading.Thread(target=self._watch, name="key-watch", daemon=True).start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def stop(self) -> None:
        """The session is over."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._poll):
            if not self._still():
                self.ended = True
                self._end()
                return

    def _still(self) -> bool:
        """Whether the key is let in. A store that does not answer tells nothing: the next look will."""
        try:
            with Reader(self._url) as reader:
                now, centre = int(time.time()), self._key.centre_id
                if self._session is not None and not session_stands(reader, centre, self._session, now):
                    return False
                return key_numbered(reader, centre, self._key.id, now) is not None
        except Refusal:
            return True
