"""The list of notices: newest first, whoever they are for; what waits for this officer is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.ports import NoticeRow
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets.drawer import Drawer
from console.widgets.hints import NAMES, HintLine
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.ticket_lines import when

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

SHOWN = 200
"""Notices that the list goes back."""
HEIGHT = 15


class NoticesDrawer(Drawer[NoticeRow]):
    """Enter opens the ticket; 0 acknowledges the notice under the cursor and goes on to the next."""

    BINDINGS = [Binding("0,e", "acknowledge", show=False)]

    def __init__(self, app: ZhihuiApp, notices: Sequence[NoticeRow]) -> None:
        super().__init__(_("Notices"))
        self.attention = app.attention
        self.zone = app.status.zone
        self.notices = together(notice for notice in notices if notice.title)
        self.noted: set[str] = set()

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self._open_ticket
        words = _("Enter opens the ticket, 0 acknowledges, Esc closes")
        return [view, HintLine(lambda _width: [text_line(words, "muted")], names={**NAMES, "0": "0"})]

    def waits(self, key: str) -> bool:
        """Whether a notice waits for this officer."""
        return key not in self.noted and any(_waits(notice) for notice in self.notices[key])

    def action_acknowledge(self) -> None:
        view = self.query_one(".drawer--list", LinesView)
        if view.key is not None and self.waits(view.key):
            self.noted.add(view.key)
            for notice in filter(_waits, self.notices[view.key]):
                self.attention.note(notice)
            view.rebuild()
        view.action_move(1)

    def _open_ticket(self, key: str) -> None:
        if self.notices[key][0].ticket_id:
            self.dismiss(self.notices[key][0])

    def _lines(self, _width: int) -> list[Line]:
        lines = [self._line(key, notices) for key, notices in self.notices.items()]
        return lines or [text_line(_("There are no notices."), "muted")]

    def _line(self, key: str, notices: Sequence[NoticeRow]) -> Line:
        """Whether it waits, how loud it is, when, to how many it went, what, and who has acknowledged it."""
        newest = notices[0]
        loud = {"alarm": "!", "warning": "*"}.get(newest.severity, " ")
        waits = self.waits(key)
        seen = next((notice for notice in notices if notice.seen_at is not None), None)
        if waits:
            state = _("waits")
        elif seen is not None:
            state = _("noted {who}").format(who=clean(seen.seen_by, 12))
        else:
            state = _("noted") if key in self.noted else ""
        part = "urgent" if waits and loud == "!" else "" if waits else "muted"
        many = f"x{len(notices)}" if len(notices) > 1 else ""
        text = f"{loud} {pad(state, 12)} {when(newest.at or None, self.zone)} {many:<4}{clean(newest.title, 200)}"
        return Line((("> " if waits else "  ", part), (text, part)), key)


def _waits(notice: NoticeRow) -> bool:
    return notice.mine and notice.seen_at is None


def together(notices: Iterable[NoticeRow]) -> dict[str, list[NoticeRow]]:
    """One entry for what was said to several people at once, under the id of its first, in the same order."""
    said: dict[tuple[int | None, str, int], list[NoticeRow]] = {}
    for notice in notices:
        said.setdefault((notice.ticket_id, notice.title, notice.at), []).append(notice)
    return {str(group[0].id): group for group in said.values()}


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
