"""From the key to the devices, to one of them, to its ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from console.dialogs import sensing as dialogs
from console.dialogs.form import FormDrawer
from console.i18n import _
from console.sensing_ports import DeviceFile, DeviceRow
from console.terminal.legible import clean

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen


class SensingWork:
    """Opens the drawers and carries out what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def open(self, screen: DutyScreen) -> None:
        """All devices."""

        def show(found: Sequence[DeviceRow]) -> None:
            def chosen(code: str | None) -> None:
                if code is not None:
                    self._open_one(screen, code)

            self.app.open_drawer(dialogs.devices_drawer(found, self.app.status.zone), chosen)

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.sensing.devices), show)

    def _open_one(self, screen: DutyScreen, code: str) -> None:
        def show(found: DeviceFile) -> None:
            def answered(answer: str | None) -> None:
                if answer == dialogs.OPEN and found.row.ticket is not None:
                    self.app.open_ticket(found.row.ticket)
                elif answer == dialogs.AWAY:
                    self._ask_away(screen, code)
                elif answer == dialogs.BACK:
                    self._carry_out(screen, lambda: self.app.backend.sensing.back(code))

            drawer = dialogs.device_drawer(found, self.app.status.zone, self.app.backend.read_only)
            self.app.open_drawer(drawer, answered)

        page, read = f"device show {code}", lambda: self.app.backend.sensing.device(code)
        self.app.work.read_then(screen, lambda: self.app.personal.on_page(page, read), show)

    def _ask_away(self, screen: DutyScreen, code: str) -> None:
        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                until, reason = answer["until"], answer.get("reason", "")
                self._carry_out(screen, lambda: self.app.backend.sensing.away(code, until, reason))

        self.app.open_drawer(FormDrawer(f"{_('Away')}  {clean(code, 60)}", dialogs.away_form(), {}), filled)

    def _carry_out(self, screen: DutyScreen, work: Callable[[], str]) -> None:
        async def run() -> None:
            try:
                text = await self.app.write(work)
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error, "")
            else:
                screen.say(clean(text, 200))
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)
