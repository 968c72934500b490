"""Listening in on the statements of a reader."""

from __future__ import annotations

from typing import Any

from data.reader import Reader


class Spy:
    """Stands in front of a reader's connection and keeps each statement with its values."""

    def __init__(self, reader: Reader) -> None:
        self.connection: Any = reader._connection
        self.said: list[tuple[str, Any]] = []
        reader._connection = self

    def execute(self, sql: str, values: Any = ()) -> Any:
        self.said.append((sql, values))
        return self.connection.execute(sql, values)

    def plans(self) -> list[tuple[str, list[str]]]:
        """Each statement so far with the steps of its plan."""
        asked = [(sql, self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)) for sql, values in self.said]
        return [(sql, [row[3] for row in steps.fetchall()]) for sql, steps in asked]

    def close(self) -> None:
        self.connection.close()
