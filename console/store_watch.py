"""Listens to the store: the bell of other processes, and once a second whether anything changed.

Looks happen on a thread of their own, one at a time; what they find goes to the app. A failing store is told once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from console.bell_ports import BellListener
from console.ports import NoticeRow, Status

if TYPE_CHECKING:
    from console.app import ZhihuiApp

WHOLE_LOOK = 60
"""Seconds after which everything that waits for this officer is looked up again: posts and shifts change, and a notice
may be committed after one with a greater id."""
BELL_BEAT = 0.25
"""Seconds between looks at the bell file, where it cannot be heard."""


class News(NamedTuple):
    """What a look at the store found."""

    status: Status
    changed: bool
    """Whether somebody may have written since the last look."""
    notices: Sequence[NoticeRow]
    silence: int | None = None
    """For how many seconds the store had not answered before, if it had not."""
    gone: frozenset[int] = frozenset()
    """Notices that waited and do not any more: acknowledged on another console, or their ticket was closed."""
    fallen_due: Sequence[NoticeRow] = ()
    """While the engine is silent: tickets whose deadline has passed since."""


class StoreWatch:
    """Looks at the store for the app; `tell` gets the news, `trouble` an error when the store begins to fail."""

    def __init__(self, app: ZhihuiApp, tell: Callable[[News], None], trouble: Callable[[Exception], None]) -> None:
        self._app = app
        self._tell = tell
        self._trouble = trouble
        self._mark: int | None = None
        self._whole_at = 0
        self._round = 0
        """Grows when another officer goes on: what was looked up for the one before is dropped."""
        self._listening = False
        self._heard_again = False
        """The bell rang while the store was being looked at."""
        self._bell: BellListener | None = None
        self._strokes = 0
        self.last_notice = 0
        self._answered_at: int | None = None
        """When the store answered last, while it does not any more."""

    def start(self) -> None:
        """Look at the bell file until it can be heard."""
        self._bell_looks = self._app.set_interval(BELL_BEAT, self._look_at_bell)

    def hear_bell(self) -> None:
        """Hear the bell at once from now on, where the system can; elsewhere it is looked at."""
        self._bell = bell = self._app.backend.bell_watch()
        if bell is not None:
            self._bell_looks.stop()
            asyncio.get_running_loop().add_reader(bell.fileno(), self._rang)

    def stop(self) -> None:
        """Hear nothing any more."""
        if self._bell is not None:
            asyncio.get_running_loop().remove_reader(self._bell.fileno())
            self._bell.close()

    def look_at_all(self) -> None:
        """Another officer goes on: look up everything that waits."""
        self._whole_at = 0
        self._round += 1
        self.look()

    def look(self) -> None:
        """Something may have changed in the store: look, away from the event loop, one look at a time."""
        self._heard_again = self._listening
        if not self._listening:
            self._listening = True
            self._app.run_worker(self._listen(), group="listen", exit_on_error=False)

    @property
    def failing(self) -> bool:
        """Whether the store does not answer."""
        return self._answered_at is not None

    @property
    def lost(self) -> int | None:
        """For how many seconds it has not answered; None when it does."""
        return None if self._answered_at is None else max(self._app.now - self._answered_at, 0)

    def failed(self, error: Exception) -> None:
        """The store does not answer; say so unless it was said."""
        if not self.failing and self._app.duty_screen is not None:
            self._answered_at = self._app.now
            self._trouble(error)

    def _rang(self) -> None:
        if self._bell is not None and self._bell.take():
            self.look()

    def _look_at_bell(self) -> None:
        """Another process wrote: look at once instead of at the next beat."""
        strokes = self._app.backend.bell()
        if strokes != self._strokes:
            self._strokes = strokes
            self.look()

    async def _listen(self) -> None:
        """Read status, change mark and notices."""
        app, backend = self._app, self._app.backend
        now, last, begun = app.now, self.last_notice, self._round
        whole = not last or not 0 <= now - self._whole_at < WHOLE_LOOK
        waited, unwatched = frozenset(app.attention.waiting), app.attention.unwatched_since

        def read() -> tuple[int, Status, list[NoticeRow], frozenset[int], Sequence[NoticeRow]]:
            notices = [*(backend.notices(0) if whole else ()), *(backend.notices(last) if last else ())]
            return (
                backend.change_mark(),
                backend.status(now),
                list({notice.id: notice for notice in notices}.values()),
                waited - backend.waiting_notices(waited),
                backend.fallen_due(unwatched, now) if unwatched is not None else (),
            )

        try:
            mark, status, notices, gone, fallen_due = await app.listen(read)
        except Exception as error:  # noqa: BLE001 - whatever the store has, the duty screen stays open
            self.failed(error)
            return
        finally:
            self._listening = False
            if self._heard_again:
                self.look()
        if begun != self._round:
            return
        silence, self._answered_at = self.lost, None
        if app.duty_screen is None or not app.duty_screen.is_mounted:
            app.status = status
            return
        self._whole_at = now if whole else self._whole_at
        changed = self._mark is not None and mark != self._mark
        self._mark = mark
        if notices:
            self.last_notice = max(last, *(notice.id for notice in notices))
        self._tell(News(status, changed or silence is not None, notices, silence, gone, fallen_due))
