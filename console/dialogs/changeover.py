"""The drawer for the change of shift: what is open, late first; Enter opens a ticket, F8 takes all of it over."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.plan_ports import Handover, OpenPart
from console.ports import QueueRow
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets import countdown
from console.widgets.columns import label
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, Part, text_line
from data.terms import Stage

TAKE_OVER = "take over"
"""The answer when what is shown was taken over; any other answer is the id of a ticket to open."""

HEIGHT = 16
CODE, STAGE, HOLDER = 14, 12, 14
"""Cells of the columns."""

TITLES: dict[str, Callable[[], str]] = {
    "late": lambda: _("! Late"),
    "waiting": lambda: _("Sent, not acknowledged"),
    "due": lambda: _("Due before the next shift ends"),
    "paused": lambda: _("Paused"),
    "rest": lambda: _("Other open tickets"),
}


class HandoverDrawer(Drawer[str]):
    """What is open. The answer is `TAKE_OVER` or the id of a ticket."""

    BINDINGS = [Binding("f8", "take_over", show=False, priority=True)]

    def __init__(self, heading: str, found: Handover, now: int) -> None:
        super().__init__(heading)
        self.found = found
        self.now = now

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self.dismiss
        words = _("Enter opens the ticket, F8 notes on each that you took it over")
        return [view, HintLine(lambda _width: [text_line(words, "muted")])]

    def _lines(self, _width: int) -> list[Line]:
        parts = [part for part in self.found.parts if part.total]
        if not parts:
            return [text_line(_("Nothing is open."), "muted")]
        sums = "  ".join(f"{TITLES[part.name]()} {part.total}" for part in parts)
        return [text_line(f" {sums}", "title"), *(line for part in parts for line in self._part(part))]

    def _part(self, part: OpenPart) -> list[Line]:
        lines = [text_line(f"{TITLES[part.name]()}  {part.total}", "late" if part.name == "late" else "title")]
        lines += [self._ticket(row) for row in part.rows]
        others = part.total._replace(number=part.total.number - len(part.rows))
        if others:
            lines.append(text_line(_("  and {n} more").format(n=others), "muted"))
        return lines

    def _ticket(self, row: QueueRow) -> Line:
        left, band = countdown.label(row.due, self.now, row.warn, row.paused)
        parts: list[Part] = [
            (f" {countdown.MARKERS[band]}{left:<7} ", band if band in ("late", "soon") else ""),
            (f"{pad(clean(row.code, 20), CODE)} ", "label"),
            (f"{pad(clean(label(Stage, row.stage), 12), STAGE)} ", "muted"),
            (f"{pad(clean(row.holder, 30), HOLDER)} ", "muted"),
            (clean(row.title, 100), ""),
        ]
        return Line(tuple(parts), str(row.ticket))

    def action_take_over(self) -> None:
        if any(part.total for part in self.found.parts):
            self.dismiss(TAKE_OVER)


def codes(found: Handover) -> list[str]:
    """The tickets that are named in a list."""
    return [row.code for part in found.parts for row in part.rows]
