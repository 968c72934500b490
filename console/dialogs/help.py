"""Help: what the focused part does, and every key of the screen, from the one table of keys."""

from __future__ import annotations

from textual.widget import Widget

from console.i18n import _, mark
from console.keys import actions_of, key_name
from console.widgets.drawer import Drawer
from console.widgets.fields import ChoiceField, TextField
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.queue_view import QueueView
from console.width import pad, wrap

PART_HELP: tuple[tuple[type[Widget], str], ...] = (
    (QueueView, mark("List of tickets. Up and Down move, PgUp and PgDn turn pages, Home and End go to the edges, "
                     "Space marks, Enter opens. The first column counts down: ! is overdue, ~ is soon, -- is paused. "
                     "New tickets never shift the lines; the header counts them, Home takes them in.")),
    (TextField, mark("Field. Type with any input method; Enter goes on, Up goes back, F-keys work as everywhere.")),
    (ChoiceField, mark("Choice. Left and Right or the digit choose, Enter goes on.")),
    (LinesView, mark("List. Up and Down move, Enter chooses.")),
)  # fmt: skip


class HelpDrawer(Drawer[None]):
    """Explains the focused part and lists the keys."""

    def __init__(self, screen_name: str, focused: Widget | None) -> None:
        super().__init__(_("Help"))
        self.screen_name = screen_name
        self.part = next((text for kind, text in PART_HELP if isinstance(focused, kind)), "")

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = 24
        return [view]

    def _lines(self, width: int) -> list[Line]:
        lines = [text_line(row) for row in wrap(_(self.part), width - 2)] if self.part else []
        group = ""
        for action in actions_of(self.screen_name):
            if action.group != group:
                group = action.group
                lines += [text_line(), text_line(_(group), "title")]
            keys = " ".join(key_name(key) for key in action.keys)
            lines.append(
                Line(((pad(f"  {keys}", 22), "label"), (pad(_(action.title), 12), ""), (_(action.help), "muted")))
            )
        return lines
