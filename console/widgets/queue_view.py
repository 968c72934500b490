"""The list of tickets: one widget that draws its lines itself, however many there are.

It asks a provider for pages by key, away from the event loop, and keeps cursor and marks by ticket. New and changed
tickets never shift the lines under the reader: they are counted ("+12 new") until the list is asked to catch up.
Each second only the countdowns that read differently are drawn again, at the left edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.i18n import _
from console.ports import Loader, QueueProvider, QueueRow
from console.widgets import countdown
from console.widgets.columns import Column
from console.widgets.pages import PAGE, Loaded, Pages
from console.widgets.queue_lines import PARTIAL, TIMER, LineDrawer, Look
from console.width import cells

HEADER = 1
"""Lines above the tickets."""


class QueueView(ScrollView, can_focus=True):
    """A virtual list of tickets with countdowns."""

    COMPONENT_CLASSES = {
        "queue--header",
        "queue--pending",
        "queue--row",
        "queue--cursor",
        "queue--cursor-away",
        "queue--late",
        "queue--soon",
        "queue--ok",
        "queue--urgent",
        "queue--muted",
        "queue--empty",
    }

    DEFAULT_CSS = """
    QueueView { height: 1fr; overflow: hidden auto; scrollbar-size: 0 0; }
    """

    BINDINGS = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter", "pick", show=False),
        Binding("space", "mark", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another ticket, or on none."""

        def __init__(self, view: QueueView, row: QueueRow | None) -> None:
            super().__init__()
            self.view = view
            self.row = row

        @property
        def control(self) -> QueueView:
            return self.view

        def can_replace(self, message: Message) -> bool:
            """Only the latest stop of a fast cursor matters."""
            return isinstance(message, QueueView.Moved) and message.view is self.view

    class Picked(Message):
        """A ticket was chosen with Enter or a second click."""

        def __init__(self, view: QueueView, row: QueueRow) -> None:
            super().__init__()
            self.view = view
            self.row = row

        @property
        def control(self) -> QueueView:
            return self.view

    class Failed(Message):
        """A page could not be read; the list shows what it had."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        load: Loader,
        columns: Callable[[], Sequence[Column]],
        *,
        empty: str = "",
        name: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=name, classes=classes)
        self._load = load
        self._empty = empty
        self._provider: QueueProvider | None = None
        self._pages = Pages()
        self._frame = 0
        """Counts the frozen lists shown, so that pages of an older one are thrown away."""
        self._asked: set[int] = set()
        self._aim: tuple[int, int] | None = None
        """A move that waits for its page: (line, screen line it should stand on)."""
        self._known = 0
        self.cursor = 0
        self.cursor_id: int | None = None
        self.marks: set[int] = set()
        self.on_pick: Callable[[QueueRow], object] | None = None
        """Called at once when a ticket is chosen: a message would come after the next key."""
        self.pending = 0
        """Tickets that came in since the list was frozen."""
        self.stale = False
        """Whether tickets on the screen have left the list or moved in it."""
        self._now = 0
        self._drawer = LineDrawer(columns, self._part)
        self._drawn: dict[int, tuple[tuple[object, ...], Strip]] = {}

    # ------------------------------------------------------------------------------------------- what is shown

    @property
    def total(self) -> int:
        """How many tickets the list has."""
        return self._pages.total

    @property
    def row(self) -> QueueRow | None:
        """The ticket under the cursor, when its page is here."""
        return self._pages.row(self.cursor)

    @property
    def ready(self) -> bool:
        """Whether everything asked for has come."""
        return not self._asked and self._aim is None

    def show(self, provider: QueueProvider, keep: bool = False) -> None:
        """Show a list. With `keep` the cursor stays on its ticket, and the ticket on its line of the screen."""
        self._provider = provider
        self._frame += 1
        self._asked.clear()
        self._aim = None
        self.run_worker(
            self._open(provider, self._frame, keep), group="queue-open", exclusive=True, exit_on_error=False
        )

    def catch_up(self) -> None:
        """Read the list anew, the cursor staying on its ticket."""
        if self._provider is not None:
            self.show(self._provider, keep=True)

    def changed(self) -> None:
        """Something changed in the store: read the visible tickets again and count what is new."""
        if self._provider is not None:
            frame = self._frame
            self.run_worker(
                self._reread(self._provider, frame), group="queue-reread", exclusive=True, exit_on_error=False
            )

    def tick(self, now: int) -> None:
        """Draw the countdowns that read differently at `now` than at the last tick."""
        before, self._now = self._now, now
        if not before:
            self.refresh()
            return
        lines = countdown.visible_changes(self._visible(), before, now)
        if lines:
            self.refresh(*[Region(0, line, TIMER, 1) for line in lines])

    def _visible(self) -> Iterable[countdown.Timed]:
        """The rows on the screen with their lines."""
        top = int(self.scroll_offset.y)
        for y in range(HEADER, self.size.height):
            row = self._pages.row(top + y - HEADER)
            if row is not None:
                yield countdown.Timed(y, None if row.gone else row.due, row.warn, row.paused)

    # ------------------------------------------------------------------------------------------- reading

    async def _open(self, provider: QueueProvider, frame: int, keep: bool) -> None:
        """Freeze a list: its length, and the pages around the cursor."""
        anchor = self._pages.row(self.cursor) if keep else None
        height = self._body_height()
        offset = self.cursor - int(self.scroll_offset.y) if keep else 0

        def read() -> tuple[Pages, int]:
            pages = Pages(provider.count())
            line = min(provider.rank(anchor.key), max(pages.total - 1, 0)) if anchor is not None else 0
            for number in pages.missing(line - height, line + height):
                pages.store(pages.request(number)(provider))
            return pages, line

        try:
            pages, line = await self._load(read)
        except Exception as error:  # noqa: BLE001 - a failed query is a banner, never the end of the screen
            self.post_message(self.Failed(error))
            return
        if frame != self._frame:
            return
        self._pages = pages
        self._known = pages.total
        self.pending, self.stale = 0, False
        if anchor is not None:
            found = pages.line_of(anchor.id)
            line = found if found is not None else line
        self._lay_out()
        self._stand(line, offset)
        self.refresh()

    async def _reread(self, provider: QueueProvider, frame: int) -> None:
        """Put fresher readings in place; follow at once only when the reader is at the top."""
        shown = [row.id for row in self._rows_on_screen()]

        def read() -> tuple[int, Sequence[QueueRow]]:
            return provider.count(), provider.rows(shown)

        try:
            count, rows = await self._load(read)
        except Exception as error:  # noqa: BLE001 - see above
            self.post_message(self.Failed(error))
            return
        if frame != self._frame:
            return
        kept = {row.id for row in rows}
        old = {row.id: row for row in self._rows_on_screen()}
        gone = [row for row in old.values() if row.id in shown and row.id not in kept]
        moved = any(row.id in old and old[row.id].key != row.key for row in rows)
        self.pending = max(count - self._known + len(gone), 0)
        self.stale = self.stale or moved or bool(gone)
        if (self.pending or self.stale) and self.cursor == 0 and not self.scroll_offset.y:
            self.catch_up()
            return
        for row in [*rows, *(replace(row, gone=True) for row in gone)]:
            self._pages.replace(row)
        self.refresh()
        self._tell()

    def _rows_on_screen(self) -> list[QueueRow]:
        top = int(self.scroll_offset.y)
        rows = [self._pages.row(line) for line in range(top, top + self._body_height())]
        return [row for row in rows if row is not None]

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

    # ------------------------------------------------------------------------------------------- moving

    def action_move(self, step: int) -> None:
        line = self._target(step)
        self._go(line, self.cursor - int(self.scroll_offset.y) + step if self._aim is None else self._aim[1] + step)

    def action_page(self, direction: int) -> None:
        page = max(self._body_height() - 1, 1)
        offset = self.cursor - int(self.scroll_offset.y) if self._aim is None else self._aim[1]
        self._go(self._target(direction * page), offset)

    def action_first(self) -> None:
        if self.pending or self.stale:
            self.cursor = 0
            self.cursor_id = None
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
            if self._provider is not None:
                self.show(self._provider)
            return
        self._go(0, 0)

    def action_last(self) -> None:
        self._go(max(self.total - 1, 0), self._body_height() - 1)

    def action_pick(self) -> None:
        if self.row is not None and self.on_pick is not None:
            self.on_pick(self.row)
        elif self.row is not None:
            self.post_message(self.Picked(self, self.row))

    def action_mark(self) -> None:
        row = self.row
        if row is not None:
            self.marks ^= {row.id}
            self._refresh_line(self.cursor)
            self.action_move(1)

    def go_to(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket that is here; whether it was."""
        line = self._pages.line_of(ticket_id)
        if line is not None:
            self._go(line, self._body_height() // 2)
        return line is not None

    def _target(self, step: int) -> int:
        start = self._aim[0] if self._aim is not None else self.cursor
        return min(max(start + step, 0), max(self.total - 1, 0))

    def _go(self, line: int, offset: int) -> None:
        """Move the cursor to a line, at `offset` lines from the top if it can; wait when its page is not here."""
        height = self._body_height()
        offset = min(max(offset, 0), height - 1)
        top = self._top_for(line, offset)
        if not self._want(top, top + height - 1):
            self._aim = (line, offset)
            return
        self._aim = None
        self._want(top - PAGE // 2, top + height + PAGE // 2)
        self._stand(line, offset)

    def _top_for(self, line: int, offset: int) -> int:
        """The first line on the screen when `line` stands at `offset`."""
        return min(max(line - offset, 0), max(self.total - self._body_height(), 0))

    def _stand(self, line: int, offset: int) -> None:
        """Set cursor and scrolling, and draw only what differs."""
        old = self.cursor
        self.cursor = line
        top = self._top_for(line, offset)
        row = self._pages.row(line)
        moved = (row.id if row else None) != self.cursor_id
        self.cursor_id = row.id if row else None
        self._pages.touch(line)
        if top != int(self.scroll_offset.y):
            self._hint_scroll(top - int(self.scroll_offset.y))
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        else:
            self._refresh_line(old)
            self._refresh_line(line)
        self._refresh_position()
        if moved:
            self._tell()

    def _hint_scroll(self, lines: int) -> None:
        """Let the terminal move the lines where the list is most of the screen's width."""
        hint = getattr(self.app, "scrolled", None)
        if hint is not None and self.region.width * 5 >= self.app.size.width * 3:
            hint(self.region.y + HEADER, self.region.bottom - 1, lines)

    def _tell(self) -> None:
        self.post_message(self.Moved(self, self.row))

    def _refresh_line(self, line: int) -> None:
        y = line - int(self.scroll_offset.y) + HEADER
        if HEADER <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_position(self) -> None:
        """Draw the line number in the header."""
        width = cells(self._position()) + 12
        self.refresh(Region(max(self.size.width - width, 0), 0, width, HEADER))

    def _body_height(self) -> int:
        return max(self.size.height - HEADER, 1)

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.size.width, self.total + HEADER)
        self._drawn.clear()

    # ------------------------------------------------------------------------------------------- events

    def on_resize(self) -> None:
        self._lay_out()
        self._go(self.cursor, self.cursor - int(self.scroll_offset.y))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        top = int(self.scroll_offset.y)
        self._want(top, top + self._body_height())

    def on_focus(self) -> None:
        self._refresh_line(self.cursor)

    def on_blur(self) -> None:
        self._refresh_line(self.cursor)

    def on_click(self, event: events.Click) -> None:
        line = int(self.scroll_offset.y) + event.y - HEADER
        if event.y >= HEADER and 0 <= line < self.total:
            same = line == self.cursor
            self._go(line, event.y - HEADER)
            if same:
                self.action_pick()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawer.forget()
        self._drawn.clear()

    # ------------------------------------------------------------------------------------------- drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the widget; drawn here rather than through the style cache, which costs more than the lines."""
        filters = self.get_line_filters()
        background = self.background_colors[1]
        # Asked once for all lines: the framework works each of these out anew.
        width, top, focused = self.size.width, int(self.scroll_offset.y), self.has_focus
        strips = []
        for y in crop.line_range:
            strip = self._line(y, width, top, focused)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            if crop.x or crop.right != width:
                strip = strip.crop(crop.x, crop.right)
            strips.append(strip)
        return strips

    def render_line(self, y: int) -> Strip:
        return self._line(y, self.size.width, int(self.scroll_offset.y), self.has_focus)

    def _line(self, y: int, width: int, top: int, focused: bool) -> Strip:
        """One line of the screen: the header, a ticket, or blank."""
        drawer = self._drawer
        if y < HEADER:
            return drawer.header(width, self._position(), self._news())
        line = top + y - HEADER
        row = self._pages.row(line)
        if row is None:
            text = self._empty if not self.total and y == HEADER + 1 else ".." if line < self.total else ""
            return drawer.blank(width, text)
        look = Look(line == self.cursor, focused, row.id in self.marks)
        timer = countdown.label(None if row.gone else row.due, self._now, row.warn, row.paused)
        key = (row, timer, look, width)
        drawn = self._drawn.get(y)
        if drawn is None or drawn[0] != key:
            drawn = self._drawn[y] = (key, drawer.line(row, timer, look, width))
        return drawn[1]

    def _news(self) -> str:
        """What happened to the list since it was frozen, in words."""
        if self.pending:
            return _(" +{n} new: Home ").format(n=self.pending)
        return _(" changed: Home ") if self.stale else ""

    def _position(self) -> str:
        return f" {self.cursor + 1:,}/{self.total:,} " if self.total else " 0 "

    def _part(self, name: str) -> Style:
        """The style of a part of the list."""
        return self.get_component_rich_style(f"queue--{name}", partial=name in PARTIAL)
