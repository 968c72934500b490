"""Personal data at the screen: a ticket is shown once its read is on record; one field in full, for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from console.dialogs.form import FormDrawer
from console.i18n import _, language
from console.widgets.fields import FieldSpec
from data.access_terms import PersonalField

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.ports import QueueRow
    from console.screens.ticket import TicketScreen

Found = TypeVar("Found")


class PersonalWork:
    """What concerns personal data of tickets."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    async def on_record(self, ticket_id: int, read: Callable[[], Found]) -> Found:
        """Read something of a ticket while the read is put on record; raises where that fails, and nothing is shown.

        Both go on at once on threads of their own, so that the page waits for the slower one only.
        """
        backend = self.app.backend
        if backend.read_noted(ticket_id):
            return await self.app.load(read)
        found, _noted = await asyncio.gather(self.app.load(read), self.app.write(lambda: backend.note_read(ticket_id)))
        return found

    async def on_page(self, page: str, read: Callable[[], Found]) -> Found:
        """The same for a page of the centre that names people, called as its command is."""
        backend = self.app.backend
        if backend.page_noted(page):
            return await self.app.load(read)
        found, _noted = await asyncio.gather(self.app.load(read), self.app.write(lambda: backend.note_page(page)))
        return found

    def ask(self, screen: TicketScreen, row: QueueRow) -> None:
        """Which field, and why; then the page shows it for as long as the policy says."""

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._show(screen, row, answer["field"], answer["reason"])

        drafts, form = self.app.drafts, f"show_field {row.code}"
        drawer = FormDrawer(_("Show one field in full"), field_form(), drafts.get(form).values,
                            partial(drafts.keep, form))  # fmt: skip
        self.app.open_drawer(drawer, filled)

    def _show(self, screen: TicketScreen, row: QueueRow, field: str, reason: str) -> None:
        async def run() -> None:
            try:
                shown = await self.app.write(lambda: self.app.backend.show_field(row.code, field, reason))
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                screen.refuse(error)
            else:
                self.app.drafts.drop(f"show_field {row.code}")
                screen.reveal(PersonalField(field).label(language()), shown)
            self.app.heard()

        screen.run_worker(run(), group="show-field", exit_on_error=False)


def field_form() -> tuple[FieldSpec, ...]:
    """The field, telephone first, and the reason."""
    usual = PersonalField.REPORTER_PHONE
    options = [usual, *(one for one in PersonalField if one is not usual)]
    return (
        FieldSpec("field", _("Which field"), tuple((one.value, one.label(language())) for one in options), True),
        FieldSpec("reason", _("Reason"), required=True),
    )
