"""The official calendar of mainland China: statutory holidays and the weekend days worked in exchange for them.

Source: the yearly notices of the State Council's General Office, as the `chinesecalendar` package carries them.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

OfficialDay = Literal["holiday", "workday"]


@cache
def _years() -> frozenset[int]:
    return frozenset(day.year for day in holidays)


def official_days(year: int) -> dict[date, OfficialDay] | None:
    """What a year has besides the plain week: days off, and weekend days that are worked.

    Days off that fall on a weekend are listed as well. None for a year whose notice is not out, or that the package
    does not reach back to.
    """
    if year not in _years():
        return None
    days: dict[date, OfficialDay] = {day: "holiday" for day in holidays if day.year == year}
    days.update((day, "workday") for day in workdays if day.year == year)
    return dict(sorted(days.items()))


def all_official_days() -> dict[date, OfficialDay]:
    """The official days of every year there is."""
    days: dict[date, OfficialDay] = {}
    for year in sorted(_years()):
        days.update(official_days(year) or {})
    return days


def last_official_day() -> date:
    """The last day that the official calendar covers: the end of the last published year.

    A later notice can still move days of that last December (the Saturday worked for a New Year's holiday), so a newly
    published year is a reason to look again at every deadline from then on, not only at the provisional ones.
    """
    return date(max(_years()), 12, 31)


def official_name(day: date) -> tuple[str, str] | None:
    """The holiday that an official day belongs to, in Chinese and English; None for a plain day."""
    name = holidays.get(day) or workdays.get(day)
    if name is None:
        return None
    holiday = Holiday(name)
    return holiday.chinese, holiday.value
