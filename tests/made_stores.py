"""Stores that are made once in a process and copied for each test that begins with a street that stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.location import locate
from data.store import Store
from tests import postgres

Make = Callable[[Store], Any]
"""Fills a new store; what it gives is the same for every copy."""


class MadeStores:
    """Makes a store on the engine asked for when the first test wants it, and then copies it."""

    def __init__(self, folder: Path, server: Callable[[], str], database: Callable[[], str]) -> None:
        """`folder` is for the files; the others give PostgreSQL's address, and that of a database which stays."""
        self._folder = folder
        self._server = server
        self._database = database
        self._made: dict[tuple[Make, str], tuple[str, Any]] = {}

    @contextmanager
    def copy(self, make: Make, engine: str, target: Path) -> Iterator[tuple[str, Any]]:
        """The address of a copy, and what `make` gave. `target` is the file of a copy on SQLite."""
        if (make, engine) not in self._made:
            self._made[make, engine] = self._make(make, engine)
        source, given = self._made[make, engine]
        if engine == "sqlite":
            yield str(shutil.copy(source, target)), given
            return
        with postgres.database(self._server(), template=source.rpartition("/")[2].partition("?")[0]) as url:
            yield url, given

    def _make(self, make: Make, engine: str) -> tuple[str, Any]:
        if engine == "sqlite":
            source = str(self._folder / f"{len(self._made)}.sqlite")
        else:
            source = self._database()
        store = Store(locate(source), create=True)
        try:
            return source, make(store)
        finally:
            store.close()
