"""Days as people write them into a roster: 2026-12-01, 2026/12/1, 12月1日（周二）, 1日; with a time, an instant."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"[\s(]*(?:周|星期|礼拜)([一二三四五六日天])\)?$")
_TIME = re.compile(r"[T\s]+([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$")
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_BARE = re.compile(r"(\d{1,2})\s*[日号]?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?!\d)")


class Unreadable(Exception):
    """A cell that is not what it should be, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Month(NamedTuple):
    """A month of a year."""

    year: int
    month: int


class Moment(NamedTuple):
    """A day, with a time of day where one is written."""

    day: date
    at: time | None = None


def read_month(text: str) -> Month | None:
    """The month that a text begins with or names: 2026-12, 2026年12月值班表."""
    found = _MONTH.search(unicodedata.normalize("NFKC", text))
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 2999:
        return None
    return Month(int(found[1]), int(found[2]))


def read_moment(text: str, month: Month | None, today: date, bare: bool = False) -> Moment:
    """A day or instant of a cell. Raises Unreadable.

    A day without its year is the nearest to `today`, or in the year of `month`; a day's number alone (`bare`) is
    of `month`. A weekday behind it must be the right one.
    """
    left = unicodedata.normalize("NFKC", text).strip()
    weekday = _WEEKDAY.search(left)
    left = left[: weekday.start()].strip() if weekday else left
    clock = _TIME.search(left)
    at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else None
    left = left[: clock.start()].strip() if clock else left
    try:
        day = _day(left, month, today, bare)
    except ValueError as error:
        raise Unreadable("没有这一天", "there is no such day") from error
    if weekday:
        check_weekday(day, weekday[1])
    return Moment(day, at if at != time() else None)


def check_weekday(day: date, text: str) -> None:
    """Raises Unreadable where a day is not the weekday that stands with it: the sheet is of another month or year."""
    if text.strip()[-1:].replace("天", "日") != WEEKDAYS[day.weekday()]:
        raise Unreadable(f"{day} 是周{WEEKDAYS[day.weekday()]}", f"{day} is a {day:%A}")


def is_weekday(text: str) -> bool:
    """Whether a cell says nothing but a weekday, as under the days of a month."""
    left = unicodedata.normalize("NFKC", text).strip()
    return left in (*WEEKDAYS, "天") or bool(_WEEKDAY.fullmatch(left))


def _day(text: str, month: Month | None, today: date, bare: bool) -> date:
    if found := _FULL.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(text):
        if month is not None:
            return date(month.year + (int(found[1]) < month.month), int(found[1]), int(found[2]))
        return _nearest(int(found[1]), int(found[2]), today)
    if bare and (found := _BARE.fullmatch(text)):
        if month is None:
            raise Unreadable("只有日数，须用 --month 写明年月", "a day's number alone: name the month with --month")
        return date(month.year, month.month, int(found[1]))
    raise Unreadable("不是日期，应如 2026-12-01", "no day: write it like 2026-12-01")


def _nearest(month: int, day: int, today: date) -> date:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:  # the 29th of February
            continue
    if not found:
        raise ValueError("no such day")
    return min(found, key=lambda one: abs(one - today) / timedelta(days=1))


def as_text(moment: datetime) -> str:
    """An instant as it is read again; without a time where it is midnight."""
    if moment.time() == time():
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
