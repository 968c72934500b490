"""Notices of a centre as the console shows them: which are meant for the acting officer, which still wait."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from zoneinfo import ZoneInfo

from console.backend.lists import TicketList
from console.backend.words import holder_text
from console.i18n import _, language
from console.ports import NoticeRow, QueueRow
from data.masking import mask_text
from data.queries import notices
from data.queries.filters import parse
from data.queries.notices import NoticeLine, Standing
from data.reader import Reader
from data.terms import Role, Severity

DESK = frozenset({Role.DUTY_OFFICER, Role.SHIFT_LEADER})
"""Roles that answer for what lies in the queue and for what nobody else is there for."""
STANDING_FOR = 10.0
"""Seconds for which an officer's posts and shifts are not looked up again."""
WAITS = 86_400
"""Seconds for which a notice that nobody acknowledged is still put up on a console that opens."""

MOST_OVERDUE = 200
"""Tickets that a console raises by itself at once, those that fell due first."""
LAST_ID = (1 << 63) - 1


class Notices:
    """Reads notices for one officer."""

    def __init__(self, reader: Callable[[], Reader], centre: int, seconds: Callable[[], int]) -> None:
        self._reader = reader
        self._centre = centre
        self._seconds = seconds
        self._known: tuple[str, float, Standing] | None = None

    def after(self, after: int, officer: str | None) -> Sequence[NoticeRow]:
        """Notices with a greater id, oldest first; from 0 on only those of this officer that still wait.

        The last row of a first look may be without words: it only says how far was read.
        """
        reader = self._reader()
        if after:
            return [self._row(line, officer) for line in notices.notices_after(reader, self._centre, after)]
        last = notices.last_notice(reader, self._centre)
        who = self._standing(officer) if officer is not None else None
        desk = who is not None and bool(who.roles & DESK)
        found = notices.waiting_for(reader, self._centre, who, desk, self._seconds() - WAITS)
        rows = [self._row(line, officer) for line in reversed(found)]
        return rows if not last or (rows and rows[-1].id >= last) else [*rows, NoticeRow(last, "", "")]

    def newest(self, amount: int, officer: str | None) -> Sequence[NoticeRow]:
        """The newest notices, whoever they are for, newest first."""
        return [self._row(line, officer) for line in notices.newest_notices(self._reader(), self._centre, amount)]

    def waiting(self, ids: Collection[int]) -> frozenset[int]:
        """Those that nobody has acknowledged yet and whose ticket is open."""
        return notices.still_waiting(self._reader(), self._centre, ids)

    def fallen_due(self, since: int, now: int, zone: str, officer: str | None) -> Sequence[NoticeRow]:
        """Tickets whose deadline passed in (since, now]: all for the desk, for others what `mine` lets through."""
        desk = officer is None or bool(self._standing(officer).roles & DESK)
        found = TicketList(
            self._reader, self._centre, holder_text, parse("late" if desk else "late mine", now, zone, officer)
        )
        return [_overdue(row, zone) for row in found.after((since, LAST_ID), MOST_OVERDUE)]

    def _row(self, line: NoticeLine, officer: str | None) -> NoticeRow:
        return NoticeRow(
            line.id,
            line.severity,
            mask_text(line.title_en if language() == "en" and line.title_en else line.title),
            line.ticket_id,
            line.kind,
            line.created_at,
            self._mine(line, officer),
            line.urgency,
            line.seen_at,
            line.seen_by,
            line.due_at,
        )

    def _mine(self, line: NoticeLine, officer: str | None) -> bool:
        """Whether a notice is meant for an officer. At a console that nobody has taken, everything is."""
        if officer is None:
            return True
        standing = self._standing(officer)
        if line.officer_id is not None:
            return line.officer_id == standing.officer
        if line.unit_id is not None:
            return line.unit_id in standing.units
        return bool(standing.roles & DESK)

    def _standing(self, officer: str) -> Standing:
        known = self._known
        if known is None or known[0] != officer or monotonic() - known[1] > STANDING_FOR:
            found = notices.standing(self._reader(), self._centre, officer, self._seconds())
            known = self._known = (officer, monotonic(), found)
        return known[2]


def veiled(row: NoticeRow) -> NoticeRow:
    """A notice for a screen that anybody may see: it calls for somebody, and says nothing of its ticket."""
    words = _("An alarm waits: sign in to see it") if row.severity == Severity.ALARM else _("A notice waits: sign in")
    return replace(row, title=words if row.title else "")


def _overdue(row: QueueRow, zone: str) -> NoticeRow:
    """A ticket that fell due, in the words of a notice."""
    at = datetime.fromtimestamp(row.due, ZoneInfo(zone)).strftime("%m-%d %H:%M")
    title = _("{code} deadline {at} has passed: {title}").format(code=row.code, at=at, title=row.title)
    return NoticeRow(
        -row.ticket, Severity.ALARM, title, row.ticket, "overdue", row.due, urgency=row.urgency, due=row.due
    )
