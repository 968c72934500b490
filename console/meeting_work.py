"""Meetings from the screens: what can be done about the ticket at hand, and the coming meetings, in one drawer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.dialogs.attendance import AttendanceDrawer
from console.dialogs.choose import Item, MenuDrawer
from console.i18n import _
from console.meeting_ports import AttendanceView, ComingMeeting
from console.ports import Choice, QueueRow
from console.terminal.legible import clean
from console.widgets.ticket_lines import when

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

VERBS = (
    *("convene", "attend", "minutes", "decide", "publish", "put_off", "classify", "consult", "collect", "conclude"),
    *("mediate", "fulfil"),
)


class MeetingWork:
    """Opens the drawer and does what is chosen there."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    def open(self, screen: DutyScreen, row: QueueRow | None) -> None:
        """What can be done about the ticket, then the meetings that come; without a ticket only these."""
        heading = _("Meetings") if row is None else f"{_('Meetings')}  {clean(row.code, 40)}  {clean(row.title, 60)}"
        backend = self.app.backend

        def read() -> tuple[Sequence[Choice], Sequence[ComingMeeting]]:
            return backend.possible(row.code) if row is not None else (), backend.coming_meetings()

        def show(found: tuple[Sequence[Choice], Sequence[ComingMeeting]]) -> None:
            choices = {choice.verb: choice for choice in found[0]}
            verbs = [choices[verb] for verb in VERBS if verb in choices and choices[verb].allowed]
            items = [Item(f"do {choice.verb}", choice.title) for choice in verbs]
            items += [self._coming(place, meeting) for place, meeting in enumerate(found[1])]

            def chosen(key: str | None) -> None:
                kind, _blank, rest = (key or "").partition(" ")
                if kind == "open":
                    self.app.show_ticket(found[1][int(rest)].ticket_id)
                elif kind == "do" and row is not None:
                    self.app.work.start(screen, row, rest)

            self.app.open_drawer(MenuDrawer(heading, items), chosen)

        self.app.work.read_then(screen, lambda: self.app.load(read), show)

    def _coming(self, place: int, meeting: ComingMeeting) -> Item:
        at = when(meeting.at, self.app.status.zone)
        return Item(f"open {place}", f"{at} {meeting.kind} {meeting.place}", f"{meeting.code} {meeting.title}")

    def attend(self, screen: DutyScreen, row: QueueRow, heading: str) -> None:
        """Take attendance of the newest meeting."""

        def show(found: AttendanceView | None) -> None:
            if found is None:
                screen.say(_("Not possible now: {reason}").format(reason=_("no meeting")), "warning")
                return

            def taken(values: dict[str, object] | None) -> None:
                if values is not None:
                    self.app.work.carry_out(screen, row, "attend", values)

            self.app.open_drawer(AttendanceDrawer(heading, found), taken)

        self.app.work.read_then(screen, lambda: self.app.load(lambda: self.app.backend.attendance(row.ticket)), show)
