"""What the drawers of the centre's desk have in common: ask, carry out, and keep what was typed until it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs.form import FormDrawer
from console.i18n import _
from console.terminal.legible import clean
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

Values = dict[str, object]
Deed = Callable[[Values, str], str]
"""Does it with what was filled in, under an idempotency key; gives the sentence for the banner."""
Then = Callable[[], None]


class FormWork:
    """Opens drawers and carries out what is chosen or filled in there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def _open(self, drawer: Drawer[str], then: Callable[[str], None]) -> None:
        """A drawer; nothing comes of one that is closed without a choice."""

        def answered(answer: str | None) -> None:
            if answer is not None:
                then(answer)

        self.app.open_drawer(drawer, answered)

    def _form(
        self,
        screen: DutyScreen,
        form: str,
        heading: str,
        fields: Sequence[FieldSpec],
        work: Deed,
        then: Then | None = None,
    ) -> None:
        """Ask, then carry out; `form` is the draft under which what was typed is kept until it is done."""
        drafts = self.app.drafts
        numbers = {spec.name for spec in fields if spec.number}

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                values: Values = {
                    name: int(text) if name in numbers and text.isdecimal() else text for name, text in answer.items()
                }
                self._carry_out(screen, form, values, work, then)

        self.app.open_drawer(FormDrawer(heading, fields, drafts.get(form).values, partial(drafts.keep, form)), filled)

    def _carry_out(
        self, screen: DutyScreen, form: str, values: Values, work: Deed, then: Then | None = None
    ) -> None:
        """Do it, say so and go on with `then`; or say why it was not done. `form` is empty where none was filled."""
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

    def _centre(self, verb: str, known: Mapping[str, object], values: Values, key: str) -> str:
        """An order on the centre, with what is known of it beside what was filled in."""
        return self.app.backend.centre_do(verb, {**known, **values}, key)
