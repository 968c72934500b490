"""What says first what it will do: as the catalogue proposes, and undo."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from console.dialogs.plan import PlanDrawer
from console.i18n import _
from console.plan_ports import Plan, Step
from console.ports import QueueRow
from console.terminal.legible import clean

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen


class PlannedWork:
    """Shows plans and carries out what was agreed to."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def as_proposed(self, screen: DutyScreen, row: QueueRow) -> None:
        """Accept, assess and dispatch as the catalogue proposes: all of it in one go, or nothing."""
        self._show(screen, row, _("As proposed"), lambda: self.app.backend.as_proposed(row.ticket))

    def undo(self, screen: DutyScreen, row: QueueRow) -> None:
        """Undo the newest step of a ticket."""
        self._show(screen, row, _("Undo"), lambda: self.app.backend.undo_plan(row.code))

    def _show(self, screen: DutyScreen, row: QueueRow, title: str, read: Callable[[], Plan]) -> None:
        heading = f"{title}  {clean(row.code, 40)}  {clean(row.title, 60)}"

        def show(plan: Plan) -> None:
            def answered(agreed: bool | None) -> None:
                if agreed:
                    self.carry_out(screen, row, plan.steps)

            self.app.open_drawer(PlanDrawer(heading, plan), answered)

        self.app.work.read_then(screen, lambda: self.app.load(read), show)

    def carry_out(self, screen: DutyScreen, row: QueueRow, steps: Sequence[Step]) -> None:
        """Several operations on a ticket in one go: all of them, or none."""
        key = f"console-{os.urandom(12).hex()}"
        backend = self.app.backend

        async def run() -> None:
            try:
                receipt = await self.app.write(lambda: backend.do_all(row.code, row.revision, steps, key))
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error)
                self.app.work.ask_override(error, lambda why: self.carry_out(screen, row, _overriding(steps, why)))
            else:
                screen.say(clean(receipt.text, 200))
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)


def _overriding(steps: Sequence[Step], why: str) -> list[Step]:
    """The same steps, with the reason why the lists are overridden where the ticket is sent."""
    return [(verb, {**values, "override": why} if verb == "dispatch" else values) for verb, values in steps]
