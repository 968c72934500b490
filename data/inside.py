"""Reading with the plain SQL of `data.reader` inside a transaction that is open already."""

from __future__ import annotations

from _thread import RLock
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from data.reader import Reader


class InsideReader(Reader):
    """A reader on somebody's transaction: it sees what that one sees, and is closed with it."""

    def __init__(self, connection: Connection) -> None:
        """On a connection with a transaction."""
        self._inside = connection
        self._reading = RLock()
        self.scoping = None
        self.sqlite = connection.dialect.name == "sqlite"

    def _execute(self, sql: str, fanout: bool, values: Mapping[str, Any]) -> Any:
        statement = text(sql)
        return self._inside.execute(statement.execution_options(fanout=True) if fanout else statement, dict(values))
