"""A list of any length, read in pages by key: which page holds which line, and what to ask for next.

Lines are numbered 0 … total-1 and cut into pages of 128. A page is asked for from the nearest place whose key is
known (the start, the end, an anchor left by a page seen before), so opening and the usual moves never count or skip
over many rows. Only the latest pages are kept. No clock, no screen, no store in here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.ports import Key, QueueProvider, QueueRow
from data.queries.counted import Counted

PAGE = 128
KEPT_PAGES = 24


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page that came back."""

    number: int
    rows: tuple[QueueRow, ...]


class Pages:
    """The lines known so far of one frozen list."""

    def __init__(self, total: int = 0, more: bool = False) -> None:
        """`more` says that there are more than `total`: the last pages are then those of the end."""
        self.total = total
        self.more = more
        self._pages: OrderedDict[int, tuple[QueueRow, ...]] = OrderedDict()
        self._anchors: dict[int, Key] = {}
        """The key of the row in front of a page."""
        self._ends: dict[int, Key] = {}
        """The key of the row behind a page."""

    def row(self, line: int) -> QueueRow | None:
        """The row of a line, or None when its page is not here."""
        rows = self._pages.get(line // PAGE)
        offset = line % PAGE
        return rows[offset] if rows is not None and line >= 0 and offset < len(rows) else None

    def missing(self, first: int, last: int) -> list[int]:
        """The pages that lines `first` … `last` need and that are not here."""
        first, last = max(first, 0), min(last, self.total - 1)
        if last < first:
            return []
        return [number for number in range(first // PAGE, last // PAGE + 1) if number not in self._pages]

    def request(self, number: int) -> Callable[[QueueProvider], Loaded]:
        """How to read a page, for running elsewhere. Reads from whatever known place is nearest."""
        start, stop = number * PAGE, min((number + 1) * PAGE, self.total)
        size = max(stop - start, 0)
        forward = self._nearest_before(number)
        backward = self._nearest_behind(number)
        if start - forward[0] <= backward[0] - stop:
            line, key = forward
            return lambda provider: Loaded(number, tuple(provider.after(key, size, start - line)))
        line, key = backward
        return lambda provider: Loaded(number, tuple(provider.before(key, size, line - stop)))

    def store(self, loaded: Loaded) -> None:
        """Keep a page that came back. A short last page corrects the total; the oldest pages are forgotten."""
        number, rows = loaded.number, loaded.rows
        self._pages[number] = rows
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        if rows and len(rows) == PAGE:
            self._anchors[number + 1] = rows[-1].key
        if rows and number:
            self._ends[number - 1] = rows[0].key
        expected = min(PAGE, self.total - number * PAGE)
        if len(rows) < expected:
            self.total = number * PAGE + len(rows)

    def touch(self, line: int) -> None:
        """Note that a line's page is in use."""
        number = line // PAGE
        if number in self._pages:
            self._pages.move_to_end(number)

    def replace(self, row: QueueRow) -> int | None:
        """Put a fresher reading of a row where it stands; its line, or None when it is not here.

        The row keeps its place even when its key has changed: a list never shifts under the reader's eyes.
        """
        for number, rows in self._pages.items():
            for offset, old in enumerate(rows):
                if old.id == row.id:
                    self._pages[number] = (*rows[:offset], row, *rows[offset + 1 :])
                    return number * PAGE + offset
        return None

    def line_of(self, ticket_id: int) -> int | None:
        """The line of a ticket whose page is here."""
        for number, rows in self._pages.items():
            for offset, row in enumerate(rows):
                if row.id == ticket_id:
                    return number * PAGE + offset
        return None

    def _nearest_before(self, number: int) -> tuple[int, Key | None]:
        """The nearest known place in front of a page: its line and key."""
        known = sorted(self._anchors)
        at = bisect_right(known, number)
        return (known[at - 1] * PAGE, self._anchors[known[at - 1]]) if at else (0, None)

    def _nearest_behind(self, number: int) -> tuple[int, Key | None]:
        """The nearest known place behind a page: the line after its last one, and the key there."""
        known = sorted(self._ends)
        at = bisect_left(known, number)
        return ((known[at] + 1) * PAGE, self._ends[known[at]]) if at < len(known) else (self.total, None)


class MemoryProvider:
    """A list of rows in memory, for small lists and for tests."""

    def __init__(self, rows: Sequence[QueueRow]) -> None:
        self.all = sorted(rows, key=lambda row: row.key)

    def count(self) -> Counted:
        return Counted(len(self.all))

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        at = (0 if key is None else bisect_right(self.all, key, key=lambda row: row.key)) + skip
        return self.all[at : at + size]

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        stop = (len(self.all) if key is None else bisect_left(self.all, key, key=lambda row: row.key)) - skip
        return self.all[max(stop - size, 0) : max(stop, 0)]

    def rank(self, key: Key) -> Counted:
        return Counted(bisect_left(self.all, key, key=lambda row: row.key))

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        wanted = set(ids)
        return [row for row in self.all if row.id in wanted]
