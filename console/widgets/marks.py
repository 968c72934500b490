"""Marks on tickets: they belong to tickets and survive a fresh reading, another order and another filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.ports import QueueProvider, QueueRow
from console.widgets.pages import PAGE

MARK_LIMIT = 1000
"""Tickets that can be marked at once: each is worked on by itself, and somebody must be able to look at the preview."""


class Marks:
    """The marked tickets as they read when they were marked, in the order of marking."""

    def __init__(self) -> None:
        self._rows: dict[int, QueueRow] = {}
        self.last: int | None = None
        """The ticket marked last by hand: a range goes from there."""

    def __contains__(self, ticket_id: object) -> bool:
        return ticket_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[QueueRow]:
        return iter(tuple(self._rows.values()))

    @property
    def ids(self) -> set[int]:
        """The marked tickets."""
        return set(self._rows)

    def toggle(self, row: QueueRow) -> bool:
        """Mark a ticket or take its mark away; False where no more can be marked."""
        if row.id in self._rows:
            del self._rows[row.id]
            return True
        self.last = row.id
        return self.add([row])

    def add(self, rows: Iterable[QueueRow]) -> bool:
        """Mark tickets up to the limit; whether all of them found room."""
        for row in rows:
            if row.id not in self._rows and len(self._rows) >= MARK_LIMIT:
                return False
            self._rows[row.id] = row
        return True

    def drop(self, ids: Iterable[int]) -> None:
        """Take the marks of these tickets away."""
        for number in ids:
            self._rows.pop(number, None)

    def clear(self) -> None:
        """Take all marks away."""
        self._rows.clear()
        self.last = None


def rows_between(provider: QueueProvider, one: int, other: int, limit: int) -> list[QueueRow] | None:
    """The rows from one ticket to another, both with them and at most `limit`; None when one has left the list."""
    ends = sorted(provider.rows([one, other]), key=lambda row: row.key)
    if len(ends) < len({one, other}):
        return None
    found = [ends[0]]
    while found[-1].key < ends[-1].key and len(found) < limit:
        page = provider.after(found[-1].key, min(PAGE, limit - len(found)))
        if not page:
            break
        found += [row for row in page if row.key <= ends[-1].key]
        if page[-1].key > ends[-1].key:
            break
    return found


def rows_matching(provider: QueueProvider, limit: int) -> list[QueueRow]:
    """The first rows of a list, page by page."""
    found: list[QueueRow] = []
    while len(found) < limit:
        page = provider.after(found[-1].key if found else None, min(PAGE, limit - len(found)))
        found += page
        if not page:
            break
    return found
