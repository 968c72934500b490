"""From the key for the change of shift to the centre's desk, and back into the drawer until it is signed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs.changeover import (
    ACCEPT,
    GLASS,
    NOTE,
    NOTE_TO,
    OPEN,
    REFUSE,
    HandoverDrawer,
    accept_form,
    note_form,
    refuse_form,
)
from console.dialogs.form import FormDrawer
from console.handover_ports import HandoverShown
from console.i18n import _
from console.terminal.legible import clean
from console.widgets.fields import FieldSpec

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

Values = dict[str, object]


class HandoverWork:
    """Opens the drawer and carries out what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def open(self, screen: DutyScreen) -> None:
        """The drawer, with what is there now."""
        backend = self.app.backend

        def show(found: HandoverShown) -> None:
            def answered(answer: str | None) -> None:
                if answer is not None:
                    self._go_on(screen, found, answer)

            self.app.open_drawer(HandoverDrawer(found, self.app.status.zone, backend.read_only), answered)

        self.app.work.read_then(screen, lambda: self.app.personal.on_page("handover show", backend.handover), show)

    def _go_on(self, screen: DutyScreen, found: HandoverShown, answer: str) -> None:
        kind, _space, code = answer.partition(" ")
        known: Values = {} if found.number is None else {"handover": found.number}
        if kind == OPEN:
            self.app.work.read_then(
                screen, lambda: self.app.load(lambda: self.app.backend.ticket_number(code)), self.app.open_ticket
            )
        elif kind == GLASS:
            self.app.granting.open(screen)
        elif kind in (NOTE, NOTE_TO):
            heading = _("Note for the next shift")
            about = {**known, "ticket": code} if code else known
            self._form(screen, answer, f"{heading}  {clean(code, 40)}", note_form(), "handover_note", about)
        elif kind == ACCEPT:
            heading = _("Sign: your shift has the duty alone, theirs is free")
            self._form(screen, answer, heading, accept_form(), "handover_accept", known)
        elif kind == REFUSE:
            self._form(screen, answer, _("Refuse the handover"), refuse_form(), "handover_refuse", known)
        else:
            self._carry_out(screen, "", f"handover_{kind}", {} if kind == "pack" else known)

    def _form(
        self, screen: DutyScreen, name: str, heading: str, fields: Sequence[FieldSpec], verb: str, known: Values
    ) -> None:
        """Ask, then carry out; what was typed is kept until it is done."""
        drafts, form = self.app.drafts, f"handover {name}"

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._carry_out(screen, form, verb, {**known, **answer})

        self.app.open_drawer(FormDrawer(heading, fields, drafts.get(form).values, partial(drafts.keep, form)), filled)

    def _carry_out(self, screen: DutyScreen, form: str, verb: str, values: Values) -> None:
        key = f"console-{os.urandom(12).hex()}"

        async def run() -> None:
            try:
                text = await self.app.write(lambda: self.app.backend.centre_do(verb, values, key))
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error)
            else:
                if form:
                    self.app.drafts.drop(form)
                screen.say(clean(text, 200))
                if verb != "handover_accept":
                    self.open(screen)
            self.app.heard()

        self.app.run_worker(run(), group="doing", exit_on_error=False)
