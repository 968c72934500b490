"""From the key for the change of shift to the centre's desk, and back into the drawer until it is signed."""

from __future__ import annotations

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
from console.form_work import FormWork, Values
from console.handover_ports import HandoverShown
from console.i18n import _
from console.terminal.legible import clean

if TYPE_CHECKING:
    from console.screens.duty import DutyScreen


class HandoverWork(FormWork):
    """Opens the drawer and carries out what is chosen there."""

    def open(self, screen: DutyScreen) -> None:
        """The drawer, with what is there now."""
        backend = self.app.backend

        def show(found: HandoverShown) -> None:
            drawer = HandoverDrawer(found, self.app.status.zone, backend.read_only)
            self._open(drawer, partial(self._go_on, screen, found))

        self.app.work.read_then(screen, lambda: self.app.personal.on_page("handover show", backend.handover), show)

    def _go_on(self, screen: DutyScreen, found: HandoverShown, answer: str) -> None:
        kind, _space, code = answer.partition(" ")
        form, again = f"handover {answer}", partial(self.open, screen)
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
            work = partial(self._centre, "handover_note", about)
            self._form(screen, form, f"{heading}  {clean(code, 40)}", note_form(), work, again)
        elif kind == ACCEPT:
            heading = _("Sign: your shift has the duty alone, theirs is free")
            self._form(screen, form, heading, accept_form(), partial(self._centre, "handover_accept", known))
        elif kind == REFUSE:
            work = partial(self._centre, "handover_refuse", known)
            self._form(screen, form, _("Refuse the handover"), refuse_form(), work, again)
        else:
            work = partial(self._centre, f"handover_{kind}", {} if kind == "pack" else known)
            self._carry_out(screen, "", {}, work, again)
