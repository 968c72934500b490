"""How a list of tickets is read: frozen when it is opened, in pages by key, away from the event loop.

What comes in later is counted, what leaves or moves is shown where it stood; nothing shifts under the reader. Only at
rest at the top the list follows by itself, and then the cursor stays on its ticket: a key that is pressed in that
moment never hits another one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.message import Message

from console.ports import Key, Loader, QueueProvider, QueueRow
from console.widgets.barless import Barless
from console.widgets.pages import PAGE, Loaded, Pages
from data.queries.counted import Counted


@dataclass(frozen=True, slots=True)
class Opening:
    """A list that is being opened: what it shows, and where the cursor is to stand."""

    provider: QueueProvider
    frame: int
    anchor: QueueRow | None
    """The ticket that the cursor stays on; None for the first line."""
    old_key: Key | None
    """The anchor's key where the order is the same, for when it has left the list."""
    offset: int
    """The line of the screen that the cursor stands on."""
    line: int
    follow: bool


class ListReading(Barless):
    """The reading part of a ticket list; others mark, move and draw."""

    class Failed(Message):
        """Something could not be read; the list shows what it had."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self, load: Loader, *, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=name, classes=classes)
        self._load = load
        self._provider: QueueProvider | None = None
        self._order = ""
        self._pages = Pages()
        self._frame = 0
        """Counts the lists shown, so that pages of an older one are thrown away."""
        self._opening = False
        """Another list is on its way and its first line will have the cursor: until then no ticket is chosen."""
        self._under_way = False
        """A list is being read."""
        self._news_waits = False
        """Something changed meanwhile: it is looked at once the list is here."""
        self._asked: set[int] = set()
        self._aim: tuple[int, int] | None = None
        """A move that waits for its page: (line, screen line it should stand on)."""
        self._known = 0
        self._left: set[int] = set()
        """Tickets of this list that are known to have left it."""
        self._at_rest = True
        """Nobody has moved in the list since it was shown from its first line."""
        self.cursor = 0
        self.cursor_id: int | None = None
        self.pending = 0
        """Tickets that came in since the list was frozen."""
        self.stale = False
        """Whether tickets on the screen have left the list or moved in it."""
        self.unread = False
        """The list that was asked for could not be read."""

    # ------------------------------------------------------------------------------------------- what the others do

    @abstractmethod
    def _body_height(self) -> int:
        """Lines of the screen for tickets."""

    @abstractmethod
    def _lay_out(self) -> None:
        """The length of the list changed."""

    @abstractmethod
    def _stand(self, line: int, offset: int) -> None:
        """Set cursor and scrolling."""

    @abstractmethod
    def _go(self, line: int, offset: int) -> None:
        """Move the cursor, or wait for its page."""

    @abstractmethod
    def _tell(self) -> None:
        """The cursor stands on another ticket."""

    @abstractmethod
    def _shown(self) -> None:
        """A list is there."""

    # ------------------------------------------------------------------------------------------- opening

    @property
    def total(self) -> int:
        """How many lines the list has."""
        return self._pages.total

    @property
    def counted(self) -> Counted:
        """How many tickets there are, as far as they were counted."""
        return Counted(self.total, self._pages.more)

    @property
    def row(self) -> QueueRow | None:
        """The ticket under the cursor, when its page is here and no other list is on its way."""
        return None if self._opening else self._pages.row(self.cursor)

    @property
    def ready(self) -> bool:
        """Whether everything asked for has come."""
        return not self._asked and self._aim is None and not self._under_way

    def show(self, provider: QueueProvider, keep: bool = False, order: str = "") -> None:
        """Show a list. With `keep` the cursor stays on its ticket, and the ticket on its line of the screen.

        `order` names the order of the list: a place is only looked for by its key in the order that the key is of.
        """
        self._open(provider, keep, order)

    def catch_up(self) -> None:
        """Read the list anew, the cursor staying on its ticket."""
        if self._provider is not None:
            self._open(self._provider, True, self._order)

    def _open(self, provider: QueueProvider, keep: bool, order: str, follow: bool = False) -> None:
        anchor = self._pages.row(self.cursor) if keep else None
        same = order == self._order
        self._provider, self._order = provider, order
        self._frame += 1
        self._opening = anchor is None
        self._under_way = True
        self._asked.clear()
        self._aim = None
        offset = self.cursor - int(self.scroll_offset.y)
        opening = Opening(
            provider,
            self._frame,
            anchor,
            anchor.key if anchor is not None and same else None,
            offset if keep else 0,
            self.cursor,
            follow,
        )
        self.run_worker(self._read_opening(opening), group="queue-open", exclusive=True, exit_on_error=False)

    async def _read_opening(self, opening: Opening) -> None:
        """Freeze a list: its length, and the pages around the cursor."""
        height = self._body_height()
        try:
            pages, line = await self._load(lambda: read_around(opening, height))
        except Exception as error:  # noqa: BLE001 - a failed query is a banner, never the end of the screen
            if opening.frame == self._frame:
                self._opening = self._under_way = False
                self.unread = True
                self.refresh()
            self.post_message(self.Failed(error))
            return
        if opening.frame != self._frame:
            return
        self._under_way = False
        anchor = opening.anchor
        if anchor is not None and self.cursor_id != anchor.id:
            self._open(opening.provider, True, self._order)
            return
        offset = opening.offset
        if opening.follow:
            found = pages.line_of(anchor.id) if anchor is not None else None
            if found is None or found >= height or not self._at_rest:
                return
            line = offset = found
        self._take_over(pages, line, offset)

    def _take_over(self, pages: Pages, line: int, offset: int) -> None:
        """The list is here: show it."""
        if self._opening:
            self._at_rest = True
        self._pages = pages
        self._known = pages.total
        self._opening = self.unread = False
        self._left.clear()
        self.pending, self.stale = 0, False
        self._lay_out()
        self._stand(line, offset)
        self.refresh()
        self._shown()
        if self._news_waits:
            self.changed()

    # ------------------------------------------------------------------------------------------- news

    def changed(self) -> None:
        """Something changed in the store: read the visible tickets again and count what is new."""
        self._news_waits = self._under_way
        if self._provider is not None and not self._under_way:
            self.run_worker(
                self._reread(self._provider, self._frame), group="queue-reread", exclusive=True, exit_on_error=False
            )

    async def _reread(self, provider: QueueProvider, frame: int) -> None:
        """Put fresher readings in place; follow at once only where the reader rests at the top."""
        shown = [row.id for row in self._rows_on_screen()]

        def read() -> tuple[Counted, Sequence[QueueRow], Sequence[QueueRow]]:
            count = provider.count()
            return count, provider.rows(shown), provider.after(None, 1) if count.more else ()

        try:
            count, rows, first = await self._load(read)
        except Exception as error:  # noqa: BLE001 - see above
            self.post_message(self.Failed(error))
            return
        if frame != self._frame:
            return
        fresh = {row.id: row for row in rows}
        old = {row.id: row for row in self._rows_on_screen() if row.id in shown}
        self._left = (self._left - set(fresh)) | {number for number in old if number not in fresh}
        moved = any(number in fresh and fresh[number].key != row.key for number, row in old.items())
        self.pending = max(count.number - self._known + len(self._left), 0)
        # Behind the cap of counting nothing grows any more: what is new at the top is seen by looking there.
        ahead = any(top.id != row.id for top in first if (row := self._pages.row(0)) is not None)
        self.stale = self.stale or moved or bool(self._left) or ahead
        here = old.get(self.cursor_id or 0)
        unmoved = here is not None and here.id in fresh and fresh[here.id].key == here.key
        for row in [*rows, *(replace(row, gone=True) for row in old.values() if row.id in self._left)]:
            self._pages.replace(row)
        self.refresh()
        self._tell()
        if self.unread or (self.pending and not self.total):
            self._open(provider, bool(self.total), self._order)  # nobody reads an empty list
        elif (self.pending or self.stale) and unmoved and self._at_rest and not self.scroll_offset.y:
            self._open(provider, True, self._order, follow=True)

    def _rows_on_screen(self) -> list[QueueRow]:
        top = int(self.scroll_offset.y)
        rows = [self._pages.row(line) for line in range(top, top + self._body_height())]
        return [row for row in rows if row is not None]

    # ------------------------------------------------------------------------------------------- pages

    def _want(self, first: int, last: int) -> bool:
        """Ask for the pages of these lines; whether all are here already."""
        missing = self._pages.missing(first, last)
        for number in missing:
            if number not in self._asked:
                self._asked.add(number)
                self.run_worker(self._fetch(number, self._frame), group="queue-page", exit_on_error=False)
        return not missing

    async def _fetch(self, number: int, frame: int) -> None:
        """Read one page and draw what waited for it."""
        provider, request = self._provider, self._pages.request(number)
        if provider is None:
            return
        try:
            loaded: Loaded = await self._load(lambda: request(provider))
        except Exception as error:  # noqa: BLE001 - see above
            self._asked.discard(number)
            self._aim = None
            self.post_message(self.Failed(error))
            return
        if frame != self._frame:
            return
        self._asked.discard(number)
        total = self.total
        self._pages.store(loaded)
        if self.total != total:
            self._lay_out()
        if self._aim is not None:
            line, offset = self._aim
            self._go(min(line, max(self.total - 1, 0)), offset)
        else:
            self.refresh()


def read_around(opening: Opening, height: int) -> tuple[Pages, int]:
    """The pages around the cursor of a list that is opened, and the line that the cursor stands on."""
    provider, anchor = opening.provider, opening.anchor
    count = provider.count()
    pages = Pages(count.number, count.more)
    fresh = next(iter(provider.rows([anchor.id])), None) if anchor is not None else None
    key = fresh.key if fresh is not None else opening.old_key
    place = provider.rank(key) if key is not None else Counted(0)
    line = place.number
    if fresh is not None and place.more:
        # Too many stand in front of it to be counted: its number is a guess, but its neighbours are the right ones.
        line = max(min(max(line, opening.line), pages.total - 1), 0)
        pages.store(page_around(provider, fresh, line))
    line = max(min(line, pages.total - 1), 0)
    for number in pages.missing(line - height, line + height):
        pages.store(pages.request(number)(provider))
    if fresh is not None:
        found = pages.line_of(fresh.id)
        line = found if found is not None else line
    return pages, line


def page_around(provider: QueueProvider, row: QueueRow, line: int) -> Loaded:
    """The page in which a row stands on a line."""
    offset = line % PAGE
    before = provider.before(row.key, offset)
    return Loaded(line // PAGE, (*before, row, *provider.after(row.key, PAGE - 1 - offset)))
