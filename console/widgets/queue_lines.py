"""Draws the lines of a ticket list: the header, a ticket, a blank. Remembers what does not change with the clock."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.i18n import _
from console.ports import QueueRow
from console.terminal.width import cells, cut, pad
from console.widgets import countdown
from console.widgets.columns import Column, shown_columns

GUTTER = 1
TIMER = GUTTER + countdown.WIDTH
"""Cells at the left edge that a tick may touch: cursor mark and countdown."""

KEPT = 2048
"""Drawn tickets that are remembered."""

PARTIAL = frozenset({"late", "soon", "ok", "urgent", "muted"})
"""Styles of text that leave the background of the line as it is."""


class Look(NamedTuple):
    """How a line is drawn besides its ticket."""

    current: bool
    focused: bool
    marked: bool
    sign: str = ""
    """What is to be noticed of it; one cell."""


class LineDrawer:
    """Turns rows into strips of a given width."""

    def __init__(self, columns: Callable[[], Sequence[Column]], style: Callable[[str], Style]) -> None:
        self._columns = columns
        self._find_style = style
        self._styles: dict[str, Style] = {}
        self._known: OrderedDict[tuple[object, ...], Strip] = OrderedDict()
        self._fitted: dict[int, list[tuple[Column, int]]] = {}

    def forget(self) -> None:
        """Theme or language changed: nothing drawn so far is right."""
        self._styles.clear()
        self._known.clear()
        self._fitted.clear()

    def line(self, row: QueueRow, timer: countdown.Countdown, look: Look, width: int) -> Strip:
        """A ticket's line: cursor mark, countdown, columns."""
        under = self._under(look)
        gutter = (
            "#" if look.current and look.marked else ">" if look.current else "*" if look.marked else look.sign or " "
        )
        band = "muted" if timer.band == "none" else timer.band
        left = [Segment(gutter, under), Segment(countdown.cell(timer), self._on(look, band))]
        return Strip([*left, *self._columns_of(row, look, width - TIMER)], width)

    def header(self, width: int, position: str, news: str) -> Strip:
        """The titles of the columns, what is new, and the place in the list."""
        style = self._style("header")
        titles = pad(" " * GUTTER + _("Left"), TIMER)
        for column, column_width in self._fit(width - TIMER):
            titles += pad(column.title, column_width) + " "
        room = max(width - cells(position) - cells(news), 0)
        titles = pad(cut(titles, room, dots=False), room)
        parts = [Segment(titles, style), Segment(news, self._style("pending")), Segment(position, style)]
        return Strip(parts).adjust_cell_length(width, style)

    def blank(self, width: int, text: str) -> Strip:
        """A line without a ticket."""
        return Strip([Segment(pad("  " + text if text else "", width), self._style("empty"))], width)

    def _columns_of(self, row: QueueRow, look: Look, room: int) -> Strip:
        """The part of a line that only changes with its ticket."""
        key = (row, look.current, look.current and look.focused, room)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        under = self._under(look)
        fitted = self._fit(room)
        segments = [
            Segment(pad(column.text(row), width) + " ", self._text_style(row, column, look)) for column, width in fitted
        ]
        taken = sum(width + 1 for _column, width in fitted)
        strip = self._known[key] = Strip(segments, taken).adjust_cell_length(room, under)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return strip

    def _text_style(self, row: QueueRow, column: Column, look: Look) -> Style:
        """The style of a column's text; a ticket that has left the list is muted."""
        name = "muted" if row.gone else column.style
        return self._on(look, name) if name else self._under(look)

    def _fit(self, room: int) -> list[tuple[Column, int]]:
        """The columns for a width, worked out once."""
        if room not in self._fitted:
            self._fitted[room] = shown_columns(self._columns(), room)
        return self._fitted[room]

    def _on(self, look: Look, name: str) -> Style:
        """The style of a part on a line's ground, worked out once."""
        key = f"{look.current}{look.focused}{name}"
        if key not in self._styles:
            self._styles[key] = self._under(look) + self._style(name)
        return self._styles[key]

    def _under(self, look: Look) -> Style:
        """The style of a line's ground."""
        if not look.current:
            return self._style("row")
        return self._style("cursor" if look.focused else "cursor-away")

    def _style(self, name: str) -> Style:
        """The style of a part, worked out once per theme."""
        if name not in self._styles:
            self._styles[name] = self._find_style(name)
        return self._styles[name]
