"""From the emergency key to the centre's desk and back to the banner."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
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
from console.dialogs.form import FormDrawer
from console.emergency_ports import EmergencyView
from console.i18n import _, language
from console.terminal.legible import clean
from console.widgets.fields import FieldSpec
from data.terms import Urgency

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

Values = dict[str, object]


class EmergencyWork:
    """Opens the drawer and carries out what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def open(self, screen: DutyScreen) -> None:
        """The drawer, with what is there now."""
        backend = self.app.backend

        def show(found: EmergencyView) -> None:
            def answered(answer: str | None) -> None:
                if answer is not None:
                    self._go_on(screen, found, answer)

            zone = self.app.status.zone
            self.app.open_drawer(
                EmergencyDrawer(found, zone, lambda: self.app.now, self.app.backend.read_only), answered
            )

        self.app.work.read_then(screen, lambda: self.app.load(backend.emergency), show)

    def _go_on(self, screen: DutyScreen, found: EmergencyView, answer: str) -> None:
        from core.rules.follow_up import follow_up_title  # brings the tables with it

        row = screen.ticket()
        pressing = row.code if row is not None and row.urgency == Urgency.EMERGENCY else ""
        kind, _space, item = answer.partition(" ")
        if kind == "owed":
            clock, _space, code = item.partition(" ")
            heading = f"{_('Report made')}  {clean(code, 40)}"
            self._form(screen, answer, heading, upward_form(clock), partial(self._up, code))
        elif kind == CALL and item:
            call = next(one for one in found.calls if str(one.number) == item)
            title = follow_up_title(call.follow_ups + 1, language())
            heading = _("Call {n}, {title}: only what changed").format(n=item, title=title)
            self._form(
                screen, answer, heading, call_form(call), partial(self._centre, "phone_follow", first=call.number)
            )
        elif kind == CALL:
            form = call_form(None, pressing)
            self._form(screen, answer, _("Call: first report"), form, partial(self._centre, "phone"))
        elif kind == ENTRY:
            self._form(screen, answer, _("Running log"), entry_form(), partial(self._centre, "duty_log"))
        elif kind == LIFT:
            self._form(screen, answer, _("Lift emergency mode"), lift_form(), partial(self._centre, "lift"))
        elif kind == MODE:
            lasting = found.mode is not None
            heading = _("Change the grade") if lasting else _("Declare emergency mode")
            verb = "regrade" if lasting else "declare"
            self._form(screen, answer, heading, mode_form(lasting, pressing), partial(self._centre, verb))

    def _form(
        self,
        screen: DutyScreen,
        name: str,
        heading: str,
        fields: Sequence[FieldSpec],
        work: Callable[[Values, str], str],
    ) -> None:
        """Ask, then carry out; what was typed is kept until it is done."""
        drafts, form = self.app.drafts, f"emergency {name}"

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._carry_out(screen, form, {name: _value(fields, name, text) for name, text in answer.items()}, work)

        self.app.open_drawer(FormDrawer(heading, fields, drafts.get(form).values, partial(drafts.keep, form)), filled)

    def _carry_out(self, screen: DutyScreen, form: str, values: Values, work: Callable[[Values, str], str]) -> None:
        key = f"console-{os.urandom(12).hex()}"

        async def run() -> None:
            try:
                text = await self.app.write(lambda: work(values, key))
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error, _(" What you typed is kept: the same key brings it back."))
            else:
                self.app.drafts.drop(form)
                screen.say(clean(text, 200))
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)

    def _centre(self, verb: str, values: Values, key: str, **known: object) -> str:
        return self.app.backend.centre_do(verb, {**known, **values}, key)

    def _up(self, code: str, values: Values, key: str) -> str:
        return self.app.backend.do("report_up", code, None, values, key).text


def _value(fields: Sequence[FieldSpec], name: str, text: str) -> object:
    """What was typed, as its order wants it."""
    is_number = any(spec.number for spec in fields if spec.name == name)
    return int(text) if is_number and text.isdecimal() else text
