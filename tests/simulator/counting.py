"""A deadline counted a second time, window by window: slow and obvious, without `core.rules.timeline`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.rules.worktime import WorkCalendar
from data.terms import TimeUnit

Stretch = tuple[int, int | None]
"""From and to in epoch seconds; without an end it lasts."""
LONGEST_DAYS = 4000


def due_of(start: int, seconds: int, unit: TimeUnit, calendar: WorkCalendar, pauses: Sequence[Stretch]) -> int | None:
    """When so many seconds are used up; None where a pause that lasts stands before that."""
    left = seconds
    for begin, end in _counted(start, unit, calendar, sorted(pauses)):
        if end is None or end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def _counted(start: int, unit: TimeUnit, calendar: WorkCalendar, pauses: Sequence[Stretch]) -> Iterator[Stretch]:
    for begin, end in _open(start, unit, calendar):
        for since, until in pauses:
            if until is not None and until <= begin:
                continue
            if end is not None and since >= end:
                break
            if since > begin:
                yield begin, since
            if until is None:
                return
            begin = max(begin, until)
            if end is not None and begin >= end:
                break
        if end is None or begin < end:
            yield begin, end


def _open(start: int, unit: TimeUnit, calendar: WorkCalendar) -> Iterator[Stretch]:
    """Stretches of the time that a unit counts."""
    if unit in (TimeUnit.URGENT_HOUR, TimeUnit.NATURAL_DAY):
        yield start, None
        return
    day = datetime.fromtimestamp(start, calendar.tz).date() - timedelta(days=1)
    for number in range(LONGEST_DAYS):
        date = day + timedelta(days=number)
        midnight = int(datetime(date.year, date.month, date.day, tzinfo=calendar.tz).timestamp())
        for opens, closes in calendar.windows_of(date):
            if midnight + closes > start:
                yield max(start, midnight + opens), midnight + closes
