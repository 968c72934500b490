"""The list of tickets: one widget that draws its lines itself, however many there are.

This part moves and draws, `list_reading.py` reads, `list_marking.py` marks; cursor and marks are kept by ticket. New
and changed tickets never shift the lines under the reader: they are counted ("+12 new") until the list is asked to
catch up. Each second only the countdowns that read differently are drawn again, at the left edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from console.i18n import _
from console.ports import Loader, QueueRow
from console.terminal.width import cells
from console.widgets import countdown
from console.widgets.columns import Column
from console.widgets.list_marking import ListMarking
from console.widgets.pages import PAGE
from console.widgets.queue_lines import PARTIAL, TIMER, LineDrawer, Look

HEADER = 1
"""Lines above the tickets."""


class QueueView(ListMarking, can_focus=True):
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

    def __init__(
        self,
        load: Loader,
        columns: Callable[[], Sequence[Column]],
        *,
        empty: str = "",
        name: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(load, name=name, classes=classes)
        self._empty = empty
        self.narrowed = False
        """Whether a filter chooses what is shown."""
        self.sign: Callable[[QueueRow], str] = lambda _row: ""
        """What is to be noticed of a ticket, in one cell."""
        self.on_pick: Callable[[QueueRow], object] | None = None
        """Called at once when a ticket is chosen: a message would come after the next key."""
        self.on_shown: Callable[[], object] | None = None
        """Called when another list has come and is shown."""
        self._now = 0
        self._drawer = LineDrawer(columns, self._part)
        self._drawn: dict[int, tuple[tuple[object, ...], Strip]] = {}

    # ------------------------------------------------------------------------------------------- the clock

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

    # ------------------------------------------------------------------------------------------- moving

    def action_move(self, step: int) -> None:
        self._at_rest = False
        line = self._target(step)
        self._go(line, self.cursor - int(self.scroll_offset.y) + step if self._aim is None else self._aim[1] + step)

    def action_page(self, direction: int) -> None:
        self._at_rest = False
        page = max(self._body_height() - 1, 1)
        offset = self.cursor - int(self.scroll_offset.y) if self._aim is None else self._aim[1]
        self._go(self._target(direction * page), offset)

    def action_first(self) -> None:
        """To the first line; what came in and what left is taken in on the way."""
        if (self.pending or self.stale or self.unread) and self._provider is not None:
            self._open(self._provider, False, self._order)
            return
        self._go(0, 0)
        self._at_rest = True

    def action_last(self) -> None:
        self._at_rest = False
        self._go(max(self.total - 1, 0), self._body_height() - 1)

    def action_pick(self) -> None:
        if self.row is not None and self.on_pick is not None:
            self.on_pick(self.row)
        elif self.row is not None:
            self.post_message(self.Picked(self, self.row))

    def go_to(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket that is here; whether it was."""
        line = self._pages.line_of(ticket_id)
        if line is not None:
            self._at_rest = False
            self._go(line, self._body_height() // 2)
        return line is not None

    def go_to_line(self, line: int) -> None:
        """Put the cursor on a line of the screen, without moving the list."""
        self._go(line, line - int(self.scroll_offset.y))

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

    def refresh_mark(self) -> None:
        self._refresh_line(self.cursor)
        self._refresh_position()

    def _refresh_position(self) -> None:
        """Draw the line number in the header."""
        width = cells(self._position()) + cells(self._news()) + 12
        self.refresh(Region(max(self.size.width - width, 0), 0, width, HEADER))

    def _shown(self) -> None:
        if self.on_shown is not None:
            self.on_shown()

    def _body_height(self) -> int:
        return max(self.size.height - HEADER, 1)

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.size.width, self.total + HEADER)
        self._drawn.clear()
        self.refresh()

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
        if event.y < HEADER and (self.pending or self.stale):
            self.action_first()
        if event.y >= HEADER and 0 <= line < self.total:
            self._at_rest = False
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

    def _instead(self) -> str:
        """What stands in place of tickets: nothing is open only where that was read."""
        if self.unread:
            return _("The list could not be read: Home reads it again.")
        return _("No ticket fits the filter. Esc takes it off.") if self.narrowed else self._empty

    def _line(self, y: int, width: int, top: int, focused: bool) -> Strip:
        """One line of the screen: the header, a ticket, or blank."""
        drawer = self._drawer
        if y < HEADER:
            return drawer.header(width, self._position(), self._news())
        line = top + y - HEADER
        row = self._pages.row(line)
        if row is None:
            text = self._instead() if not self.total and y == HEADER + 1 else ".." if line < self.total else ""
            return drawer.blank(width, text)
        look = Look(line == self.cursor, focused, row.id in self.marks, self.sign(row))
        timer = countdown.label(None if row.gone else row.due, self._now, row.warn, row.paused)
        key = (row, timer, look, width)
        drawn = self._drawn.get(y)
        if drawn is None or drawn[0] != key:
            drawn = self._drawn[y] = (key, drawer.line(row, timer, look, width))
        return drawn[1]

    def _news(self) -> str:
        """The marks, and what happened to the list since it was frozen, in words."""
        marked = _(" *{n} marked ").format(n=f"{len(self.marks):,}") if self.marks else ""
        if self.pending:
            return marked + _(" +{n} new: Home ").format(n=f"{self.pending:,}")
        return marked + (_(" changed: Home ") if self.stale else "")

    def _position(self) -> str:
        return f" {self.cursor + 1:,}/{self.counted} " if self.total else " 0 "

    def _part(self, name: str) -> Style:
        """The style of a part of the list."""
        return self.get_component_rich_style(f"queue--{name}", partial=name in PARTIAL)
