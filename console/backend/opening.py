"""An open store for one console: a light reader per thread, the desk and the catalogue when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.desk.sight import scope_for
from data.bell import BellWatch, strokes
from data.counting import keeps_all
from data.location import is_sqlite, sqlite_path
from data.queries import listing, organisation, tickets
from data.queries.organisation import CentreLine
from data.queries.scoping import Scoping
from data.reader import Reader
from data.scope import NOBODY, NOTHING, Scope

if TYPE_CHECKING:
    from console.backend.catalogue import CatalogueReader
    from core.clock import Clock
    from core.desk.actor import Actor, Origin
    from core.desk.desk import Desk
    from core.engine.loop import Engine
    from data.store import Store

ROLES_STAND = 60
"""Seconds after which the officer's roles are looked up again."""
ENGINE_PATIENCE = 2.0
"""Seconds that our engine gets to finish its cycle when the console closes."""


class OpenStore:
    """Opens, closes and renews what the backend works on."""

    def __init__(
        self, url: str, clock: Clock, seconds: Callable[[], int], centre: str | None, officer: str | None
    ) -> None:
        """On a located URL; `centre` and `officer` are codes. Raises StoreTrouble or NotFound when there is nothing."""
        self.url = url
        self.clock = clock
        self.seconds = seconds
        self.officer = officer
        self._scoping = Scoping(self._scope)
        self._calling = Scoping(lambda _reader, _centre: NOBODY)
        self._scoped_at = 0
        self.signed_out = False
        """Whether somebody must say who they are before anything but alarms and counts is read."""
        self.origin: Origin | None = None
        """How the officer came in, where that was proved."""
        self._readers = threading.local()
        self._all: list[Reader] = []
        self._age = 0
        """Grows when all readers must open the store anew."""
        self.centre = self._find_centre(centre)
        self._known_catalogue: CatalogueReader | None = None
        self._store: Store | None = None
        self._desk: Desk | None = None
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    read_only = False

    @property
    def name(self) -> str:
        """The address and the centre."""
        return f"{self.url}#{self.centre.id}"

    def _find_centre(self, code: str | None) -> CentreLine:
        wanted = listing.centre_id(self._reader(), code)
        return next(line for line in organisation.centres(self._reader()) if line.id == wanted)

    def _reader(self) -> Reader:
        """The reader of the calling thread; it shows what the acting officer may see."""
        if self.seconds() // ROLES_STAND != self._scoped_at:
            self._scoped_at = self.seconds() // ROLES_STAND
            self._scoping.forget()
        return self._reader_of("acting", self._scoping)

    def _calling_reader(self) -> Reader:
        """The same for what a console calls out: where nobody is signed in, alarms and counts of the whole centre."""
        return self._reader_of("calling", self._calling) if self.signed_out else self._reader()

    def _reader_of(self, name: str, scoping: Scoping) -> Reader:
        reader, age = getattr(self._readers, name, (None, -1))
        if reader is None or age != self._age:
            reader = Reader(self.url)
            reader.scoping = scoping
            setattr(self._readers, name, (reader, self._age))
            self._all.append(reader)
        return reader

    def _scope(self, reader: Reader, centre: int) -> Scope:
        return NOTHING if self.signed_out else scope_for(reader, centre, self.officer, self.seconds())

    def close(self) -> None:
        """Give all connections back."""
        if self._engine is not None:
            self._engine.stop(ENGINE_PATIENCE)
        for reader in self._all:
            reader.close()
        if self._store is not None:
            self._store.close()

    def start(self) -> None:
        """Load the desk, and let an engine of our own stand by: it works when no other one holds the lease."""
        desk = self.desk()
        if not keeps_all(self._reader(), self.centre.id):
            from core.desk.counters import mend_counters

            mend_counters(desk.store, self.centre.id)
        if self._engine is not None or (self.origin is not None and self.origin.how == "ssh-key"):
            return  # a session that any dropped line ends does not carry the centre's engine
        from core.engine.loop import Engine

        self._engine = Engine(self.url, self.clock, self.centre.id, jobs=True)
        self._engine.start()

    def renew(self) -> None:
        self._age += 1

    def bell(self) -> int:
        """A number that moves when another process wrote; 0 where there is no bell file."""
        return strokes(sqlite_path(self.url)) if is_sqlite(self.url) else 0

    def bell_watch(self) -> BellWatch | None:
        """Hears the bell at once; None where the system cannot."""
        if not is_sqlite(self.url):
            return None
        try:
            return BellWatch(sqlite_path(self.url))
        except OSError:
            return None

    def _catalogue(self) -> CatalogueReader:
        """Catalogue and policy, read again when the organisation changed."""
        if self._known_catalogue is None:
            from console.backend.catalogue import CatalogueReader

            self._known_catalogue = CatalogueReader(self.centre)
        number = tickets.change_numbers(self._reader(), self.centre.id)[2]
        self._known_catalogue.refresh(self._reader(), number)
        return self._known_catalogue

    def desk(self) -> Desk:
        """The desk; its modules are heavy and are loaded on the first call."""
        with self._lock:
            if self._desk is None:
                from core.desk.desk import Desk
                from data.store import Store

                self._store = Store(self.url)
                self._desk = Desk(self._store, self.clock, self.centre.id)
                self._desk.origin = self.origin
            return self._desk

    def actor(self) -> Actor:
        """The acting officer with the roles held now. Raises BadInput or NotFound."""
        return self.desk().actor(self.officer)
