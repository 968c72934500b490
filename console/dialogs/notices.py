"""The list of notices: newest first, whoever they are for; what waits for this officer is marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.ports import NoticeRow
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets.drawer import Drawer
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.ticket_lines import when

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

SHOWN = 200
"""Notices that the list goes back."""
HEIGHT = 16


class NoticesDrawer(Drawer[NoticeRow]):
    """Enter opens the ticket; 0 acknowledges the notice under the cursor and goes on to the next."""

    BINDINGS = [Binding("0,e", "acknowledge", show=False)]

    def __init__(self, app: ZhihuiApp, notices: Sequence[NoticeRow]) -> None:
        super().__init__(_("Notices: Enter opens the ticket, 0 acknowledges"))
        self.attention = app.attention
        self.zone = app.status.zone
        self.notices = {str(notice.id): notice for notice in notices if notice.title}
        self.noted: set[str] = set()

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self._open_ticket
        return [view]

    def waits(self, key: str) -> bool:
        """Whether a notice waits for this officer."""
        notice = self.notices[key]
        return notice.mine and notice.seen_at is None and key not in self.noted

    def action_acknowledge(self) -> None:
        view = self.query_one(".drawer--list", LinesView)
        if view.key is not None and self.waits(view.key):
            self.noted.add(view.key)
            self.attention.note(self.notices[view.key])
            view.rebuild()
        view.action_move(1)

    def _open_ticket(self, key: str) -> None:
        if self.notices[key].ticket_id:
            self.dismiss(self.notices[key])

    def _lines(self, _width: int) -> list[Line]:
        lines = [self._line(key, notice) for key, notice in self.notices.items()]
        return lines or [text_line(_("There are no notices."), "muted")]

    def _line(self, key: str, notice: NoticeRow) -> Line:
        """Whether it waits, how loud it is, when, what, and who has acknowledged it."""
        loud = {"alarm": "!", "warning": "*"}.get(notice.severity, " ")
        waits = self.waits(key)
        if waits:
            state = _("waits")
        elif notice.seen_at is not None:
            state = _("noted {who}").format(who=clean(notice.seen_by, 12))
        else:
            state = _("noted") if key in self.noted else ""
        part = "urgent" if waits and loud == "!" else "" if waits else "muted"
        text = f"{loud} {pad(state, 12)} {when(notice.at or None, self.zone)}  {clean(notice.title, 200)}"
        return Line((("> " if waits else "  ", part), (text, part)), key)


def open_notices(app: ZhihuiApp, screen: DutyScreen) -> None:
    """Read the newest notices and show them."""
    app.hold_keys()

    def chosen(notice: NoticeRow | None) -> None:
        if notice is not None and notice.ticket_id:
            app.open_ticket(notice.ticket_id)

    async def show() -> None:
        try:
            found = await app.load(lambda: app.backend.newest_notices(SHOWN))
            app.open_drawer(NoticesDrawer(app, [*app.attention.raised_here, *found]), chosen)
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            screen.refuse(error)
        finally:
            app.release_keys()

    screen.run_worker(show(), group="notices", exit_on_error=False)
