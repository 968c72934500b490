"""The queue: open tickets by deadline, filtered as one types, with the ticket beside or below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from console.i18n import _
from console.ports import QueueRow, TicketView
from console.screens.filtered import FilteredScreen
from console.tie_ports import Alike
from console.widgets.columns import queue_columns
from console.widgets.lines import Line, LinesView
from console.widgets.queue_view import QueueView
from console.widgets.ticket_lines import alike_lines, summary_lines
from data.terms import Stage

if TYPE_CHECKING:
    from console.bulk import BulkWork

BEFORE_SENDING = frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.ASSESSED})
"""Stages at which it still pays to ask whether a ticket is a duplicate: nobody has been sent for it."""

DETAIL = "detail"
"""The view of the ticket beside or below the list."""
PAUSE = 0.12
"""Seconds of rest after a move before the ticket beside the list is read: holding a key down reads nothing."""


class QueueScreen(FilteredScreen):
    """Incoming and open tickets."""

    NAME = "queue"

    def lists(self) -> Iterable[Widget]:
        with Horizontal(classes="split"):
            yield QueueView(self.app.load, queue_columns, empty=_("Nothing is open."), name="tickets")
            yield LinesView(name=DETAIL, classes="beside")

    def on_mount(self) -> None:
        self.shown: TicketView | None = None
        self._waiting = self.set_timer(PAUSE, self._read_detail, pause=True)
        self.detail.can_focus = False
        self.provide = self.app.backend.queue
        self.view.sign = lambda row: self.app.memory.looked.sign(row)
        self._looked_at: int | None = None

    @property
    def detail(self) -> LinesView:
        """The ticket beside or below the list."""
        return self.query_one("#detail", LinesView)

    def tick(self, now: int) -> None:
        super().tick(now)
        if self.shown is not None:
            for detail in self.standing(LinesView):
                if detail.id == DETAIL and detail.display:
                    detail.rebuild()

    def changed(self) -> None:
        super().changed()
        self._rest()

    # ------------------------------------------------------------------------------------------- many at once

    @property
    def bulk(self) -> BulkWork:
        """Work on the marked tickets; its drawers are loaded when they are first needed."""
        from console.bulk import BulkWork

        return BulkWork(self)

    def action_actions(self) -> None:
        if self.view.marks:
            self.bulk.choose_action()
        else:
            super().action_actions()

    def action_next_step(self) -> None:
        if self.view.marks:
            self.bulk.next_step()
        else:
            super().action_next_step()

    def action_verb(self, verb: str) -> None:
        if self.view.marks:
            self.bulk.start(verb)
        else:
            super().action_verb(verb)

    # ------------------------------------------------------------------------------------------- the ticket beside it

    @on(QueueView.Moved)
    def _moved(self, _event: QueueView.Moved) -> None:
        self._rest()

    def _rest(self) -> None:
        """Read the ticket beside the list once the cursor rests."""
        self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._read_detail)

    def _read_detail(self) -> None:
        self._look_at(self.view.row)
        if self.query("#detail") and self.detail.display:
            self.run_worker(self._load_detail(self.view.row), group="detail", exclusive=True, exit_on_error=False)

    def _look_at(self, row: QueueRow | None) -> None:
        """The cursor rests on a ticket: it has been looked at. What changes under a resting cursor has not."""
        if not self.app.memory.looked.has_begun:
            self.run_worker(self._begin_looking(), group="looking", exclusive=True, exit_on_error=False)
        if row is not None and row.id != self._looked_at and not row.gone:
            self.app.memory.looked.look(row, self.app.now)
        self._looked_at = row.id if row is not None else None

    async def _begin_looking(self) -> None:
        """The officer is here for the first time: nothing that is there already is marked as new."""
        looked = self.app.memory.looked
        try:
            newest = await self.app.load(self.app.backend.newest_ticket)
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        looked.begin(newest)

    async def _load_detail(self, row: QueueRow | None) -> None:
        found: TicketView | None = None
        if row is not None:
            try:
                found = await self.app.load(lambda: self.app.backend.ticket(row.ticket))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
        self.shown = found
        if not self.query("#detail"):
            return  # the program is ending
        alike: tuple[Alike, ...] = ()

        def lines(width: int) -> list[Line]:
            return [*alike_lines(alike, width), *summary_lines(found, width, self.app.now, self.app.status.zone)]

        self.detail.show(lines)
        if row is None or row.stage not in BEFORE_SENDING:
            return
        try:
            alike = (await self.app.load(lambda: self.app.backend.ties(row.ticket))).alike
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        if alike and self.query("#detail"):
            self.detail.show(lines)
