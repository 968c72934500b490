"""Joining from the screens: what a ticket is likely the same as and what it is tied to, in one drawer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.choose import Item, MenuDrawer
from console.i18n import _
from console.ports import QueueRow
from console.terminal.legible import clean
from console.tie_ports import Alike, Ties

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

OTHER = "other"
"""The line that asks for a code instead."""


class JoinWork:
    """Shows what belongs together, joins what is chosen or opens it."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def propose(self, screen: DutyScreen, row: QueueRow) -> None:
        """A digit joins with a proposal or opens a ticket that is tied already."""
        heading = f"{_('Joined and tied')}  {clean(row.code, 40)}  {clean(row.title, 60)}"

        def show(ties: Ties) -> None:
            items = [self._proposal(one) for one in ties.alike]
            items += [
                Item(f"open {line.id}", f"{line.tie} {line.code} {line.title}", line.detail) for line in ties.tied
            ]
            items.append(Item(OTHER, _("Join into another ticket"), _("by its code")))

            def chosen(key: str | None) -> None:
                if key is not None:
                    self._chosen(screen, row, ties, key)

            self.app.open_drawer(MenuDrawer(heading, items), chosen)

        self.app.work.read_then(screen, lambda: self.app.load(lambda: self.app.backend.ties(row.ticket)), show)

    def _proposal(self, one: Alike) -> Item:
        into = _("join into it") if one.main else _("take it in")
        title = f"{into}: {one.row.code} {one.row.title}"
        return Item(f"join {one.row.code}", title, f"{one.points}: {one.reasons}")

    def _chosen(self, screen: DutyScreen, row: QueueRow, ties: Ties, key: str) -> None:
        kind, _blank, rest = key.partition(" ")
        if kind == "open":
            self.app.show_ticket(int(rest))
            return
        one = next((one for one in ties.alike if kind == "join" and one.row.code == rest), None)
        if one is None:
            self.app.work.fill_form(screen, row, "join")
        elif one.main:
            self.app.work.carry_out(screen, row, "join", {"into": one.row.code})
        else:
            self.app.work.carry_out(screen, one.row, "join", {"into": row.code})
