"""Periods of a report: months, quarters, years and days of the centre's own zone, as half-open instants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.errors import BadInput

_FORMS = (
    re.compile(r"(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})-?[Qq](?P<quarter>[1-4])"),
)


@dataclass(frozen=True)
class Period:
    """[from_at, to_at) in epoch seconds, with the name it was asked for by."""

    from_at: int
    to_at: int
    label: str


def read_period(text: str, zone: str) -> Period:
    """A period from its text: 2026, 2026-11, 2026Q4, 2026-11-20, or 2026-11-01..2026-11-20 (both days included).

    Raises BadInput for anything else.
    """
    wanted = text.strip()
    try:
        first, last = _days(wanted)
        return between(first, last, zone, wanted)
    except ValueError:
        raise BadInput(
            "period",
            f"看不懂的期间：{wanted[:40]!r}，应如 2026-11、2026Q4、2026、2026-11-01..2026-11-20。",
            f"Not a period: {wanted[:40]!r}; write it like 2026-11, 2026Q4, 2026 or 2026-11-01..2026-11-20.",
        ) from None


def between(first: date, last: date, zone: str, label: str = "") -> Period:
    """From the first day's midnight to the end of the last day. Raises BadInput when they are the wrong way round."""
    if last < first:
        raise BadInput("period", "期间的结束早于开始。", "The period ends before it begins.")
    start, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    return Period(start, end, label or f"{first}..{last}")


def _days(text: str) -> tuple[date, date]:
    if ".." in text:
        first, _, last = text.partition("..")
        return date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _span(found)
    day = date.fromisoformat(text)
    return day, day


def _span(found: re.Match[str]) -> tuple[date, date]:
    parts = found.groupdict()
    year = int(parts["year"])
    if "quarter" in parts:
        first, months = date(year, int(parts["quarter"]) * 3 - 2, 1), 3
    elif "month" in parts:
        first, months = date(year, int(parts["month"]), 1), 1
    else:
        first, months = date(year, 1, 1), 12
    following = first.month - 1 + months
    return first, date(year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def _midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
