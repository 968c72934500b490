"""Instants as they are typed: an ISO date or time, in the centre's zone where no other is named."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from data.errors import BadInput


def instant(text: str, zone: str) -> int:
    """Epoch seconds. Raises BadInput."""
    try:
        found = datetime.fromisoformat(text.strip())
        aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        return int(aware.timestamp() // 1)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(
            "instant", "时间应如 2026-11-20 或 2026-11-20T18:00。", "Write a time like 2026-11-20 or 2026-11-20T18:00."
        ) from error
