"""Instants as they are stored: whole seconds since 1970 in UTC, in BigInteger columns."""

from __future__ import annotations

from datetime import UTC, datetime

FAR = 9_999_999_999
"""Stands for "no deadline" where a sort key may not be empty (the year 2286)."""


def to_seconds(moment: datetime) -> int:
    """Whole epoch seconds of an aware datetime; fractions are dropped. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return int(moment.timestamp() // 1)


def from_seconds(seconds: int) -> datetime:
    """The aware UTC datetime of epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC)
