"""A console says now and then that it is there, so that its session is not taken for one whose process was killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from data.errors import Refusal
from data.queries.identity import SEEN_EVERY, lives_in_process
from data.reader import Reader

if TYPE_CHECKING:
    from core.desk.actor import Origin


class SessionBeat:
    """Beats on a thread of its own, with connections of its own."""

    def __init__(
        self,
        url: str,
        centre: int,
        origin: Callable[[], Origin | None],
        seconds: Callable[[], int],
        every: float = SEEN_EVERY,
    ) -> None:
        """`origin` says in which session the console is now; `seconds` is the injected clock."""
        self._url, self._centre, self._origin, self._seconds, self._every = url, centre, origin, seconds, every
        self._over = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="session-beat", daemon=True).start()

    def stop(self) -> None:
        """The console is left."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            origin = self._origin()
            if origin is not None and origin.session_id is not None:
                self.beat(origin.session_id)

    def beat(self, session: int) -> None:
        """Once. A store that takes nothing now is left alone: the next beat comes."""
        try:
            with Reader(self._url) as reader:
                if not lives_in_process(reader, self._centre, session):
                    return
            from core.identity.sessions import note_seen
            from data.store import Store

            store = Store(self._url)
            try:
                with store.write(bell=False) as connection:
                    note_seen(connection, self._centre, session, self._seconds())
            finally:
                store.close()
        except Refusal:
            return
