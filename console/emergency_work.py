"""From the emergency key to the centre's desk and back to the banner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from console.dialogs.emergency import (
    CALL,
    ENTRY,
    LIFT,
    MODE,
    EmergencyDrawer,
    call_form,
    entry_form,
    lift_form,
    mode_form,
    upward_form,
)
from console.emergency_ports import EmergencyView
from console.form_work import FormWork, Values
from console.i18n import _, language
from console.terminal.legible import clean
from data.terms import Urgency

if TYPE_CHECKING:
    from console.screens.duty import DutyScreen


class EmergencyWork(FormWork):
    """Opens the drawer and carries out what is chosen there."""

    def open(self, screen: DutyScreen) -> None:
        """The drawer, with what is there now."""
        backend = self.app.backend

        def show(found: EmergencyView) -> None:
            drawer = EmergencyDrawer(found, self.app.status.zone, lambda: self.app.now, backend.read_only)
            self._open(drawer, partial(self._go_on, screen, found))

        self.app.work.read_then(screen, lambda: self.app.load(backend.emergency), show)

    def _go_on(self, screen: DutyScreen, found: EmergencyView, answer: str) -> None:
        from core.rules.follow_up import follow_up_title  # brings the tables with it

        row = screen.ticket()
        pressing = row.code if row is not None and row.urgency == Urgency.EMERGENCY else ""
        name, (kind, _space, item) = f"emergency {answer}", answer.partition(" ")
        if kind == "owed":
            clock, _space, code = item.partition(" ")
            heading = f"{_('Report made')}  {clean(code, 40)}"
            self._form(screen, name, heading, upward_form(clock), partial(self._up, code))
        elif kind == CALL and item:
            call = next(one for one in found.calls if str(one.number) == item)
            title = follow_up_title(call.follow_ups + 1, language())
            heading = _("Call {n}, {title}: only what changed").format(n=item, title=title)
            work = partial(self._centre, "phone_follow", {"first": call.number})
            self._form(screen, name, heading, call_form(call), work)
        elif kind == CALL:
            form = call_form(None, pressing)
            self._form(screen, name, _("Call: first report"), form, partial(self._centre, "phone", {}))
        elif kind == ENTRY:
            self._form(screen, name, _("Running log"), entry_form(), partial(self._centre, "duty_log", {}))
        elif kind == LIFT:
            self._form(screen, name, _("Lift emergency mode"), lift_form(), partial(self._centre, "lift", {}))
        elif kind == MODE:
            lasting = found.mode is not None
            heading = _("Change the grade") if lasting else _("Declare emergency mode")
            verb = "regrade" if lasting else "declare"
            self._form(screen, name, heading, mode_form(lasting, pressing), partial(self._centre, verb, {}))

    def _up(self, code: str, values: Values, key: str) -> str:
        return self.app.backend.do("report_up", code, None, values, key).text
