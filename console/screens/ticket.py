"""One ticket, whole: summary, history, custody, clocks and hands, one tab each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual import events, on
from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, mark
from console.keyboard.table import action, key_name
from console.personal_ports import ShownField
from console.ports import QueueRow, TicketView
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import cells
from console.widgets.lines import Line, LinesView, Part, text_line
from console.widgets.meeting_lines import proceeding_lines
from console.widgets.ticket_lines import (
    clock_lines,
    custody_lines,
    hand_lines,
    history_lines,
    labelled,
    summary_lines,
)

TABS: tuple[tuple[str, str], ...] = (
    ("summary", mark("Summary")),
    ("history", mark("History")),
    ("custody", mark("Custody")),
    ("clocks", mark("Clocks")),
    ("hands", mark("Hands")),
    ("meetings", mark("Meetings")),
)

TAB_MARGIN = 1
"""Cells in front of the first tab."""


class TabLine(LinesView, can_focus=False):
    """The names of the tabs; a click on one shows it."""

    def on_click(self, event: events.Click) -> None:
        edge = TAB_MARGIN
        for number, (_name, title) in enumerate(TABS):
            edge += cells(_(title)) + 2
            if TAB_MARGIN <= event.x < edge:
                if isinstance(self.screen, TicketScreen):
                    self.screen.action_tab(number - self.screen.tab)
                return


class Revealed(NamedTuple):
    """A field in full on the page, from an instant until another."""

    label: str
    value: str
    since: int
    until: int


class TicketScreen(DutyScreen):
    """Everything about one ticket."""

    NAME = "ticket"
    BINDINGS = [
        Binding("right,tab", "tab(1)", show=False, priority=True),
        Binding("left,shift+tab", "tab(-1)", show=False, priority=True),
    ]

    def __init__(self, ticket_id: int) -> None:
        super().__init__()
        self.ticket_id = ticket_id
        self.shown: TicketView | None = None
        self.tab = 0
        self.revealed: Revealed | None = None
        self.since = 0
        """When the officer last looked at the ticket before; what happened later is marked."""

    def body(self) -> Iterable[Widget]:
        yield TabLine(self._tab_line, name="tabs")
        yield LinesView(name="ticket")

    def on_mount(self) -> None:
        self.set_focus(self.lines)
        self.changed()

    @property
    def lines(self) -> LinesView:
        """The tab's content."""
        return self.query_one("#ticket", LinesView)

    @property
    def moment(self) -> int:
        """The instant that is shown: countdowns run to it."""
        return self.app.now

    def ticket(self) -> QueueRow | None:
        return self.shown.row if self.shown is not None else None

    def changed(self) -> None:
        self.run_worker(self._read(), group="ticket", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            self.shown = await self.app.personal.on_record(
                self.ticket_id, lambda: self.app.backend.ticket(self.ticket_id)
            )
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        self._look()
        self._show()
        self._show_reasons()

    def _look(self) -> None:
        """Remember that the officer looks at it, and when they did before."""
        if self.shown is not None:
            self.since = self.since or self.app.memory.looked.last_look(self.ticket_id) or self.app.now
            self.app.memory.looked.look(self.shown.row, self.app.now)

    def _show(self) -> None:
        self.query_one("#tabs", LinesView).rebuild()
        self.lines.show(self._content)

    def tick(self, now: int) -> None:
        super().tick(now)
        if self.revealed is not None and not self.revealed.since <= now < self.revealed.until:
            self.hide()
        self.lines.rebuild()

    # ------------------------------------------------------------------------------------------- one field in full

    def action_show_field(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.personal.ask(self, row)

    def reveal(self, label: str, shown: ShownField) -> None:
        """Show a field until its time is up; not at all where something else is in front by now."""
        if self.app.screen is not self:
            self.say(_("Not shown: something else came in front. It is on record all the same."), "warning")
            return
        now = self.app.now
        self.revealed = Revealed(label, shown.value, now, now + shown.seconds)
        self.lines.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.lines.rebuild()

    def hide(self) -> None:
        """Mask it again."""
        self.revealed = None
        self.lines.rebuild()

    @on(events.ScreenSuspend)
    def _covered(self) -> None:
        """A drawer, another screen or the lock is in front."""
        if self.revealed is not None:
            self.hide()

    def _revealed_lines(self, width: int) -> list[Line]:
        if self.revealed is None:
            return []
        left = self.revealed.until - self.app.now
        said = _("In full for {n} s, on record").format(n=max(left, 0))
        value = clean(self.revealed.value, 4000, lines=True) or _("(empty)")
        return [text_line(said, "soon"), *labelled(self.revealed.label, value, width, "urgent"), text_line()]

    def action_tab(self, step: int) -> None:
        self.tab = (self.tab + step) % len(TABS)
        self.lines.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._show()

    def step_back(self) -> bool:
        self.app.pop_screen()
        return True

    def action_open_ticket(self) -> None:
        """It is open already: go on with the usual next step."""
        self.action_next_step()

    # ------------------------------------------------------------------------------------------- content

    def _tab_line(self, _width: int) -> list[Line]:
        parts: list[Part] = [(" " * TAB_MARGIN, "")]
        for number, (_name, title) in enumerate(TABS):
            text = _(title)
            parts.append(
                (f"[{text}]" if number == self.tab else f" {text} ", "title" if number == self.tab else "muted")
            )
        row = self.shown.row if self.shown is not None else None
        if row is not None:
            parts += [(f"   {clean(row.code, 40)}", "label"), (f"  {clean(row.title, 200)}", "")]
        return [Line(tuple(parts))]

    def _content(self, width: int) -> list[Line]:
        if self.shown is None:
            return [text_line(_("No ticket."), "muted")]
        build: Callable[[TicketView, int], list[Line]] = getattr(self, f"_{TABS[self.tab][0]}")
        return [*self._revealed_lines(width), *build(self.shown, width)]

    def _summary(self, view: TicketView, width: int) -> list[Line]:
        return summary_lines(view, width, self.moment, self.app.status.zone)

    def _hands(self, view: TicketView, width: int) -> list[Line]:
        zone = self.app.status.zone
        lines = [text_line(clean(text, 300), "title") for text in view.mobilised]
        for task in view.tasks:
            lines += [text_line(), *hand_lines(task, width, self.moment, zone)]
        lines += _more(view.more_tasks)
        return lines or [text_line(_("Nobody has been given a part yet."), "muted")]

    def _meetings(self, view: TicketView, width: int) -> list[Line]:
        lines = [line for item in view.proceedings for line in proceeding_lines(item, width)]
        return lines or [text_line(_("No meeting, no consultation and no mediation yet."), "muted")]

    def _history(self, view: TicketView, width: int) -> list[Line]:
        zone = self.app.status.zone
        lines: list[Line] = []
        for item in view.history:
            sign = ("^ ", "urgent") if item.at > self.since else ("  ", "")
            first, *rest = history_lines(item, width - 2, zone, seconds=True)
            lines += [Line((sign, *first.parts)), *[Line((("  ", ""), *line.parts)) for line in rest]]
        return lines or [text_line(_("Nothing has happened yet."), "muted")]

    def _custody(self, view: TicketView, width: int) -> list[Line]:
        return custody_lines(view.custody, self.moment, self.app.status.zone, closed=view.closed)

    def _clocks(self, view: TicketView, width: int) -> list[Line]:
        now, zone = self.moment, self.app.status.zone
        lines = [line for clock in view.clocks for line in clock_lines(clock, now, zone)]
        lines += _more(view.more_clocks)
        return lines or [text_line(_("No clock has run."), "muted")]


def _more(amount: int) -> list[Line]:
    """That there are more of them than are listed, and where all are."""
    if not amount:
        return []
    text = _("and {n} more; {key} shows how far each community is").format(
        n=amount, key=key_name(action("watch").keys[0])
    )
    return [text_line(text, "muted")]
