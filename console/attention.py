"""Draws the officer's attention: notices go into the banner, alarms also ring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.ports import NoticeRow
from console.widgets.bars import Banner
from data.clean import clean

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen


class Attention:
    """Decides which notices are shown and which ring."""

    def __init__(self, app: ZhihuiApp) -> None:
        self._app = app
        self._first_look = True

    def take(self, duty: DutyScreen, notices: Sequence[NoticeRow]) -> None:
        """Show new notices; an alarm that comes after the first look also rings."""
        for notice in notices:
            if notice.title:
                duty.query_one(Banner).announce(clean(notice.title, 200), notice)
                if notice.severity == "alarm" and not self._first_look:
                    self._app.bell()
        self._first_look = False

    def seen(self, notice: NoticeRow) -> None:
        """The officer put a notice away."""
        app = self._app

        async def note() -> None:
            try:
                await app.write(lambda: app.backend.notice_seen(notice.id))
            except Exception as error:  # noqa: BLE001 - whatever the store has, the duty screen stays open
                app.watch_store.failed(error)

        app.run_worker(note(), group="notice", exit_on_error=False)
