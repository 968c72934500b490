"""From the key for rights to grants and break-glass, and back to the list once something was done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs import rights as dialogs
from console.dialogs.choose import SearchDrawer
from console.form_work import FormWork, Values
from console.i18n import _
from console.rights_ports import GrantRow, HeldRole, RightsView, UseRow
from console.terminal.legible import clean
from console.widgets.columns import label
from console.widgets.fields import FieldSpec
from data.rights_terms import GrantKind
from data.terms import Role

if TYPE_CHECKING:
    from console.screens.duty import DutyScreen


class RightsWork(FormWork):
    """Opens the drawers and carries out what is chosen there."""

    def open(self, screen: DutyScreen) -> None:
        """What lasts, what waits, and what was."""

        def show(found: RightsView) -> None:
            drawer = dialogs.rights_drawer(found, self._zone, lambda: self.app.now, self.app.backend.read_only)
            self._open(drawer, partial(self._chosen, screen, found))

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.rights_view), show)

    @property
    def _zone(self) -> str:
        return self.app.status.zone

    def _chosen(self, screen: DutyScreen, found: RightsView, answer: str) -> None:
        kind, _space, number = answer.partition(" ")
        if kind == dialogs.GIVE:
            self._give(screen)
        elif kind == dialogs.TAKE:
            self._take(screen)
        elif kind == dialogs.GLASS:
            self._ask(screen, kind, dialogs.glass_heading(), dialogs.glass_form(), "break_glass", {})
        elif kind == "grant":
            self._grant(screen, found, next(row for row in found.grants if row.number == int(number)))
        else:
            self._use(screen, found, next(use for use in found.uses if use.number == int(number)))

    def _give(self, screen: DutyScreen) -> None:
        title = _("Give a role")

        def chosen(role: str | None) -> None:
            if role is not None:
                heading = f"{title}  {label(Role, role)}"
                known: Values = {"kind": GrantKind.GIVE.value, "role": role}
                self._ask(screen, f"give {role}", heading, dialogs.give_form(), "role_ask", known)

        hint = _("name, pinyin or initials of a role")
        self.app.open_drawer(SearchDrawer(title, dialogs.role_items, hint), chosen)

    def _take(self, screen: DutyScreen) -> None:
        title = _("Take a role away")

        def show(held: Sequence[HeldRole]) -> None:
            def chosen(key: str | None) -> None:
                if key is None:
                    return
                one = held[int(key)]
                what = f"{clean(one.name, 20)}  {clean(one.role_label, 20)}  {clean(one.unit_name, 30)}"
                heading = f"{title}  {what}"
                known: Values = {
                    "kind": GrantKind.TAKE.value, "officer": one.officer, "role": one.role, "unit": one.unit
                }  # fmt: skip
                name = f"take {one.officer} {one.role} {one.unit}"
                self._ask(screen, name, heading, dialogs.words_form("reason"), "role_ask", known)

            hint = _("name, role or unit, also by pinyin or initials")
            self.app.open_drawer(SearchDrawer(title, lambda: dialogs.held_items(held), hint), chosen)

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.held_roles), show)

    def _grant(self, screen: DutyScreen, found: RightsView, row: GrantRow) -> None:
        def answered(answer: str) -> None:
            known: Values = {"grant": row.number}
            if answer == dialogs.AGREE:
                self._do(screen, "role_agree", known)
            elif answer == dialogs.DECLINE:
                heading = _("Withdraw") if row.asked_here else _("Decline")
                form = dialogs.words_form("reason")
                self._ask(screen, f"decline {row.number}", heading, form, "role_decline", known)

        self._open(dialogs.grant_drawer(row, found.may, self._zone, self.app.backend.read_only), answered)

    def _use(self, screen: DutyScreen, found: RightsView, use: UseRow) -> None:
        def answered(answer: str) -> None:
            if answer == dialogs.END:
                self._do(screen, "break_glass_end", {"use": use.number})
            elif answer in (dialogs.PROPER, dialogs.IMPROPER):
                proper = answer == dialogs.PROPER
                heading = _("It was proper") if proper else _("It was not proper")
                known: Values = {"use": use.number, "proper": proper}
                name = f"review {use.number} {answer}"
                self._ask(screen, name, heading, dialogs.words_form("words"), "break_glass_review", known)

        drawer = dialogs.use_drawer(use, found.may, self._zone, lambda: self.app.now, self.app.backend.read_only)
        self._open(drawer, answered)

    def _ask(
        self, screen: DutyScreen, name: str, heading: str, fields: Sequence[FieldSpec], verb: str, known: Values
    ) -> None:
        work = partial(self._centre, verb, known)
        self._form(screen, f"rights {name}", heading, fields, work, partial(self.open, screen))

    def _do(self, screen: DutyScreen, verb: str, known: Values) -> None:
        self._carry_out(screen, "", {}, partial(self._centre, verb, known), partial(self.open, screen))
