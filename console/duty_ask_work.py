"""From the key for leave and exchanges to the list, one of them, and back to it once something was decided."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs import duty_asks as dialogs
from console.dialogs.form import FormDrawer
from console.duty_ask_ports import DutyAskRow, DutyAskView
from console.i18n import _
from console.terminal.legible import clean
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

Values = dict[str, object]


class DutyAskWork:
    """Opens the drawers and carries out what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def open(self, screen: DutyScreen) -> None:
        """All of them, with what waits first."""

        def show(found: Sequence[DutyAskRow]) -> None:
            drawer = dialogs.asks_drawer(found, self.app.status.zone, self.app.backend.read_only)
            self._open(drawer, partial(self._chosen, screen))

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.duty_asks), show)

    def _chosen(self, screen: DutyScreen, answer: str) -> None:
        backend = self.app.backend
        if answer == dialogs.LEAVE:
            self._form(screen, answer, _("Ask for leave"), dialogs.leave_form(), backend.ask_leave)
        elif answer == dialogs.EXCHANGE:
            work = partial(self._centre, "exchange_ask", {})
            self._form(screen, answer, _("Exchange a shift"), dialogs.exchange_form(), work)
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
            self._form(screen, f"{answer} {row.number}", _("Grant"), dialogs.grant_form(row.kind), work, then)
        elif answer == dialogs.DECLINE:
            self._form(screen, f"{answer} {row.number}", _("Decline"), dialogs.decline_form(), work, then)
        else:
            self._carry_out(screen, "", {}, work, then)

    def _open(self, drawer: Drawer[str], then: Callable[[str], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                then(answer)

        self.app.open_drawer(drawer, answered)

    def _form(
        self,
        screen: DutyScreen,
        name: str,
        heading: str,
        fields: Sequence[FieldSpec],
        work: Callable[[Values, str], str],
        then: Callable[[], None] | None = None,
    ) -> None:
        """Ask, then carry out; what was typed is kept until it is done."""
        drafts, form = self.app.drafts, f"duty {name}"

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._carry_out(screen, form, {**answer}, work, then)

        self.app.open_drawer(FormDrawer(heading, fields, drafts.get(form).values, partial(drafts.keep, form)), filled)

    def _carry_out(
        self,
        screen: DutyScreen,
        form: str,
        values: Values,
        work: Callable[[Values, str], str],
        then: Callable[[], None] | None,
    ) -> None:
        key = f"console-{os.urandom(12).hex()}"

        async def run() -> None:
            try:
                text = await self.app.write(lambda: work(values, key))
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error, _(" What you typed is kept: the same key brings it back.") if form else "")
            else:
                if form:
                    self.app.drafts.drop(form)
                screen.say(clean(text, 200))
                if then is not None:
                    then()
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)

    def _centre(self, verb: str, known: Values, values: Values, key: str) -> str:
        return self.app.backend.centre_do(verb, {**known, **values}, key)
