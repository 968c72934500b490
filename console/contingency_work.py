"""Contingency plans and matter cards from a key to the desk and back to the banner."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from console.contingency_ports import CardView, PlansView
from console.dialogs.contingency import ANSWER, MORE, CardDrawer, ChecklistDrawer, OffersDrawer
from console.dialogs.form import FormDrawer
from console.i18n import _
from console.ports import QueueRow, Receipt
from console.terminal.legible import clean
from console.widgets.fields import FieldSpec

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen


class ContingencyWork:
    """Opens the drawers and carries out what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    # ------------------------------------------------------------------------------------------- plans

    def open(self, screen: DutyScreen, row: QueueRow, key: str = "") -> None:
        """The checklist of what is active; where nothing is, the plans to choose from."""

        def show(found: PlansView) -> None:
            if found.active:
                self._checklist(screen, row, found, key)
            else:
                self._offers(screen, row, found)

        self.app.work.read_then(screen, lambda: self.app.load(lambda: self.app.backend.plans.view(row.code)), show)

    def _offers(self, screen: DutyScreen, row: QueueRow, found: PlansView) -> None:
        def chosen(code: str | None) -> None:
            if code is not None:
                self._activate(screen, row, code)

        self.app.open_drawer(OffersDrawer(_heading(row), found.offers), chosen)

    def _activate(self, screen: DutyScreen, row: QueueRow, plan: str, override: str = "") -> None:
        """All of it in one transaction, for the revision that was on the screen; then the checklist."""
        key, backend = f"console-{os.urandom(12).hex()}", self.app.backend

        def do() -> Receipt:
            return backend.do_all(row.code, row.revision, backend.plans.steps(row.code, plan, override), key)

        async def run() -> None:
            try:
                receipt = await self.app.write(do)
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error)
                self.app.work.ask_override(error, partial(self._activate, screen, row, plan))
            else:
                screen.say(clean(receipt.text, 200))
                self.open(screen, row)
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)

    def _checklist(self, screen: DutyScreen, row: QueueRow, found: PlansView, key: str) -> None:
        async def tick(code: str, number: int, off: bool) -> PlansView:
            await self._do(row, {"plan": code, "check": number, "off": off})
            return await self.app.load(lambda: self.app.backend.plans.view(row.code))

        def chosen(answer: str | None) -> None:
            kind, _space, rest = (answer or "").partition(" ")
            if kind == MORE:
                self._offers(screen, row, found)
            elif kind == ANSWER:
                plan, _space, number = rest.rpartition(" ")
                self._ask(screen, row, found, plan, int(number))

        self.app.open_drawer(ChecklistDrawer(_heading(row), found, tick, screen.refuse, key), chosen)

    def _ask(self, screen: DutyScreen, row: QueueRow, found: PlansView, plan: str, number: int) -> None:
        """The answer to a question; then the checklist again, at the next question."""
        active = next(one for one in found.active if one.code == plan)
        question = next(line for line in active.questions if line.number == number)
        following = f"{ANSWER} {plan} {min(number + 1, len(active.questions))}"

        def filled(values: dict[str, str] | None) -> None:
            if values is None:
                self.open(screen, row, f"{ANSWER} {plan} {number}")
                return

            async def run() -> None:
                try:
                    await self._do(row, {"plan": plan, "question": number, "answer": values["answer"]})
                except Exception as error:  # noqa: BLE001 - see above
                    screen.refuse(error)
                self.open(screen, row, following)

            self.app.run_worker(run(), group="doing", exit_on_error=False)

        form = (FieldSpec("answer", _("Answer"), required=True, limit=2000),)
        self.app.open_drawer(FormDrawer(clean(question.text, 200), form), filled)

    async def _do(self, row: QueueRow, values: dict[str, object]) -> None:
        """A tick or an answer changes nothing that others decide on: it needs no revision."""
        key = f"console-{os.urandom(12).hex()}"
        await self.app.write(lambda: self.app.backend.do("tick", row.code, None, values, key))
        self.app.heard()

    # ------------------------------------------------------------------------------------------- cards

    def card_of_ticket(self, screen: DutyScreen, row: QueueRow) -> None:
        """The card of a ticket's matter, or of the one that its text speaks of."""
        self._card(screen, lambda: self.app.backend.plans.card_of(row.code))

    def card(self, screen: DutyScreen, matter: str) -> None:
        """The card of a matter."""
        self._card(screen, lambda: self.app.backend.plans.card(matter))

    def _card(self, screen: DutyScreen, read: Callable[[], CardView | None]) -> None:
        def show(found: CardView | None) -> None:
            if found is None:
                screen.say(_("The report names no matter of the catalogue: there is no card for it."))
            else:
                self.app.open_drawer(CardDrawer(found))

        self.app.work.read_then(screen, lambda: self.app.load(read), show)


def _heading(row: QueueRow) -> str:
    return f"{_('Plans')}  {clean(row.code, 40)}  {clean(row.title, 60)}"
