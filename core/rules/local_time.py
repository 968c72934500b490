"""Instants as people write them: an ISO date or time, in the centre's zone where no other is named."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.errors import BadInput

DATE_LENGTH = 10


def read_instant(text: str, zone: str) -> int:
    """Epoch seconds; full-width digits and signs count. Raises BadInput."""
    try:
        return _seconds(_read(text), zone)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(
            "instant", "时间应如 2026-11-20 或 2026-11-20T18:00。", "Write a time like 2026-11-20 or 2026-11-20T18:00."
        ) from error


def read_end(text: str, zone: str) -> int:
    """The same, where a date alone means the end of that day."""
    instant = read_instant(text, zone)
    return _seconds(_read(text) + timedelta(days=1), zone) if is_date(text) else instant


def local_span(from_at: int, to_at: int | None, zone: str) -> str:
    """A time as a notice names it: `12-01 20:00 - 12-02 08:00`, the day said once, without an end `12-01 20:00 -`."""
    start = datetime.fromtimestamp(from_at, ZoneInfo(zone))
    if to_at is None:
        return f"{start:%m-%d %H:%M} -"
    end = datetime.fromtimestamp(to_at, ZoneInfo(zone))
    return f"{start:%m-%d %H:%M} - " + (f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}")


def is_date(text: str) -> bool:
    """Whether a text names a day and no time."""
    return len(unicodedata.normalize("NFKC", text).strip()) == DATE_LENGTH


def _read(text: str) -> datetime:
    return datetime.fromisoformat(unicodedata.normalize("NFKC", text).strip())


def _seconds(moment: datetime, zone: str) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return int(aware.timestamp() // 1)
