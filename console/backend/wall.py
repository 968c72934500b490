"""What the wall reads from a store: through an observer's readers, so nothing can be written and no engine runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from console.backend.observer import ObserverBackend
from console.backend.words import holder_text
from console.overview_ports import OverviewView
from console.wall.view import WallTicket, WallView
from data.queries import notices, queue
from data.queries.queue import QueueLine
from data.terms import Holder, Severity, Stage

if TYPE_CHECKING:
    from core.clock import Clock

TICKETS = 12
"""Tickets that are read of each kind: more than the largest wall shows at a time."""
READ_AGAIN = 30
"""Seconds after which everything is read again though nobody wrote: what is late changes with time alone."""
MOST_ALARMS = 20
"""Alarms that are taken up in one look."""


class WallBackend(ObserverBackend):
    """One centre of a store, for a wall."""

    def __init__(self, url: str, clock: Clock, seconds: Callable[[], int], centre: str | None) -> None:
        """On a located URL; `centre` is a code. Raises StoreTrouble or NotFound when there is nothing."""
        super().__init__(url, clock, seconds, centre)
        self._mark = -1
        self._read_at = 0
        self._overview = OverviewView(0)
        self._newest: tuple[WallTicket, ...] = ()
        self._deadlines: tuple[WallTicket, ...] = ()
        self._last_notice: int | None = None

    def look(self, now: int) -> WallView:
        """How things stand; the lists are only read again when somebody wrote, or after a while."""
        mark = self.change_mark()
        if mark != self._mark or not 0 <= now - self._read_at < READ_AGAIN:
            self._read(now)
            self._mark, self._read_at = mark, now
        found = self._overview
        return WallView(
            at=now,
            status=self.status(now),
            intake=found.intake,
            sections=found.sections,
            nearest=self._deadlines,
            newest=self._newest,
            on_duty=found.on_duty,
            unstaffed=found.unstaffed,
        )

    def _read(self, now: int) -> None:
        reader, centre = self._reader(), self.centre.id
        self._overview = self.overview(now)
        self._deadlines = tuple(wall_ticket(line) for line in queue.page_after(reader, centre, None, TICKETS))
        self._newest = tuple(wall_ticket(line) for line in queue.newest(reader, centre, TICKETS))

    def alarms(self, now: int) -> Sequence[WallTicket]:
        """The tickets of alarms since the last call; what was there before the wall is no news."""
        reader, centre = self._reader(), self.centre.id
        if self._last_notice is None:
            self._last_notice = notices.last_notice(reader, centre)
            return ()
        found = notices.notices_after(reader, centre, self._last_notice)
        self._last_notice = max([self._last_notice, *(notice.id for notice in found)])
        tickets = [notice.ticket_id for notice in found if notice.severity == Severity.ALARM and notice.ticket_id]
        wanted = list(dict.fromkeys(tickets))[-MOST_ALARMS:]
        lines = queue.lines_of(reader, centre, wanted)
        return sorted((wall_ticket(line) for line in lines), key=lambda ticket: ticket.due)


def wall_ticket(line: QueueLine) -> WallTicket:
    """A line of the queue without title, address and contact; a confidential one without its place too."""
    hidden = bool(line.confidential)
    return WallTicket(
        code=line.code,
        urgency=line.urgency,
        stage=line.stage,
        place="" if hidden else line.community_name or "",
        holder=holder_text(line.holder, line.holder_name),
        due=line.due_at,
        at=line.reported_at,
        warn=line.warn_at,
        paused=line.stage == Stage.SUSPENDED or line.holder == Holder.SUSPENSION,
        confidential=hidden,
    )
