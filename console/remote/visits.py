"""Who came in over SSH, from where, with which key, and what for: noted in the access log before anything is done."""

from __future__ import annotations

from core.accountability.access_log import note_access
from core.clock import SystemClock
from core.desk.actor import Origin
from core.desk.desk import Desk
from data.access_terms import AccessKind
from data.queries.ssh_keys import LiveKey
from data.store import Store

CONSOLE = "console"


class Visit:
    """A session of a key's officer."""

    def __init__(self, url: str, key: LiveKey, address: str, what: str) -> None:
        """`what` is what was asked for: the console, or the words of a command, without what was given to it."""
        self._url, self._key, self._what = url, key, what
        self.origin = Origin(None, "ssh-key", address, key.fingerprint)

    def begin(self) -> None:
        """Note who comes in; where that cannot be noted, nobody does. Raises Refusal."""
        self._note(AccessKind.SIGNED_IN)

    def end(self, taken: bool) -> None:
        """Note the end; `taken` is one that was not the officer's own doing. Raises Refusal."""
        self._note(AccessKind.SESSION_ENDED if taken else AccessKind.SIGNED_OUT)

    def _note(self, kind: AccessKind) -> None:
        store = Store(self._url)
        try:
            desk = Desk(store, SystemClock(), self._key.centre_id)
            desk.origin = self.origin
            actor = desk.actor(self._key.officer)
            store.run(lambda connection: note_access(connection, desk.centre_id, desk.now(), actor, kind, self._what))
        finally:
            store.close()
