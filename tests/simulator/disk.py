"""The disk fails for real: the kernel refuses writes behind a size, or SQLite finds no page for more rows."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from data.errors import StoreTrouble
from data.store import Store

FREE = resource.RLIM_INFINITY


class Died(BaseException):
    """The process is gone, in the middle of what it did. Nothing but the simulator may catch it."""


class Disk:
    """What the stores of a centre lie on. Faults are armed here and strike whoever writes next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.grave = path.with_suffix(".grave")
        """Where a death leaves the files as they were at that instant."""
        self._limit: int | None = None
        self._pages = False
        self._torn = False
        self._statements: int | None = None
        self._after_commit = False

    # ------------------------------------------------------------------------------------------------ arming

    def fail_after(self, written: int, torn: bool = False) -> None:
        """Writes of the log fail once so many more bytes are in it; `torn`: and the process dies of it."""
        self._limit, self._torn = _size(str(self.path) + "-wal") + written, torn

    def run_full(self) -> None:
        """No page is free any more."""
        self._pages = True

    def die_at(self, statement: int) -> None:
        """The next process dies before its nth statement."""
        self._statements = statement

    def die_answering(self) -> None:
        """The next process dies when its commit is safe and nobody has been told."""
        self._after_commit = True

    def mend(self) -> None:
        """Nothing fails any more."""
        self._limit, self._pages, self._torn, self._statements, self._after_commit = None, False, False, None, False

    @property
    def armed(self) -> bool:
        """Whether anything fails, or will."""
        return bool(self._limit is not None or self._pages or self._statements is not None or self._after_commit)

    # ------------------------------------------------------------------------------------------------ striking

    @contextmanager
    def under(self) -> Iterator[None]:
        """A write transaction, which may fail or end in death by what is armed."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        if self._limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self._limit, hard))
        try:
            yield
        except StoreTrouble as trouble:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            if self._torn and trouble.code != "store-busy":
                self._die("torn write")
            raise
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        if self._after_commit:
            self._die("death before the answer")

    def statement(self, connection: Connection) -> None:
        """A writer is about to execute a statement."""
        if self._pages:
            driver = connection.connection.driver_connection
            assert driver is not None
            pages = driver.execute("PRAGMA page_count").fetchone()[0]
            driver.execute(f"PRAGMA max_page_count = {pages}")
        if self._statements is None:
            return
        self._statements -= 1
        if self._statements <= 0:
            self._die("death at a statement")

    def _die(self, how: str) -> None:
        self.mend()
        self.grave.mkdir(exist_ok=True)
        for end in ("", "-wal"):
            source = Path(str(self.path) + end)
            if source.exists():
                shutil.copyfile(source, self.grave / f"store{end}")
        raise Died(how)

    def bury(self) -> None:
        """Put the files of the last death in the place of what was cleaned up since."""
        for end in ("", "-wal", "-shm"):
            Path(str(self.path) + end).unlink(missing_ok=True)
        for end in ("", "-wal"):
            if (self.grave / f"store{end}").exists():
                shutil.move(self.grave / f"store{end}", str(self.path) + end)


class SimStore(Store):
    """The real store on a disk that fails, with a place before each write where its process can be frozen."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.before_write: Callable[[], None] | None = None
        super().__init__(f"sqlite:///{disk.path}")

        @event.listens_for(self.engine, "before_cursor_execute")
        def _statement(connection: Connection, *_rest: Any) -> None:
            disk.statement(connection)

        @event.listens_for(self.engine, "checkin")
        def _room(connection: Any, _record: Any) -> None:
            if connection is not None:
                connection.execute("PRAGMA max_page_count = 1073741823")

    @contextmanager
    def write(self, bell: bool = True) -> Iterator[Connection]:
        """One write transaction of a process that may be frozen before it, or die in it."""
        if self.before_write is not None:
            self.before_write()
        with self.disk.under(), super().write(bell) as connection:
            yield connection

    def run(self, work: Any, repeatable: bool = False) -> Any:
        """The same, with its own second tries."""
        if self.before_write is not None:
            self.before_write()
        with self.disk.under():
            return super().run(work, repeatable)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
