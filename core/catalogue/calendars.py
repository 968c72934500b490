"""The calendars that come with the product or that a site wrote, with the official days laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.catalogue.read import shipped_catalogue
from core.catalogue.sources import read_toml
from core.rules.worktime import WorkCalendar
from data.errors import BadInput
from data.official_days import all_official_days


@dataclass(frozen=True)
class CalendarEntry:
    """A calendar with its code and its two names."""

    code: str
    zh: str
    en: str
    hours: WorkCalendar


def read_calendars(path: Path | None = None) -> list[CalendarEntry]:
    """The calendars of a file; by default those that come with the product. Raises BadInput or NotFound."""
    file = path or shipped_catalogue() / "calendar.toml"
    rows = read_toml(file).get("calendar")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise BadInput("calendar-shape", f"{file.name}：缺少 [[calendar]]。", f"{file.name}: no [[calendar]].")
    return [_calendar(file.name, row) for row in rows]


def _calendar(file: str, row: Mapping[str, Any]) -> CalendarEntry:
    code, hours, official = row.get("code"), row.get("hours"), row.get("official", "")
    if not isinstance(code, str) or not 1 <= len(code) <= 40 or not isinstance(hours, Mapping):
        raise BadInput(
            "calendar-shape", f"{file}：日历须有 code 与 hours。", f"{file}: a calendar needs its code and its hours."
        )
    if official not in ("", "cn"):
        raise BadInput(
            "calendar-official", f"{file}：official 只能是 cn。", f"{file}: official can only be cn.", calendar=code
        )
    calendar = WorkCalendar.from_dict(hours)
    if official:
        days = all_official_days()
        calendar = calendar.with_official(days, date(max(days).year, 12, 31))
    return CalendarEntry(code, str(row.get("zh", code)), str(row.get("en", code)), calendar)
