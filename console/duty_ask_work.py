"""From the key for leave and exchanges to the list, one of them, and back to it once something was decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs import duty_asks as dialogs
from console.duty_ask_ports import DutyAskRow, DutyAskView
from console.form_work import FormWork
from console.i18n import _

if TYPE_CHECKING:
    from console.screens.duty import DutyScreen


class DutyAskWork(FormWork):
    """Opens the drawers and carries out what is chosen there."""

    def open(self, screen: DutyScreen) -> None:
        """All of them, with what waits first."""

        def show(found: Sequence[DutyAskRow]) -> None:
            drawer = dialogs.asks_drawer(found, self.app.status.zone, self.app.backend.read_only)
            self._open(drawer, partial(self._chosen, screen))

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.duty_asks), show)

    def _chosen(self, screen: DutyScreen, answer: str) -> None:
        backend = self.app.backend
        if answer == dialogs.LEAVE:
            self._form(screen, f"duty {answer}", _("Ask for leave"), dialogs.leave_form(), backend.ask_leave)
        elif answer == dialogs.EXCHANGE:
            work = partial(self._centre, "exchange_ask", {})
            self._form(screen, f"duty {answer}", _("Exchange a shift"), dialogs.exchange_form(), work)
        else:
            self._one(screen, int(answer.partition(" ")[2]))

    def _one(self, screen: DutyScreen, number: int) -> None:
        def show(found: DutyAskView) -> None:
            drawer = dialogs.ask_drawer(found, self.app.status.zone, self.app.backend.read_only)
            self._open(drawer, partial(self._decide, screen, found.row))

        self.app.work.read_then(screen, lambda: self.app.load(lambda: self.app.backend.duty_ask(number)), show)

    def _decide(self, screen: DutyScreen, row: DutyAskRow, answer: str) -> None:
        work = partial(self._centre, f"duty_{answer}", {"ask": row.number})
        then = partial(self._one, screen, row.number)
        if answer == dialogs.GRANT:
            self._form(screen, f"duty {answer} {row.number}", _("Grant"), dialogs.grant_form(row.kind), work, then)
        elif answer == dialogs.DECLINE:
            self._form(screen, f"duty {answer} {row.number}", _("Decline"), dialogs.decline_form(), work, then)
        else:
            self._carry_out(screen, "", {}, work, then)
