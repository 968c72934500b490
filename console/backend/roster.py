"""The roster as the screens show it: what is wrong with it within a day."""

from __future__ import annotations

from console.i18n import language
from console.roster_ports import GapAhead
from core.rules.duty_gaps import DESK_GAPS
from data.queries.duty_gaps import open_gaps
from data.reader import Reader

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
