"""The queue: open tickets by deadline, filtered as one types, with the ticket beside or below."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from console.i18n import _
from console.ports import Filter, QueueRow, TicketView
from console.screens.duty import DutyScreen
from console.widgets.columns import queue_columns
from console.widgets.fields import FieldSpec, Leave, TextField
from console.widgets.lines import LinesView
from console.widgets.queue_view import QueueView
from console.widgets.ticket_lines import summary_lines

PAUSE = 0.12
"""Seconds of rest after a move before the ticket beside the list is read: holding a key down reads nothing."""

TYPING_PAUSE = 0.2
"""Seconds without a key before a filter is applied."""


class QueueScreen(DutyScreen):
    """Incoming and open tickets."""

    NAME = "queue"

    def body(self) -> Iterable[Widget]:
        yield TextField(FieldSpec("filter", "", hint=_("Filter: words, a place, a code; Esc clears")))
        with Horizontal(classes="queue--split"):
            yield QueueView(self.app.load, queue_columns, empty=_("Nothing is open."), name="tickets")
            yield LinesView(name="detail")

    def on_mount(self) -> None:
        self.wanted = Filter()
        self.shown: TicketView | None = None
        self._waiting = self.set_timer(PAUSE, self._read_detail, pause=True)
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter, pause=True)
        self.query_one(TextField).display = False
        self.query_one("#detail").can_focus = False
        self.view.show(self.app.backend.queue(self.wanted))
        self.set_focus(self.view)

    @property
    def view(self) -> QueueView:
        """The list."""
        return self.query_one(QueueView)

    def tick(self, now: int) -> None:
        super().tick(now)
        detail = self.query_one("#detail", LinesView)
        if self.shown is not None and detail.display:
            detail.rebuild()

    def changed(self) -> None:
        super().changed()
        self._rest()

    # ------------------------------------------------------------------------------------------- the ticket beside

    @on(QueueView.Moved)
    def _moved(self, event: QueueView.Moved) -> None:
        self._rest()

    def _rest(self) -> None:
        """Read the ticket beside the list once the cursor rests."""
        self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._read_detail)

    def _read_detail(self) -> None:
        if self.query_one("#detail").display:
            self.run_worker(self._load_detail(self.view.row), group="detail", exclusive=True, exit_on_error=False)

    async def _load_detail(self, row: QueueRow | None) -> None:
        if row is None:
            self.shown = None
        else:
            try:
                self.shown = await self.app.load(lambda: self.app.backend.ticket(row.ticket))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
        detail = self.query_one("#detail", LinesView)
        detail.show(lambda width: summary_lines(self.shown, width, self.app.now, self.app.status.zone))

    # ------------------------------------------------------------------------------------------- filter

    def action_filter(self) -> None:
        field = self.query_one(TextField)
        field.display = True
        self.set_focus(field)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._typing.stop()
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter)

    @on(Leave)
    def _left_filter(self, event: Leave) -> None:
        self._typing.stop()
        self._apply_filter()
        self.set_focus(self.view)

    def _apply_filter(self) -> None:
        self.show_filter(Filter(words=self.query_one(TextField).filled))

    def show_filter(self, wanted: Filter) -> None:
        if wanted != self.wanted:
            self.wanted = wanted
            self.view.cursor = 0
            self.view.show(self.app.backend.queue(wanted))

    def step_back(self) -> None:
        field = self.query_one(TextField)
        if field.display:
            field.value = ""
            field.display = False
            self._apply_filter()
            self.set_focus(self.view)
        elif self.wanted != Filter():
            self.show_filter(Filter())

    def action_mark(self) -> None:
        self.view.action_mark()
