"""The roster as the screens show it: what is wrong with it within a day, and a week of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from console.backend.opening import OpenStore
from console.i18n import language
from console.roster_ports import GapAhead
from core.rules.duty_gaps import DESK_GAPS
from data.queries.duty_gaps import open_gaps
from data.reader import Reader

if TYPE_CHECKING:
    from core.organisation.duty_week import Week

AHEAD = 86_400
"""Seconds; what lies further ahead is for the leaders' notices and for `duty check`."""


def gaps_ahead(reader: Reader, centre: int, now: int) -> tuple[GapAhead, ...]:
    """What the engine found wrong in the next 24 hours and nobody filled: an empty desk first, then by begin."""
    spoken, found = language(), []
    for row in open_gaps(reader, centre):
        if row.from_at < now + AHEAD and row.to_at > now:
            text = row.en if spoken == "en" else row.zh
            found.append(GapAhead(row.id, text, row.from_at, row.to_at, row.kind in DESK_GAPS))
    return tuple(sorted(found, key=lambda gap: (not gap.at_desk, gap.from_at)))


class RosterBackend(OpenStore):
    """The part of the backend that reads the roster."""

    def roster_week(self, first: date | None, now: int) -> Week:
        """Seven days of the roster from a day on, by default today."""
        from core.organisation.duty_week import week_of

        zone = self.centre.zone
        begin = first or datetime.fromtimestamp(now, ZoneInfo(zone)).date()
        return week_of(self._reader(), self.centre.id, zone, begin, now)
