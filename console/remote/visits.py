"""Who came in over SSH, from where, with which key, and what for: noted in the access log before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from core.accountability.access_log import note_access
from core.clock import SystemClock
from core.desk.actor import Actor, Origin
from core.identity.sessions import end_session, open_session
from data.access_terms import AccessKind
from data.errors import NotFound
from data.queries.ssh_keys import LiveKey
from data.store import Store

Result = TypeVar("Result")
CONSOLE = "console"


class Visit:
    """A session of a key's officer."""

    def __init__(self, url: str, key: LiveKey, address: str, what: str) -> None:
        """`what` is what was asked for: the console, or the words of a command, without what was given to it."""
        self._url, self._key, self._what = url, key, what
        self.origin = Origin(None, "ssh-key", address, key.fingerprint)

    def begin(self) -> None:
        """Note who comes in for a command; where that cannot be noted, nobody does. Raises Refusal."""

        def note(connection: Connection, now: int) -> None:
            note_access(connection, self._key.centre_id, now, self._actor(), AccessKind.SIGNED_IN, self._what)

        self._write(note)

    def open(self) -> None:
        """Open a session that the security administrator sees and may end; noted likewise. Raises Refusal."""
        key, came = self._key, self.origin

        def opened(connection: Connection, now: int) -> int:
            return open_session(
                *(connection, key.centre_id, key.officer_id, now), came.how, came.address, came.fingerprint, self._what
            )

        self.origin = replace(came, session_id=self._write(opened))

    def end(self, taken: bool) -> None:
        """Close and note it; `taken` is an end that was not the officer's own doing. Raises Refusal."""
        session = self.origin.session_id
        if session is None:
            return

        def ended(connection: Connection, now: int) -> None:
            end_session(connection, self._key.centre_id, session, now, self._actor(), "key" if taken else "")

        # Whoever ended it was noted then.
        with suppress(NotFound):
            self._write(ended)

    def _actor(self) -> Actor:
        return Actor(self._key.officer, self._key.officer, self._key.officer_id, origin=self.origin)

    def _write(self, work: Callable[[Connection, int], Result]) -> Result:
        store = Store(self._url)
        try:
            return store.run(lambda connection: work(connection, int(SystemClock().now().timestamp())))
        finally:
            store.close()
