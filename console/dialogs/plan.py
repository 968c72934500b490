"""A drawer that says first what will be done; Enter does it."""

from __future__ import annotations

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.plan_ports import Plan
from console.terminal.legible import clean
from console.terminal.width import wrap
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line

MOST_LINES = 14
ROOM = 4
"""Columns that the frame takes."""


class PlanDrawer(Drawer[bool]):
    """Shows a plan. The answer is True when it is to be carried out; a plan without steps can only be put away."""

    BINDINGS = [Binding("enter,f8", "agree", show=False, priority=True)]

    def __init__(self, heading: str, plan: Plan) -> None:
        super().__init__(heading)
        self.plan = plan

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = min(len(self._lines(self.app.size.width - ROOM)), MOST_LINES)
        return [view, HintLine(self._foot)]

    def _lines(self, width: int) -> list[Line]:
        """Numbered where there are several things to do; a line that is too long goes on below itself."""
        lines = []
        part = "" if self.plan.steps else "soon"
        for text in self.plan.lines:
            first, *rest = wrap(clean(text, 500), max(width - 4, 10)) or [""]
            lines += [text_line(f"  {first}", part), *(text_line(f"    {row}", part) for row in rest)]
        return lines

    def _foot(self, _width: int) -> list[Line]:
        if self.plan.steps:
            return [text_line(_("Enter does all of this, Esc nothing"), "muted")]
        return [text_line(_("Esc closes"), "muted")]

    def action_agree(self) -> None:
        self.dismiss(bool(self.plan.steps) or None)
