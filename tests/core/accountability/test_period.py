"""Periods in the centre's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.accountability.period import read_period
from data.errors import BadInput

CHONGQING = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-2", "2026-02-01", "2026-03-01"),
        ("2026Q1", "2026-01-01", "2026-04-01"),
        ("2026-q4", "2026-10-01", "2027-01-01"),
        ("2026-11-20", "2026-11-20", "2026-11-21"),
        (" 2026-11-01..2026-11-20 ", "2026-11-01", "2026-11-21"),
    ],
)
def test_half_open_from_midnight_to_midnight(text: str, first: str, end: str) -> None:
    found = read_period(text, "Asia/Shanghai")
    assert datetime.fromtimestamp(found.from_at, CHONGQING).isoformat() == f"{first}T00:00:00+08:00"
    assert datetime.fromtimestamp(found.to_at, CHONGQING).isoformat() == f"{end}T00:00:00+08:00"
    assert found.label == text.strip()


def test_days_of_a_zone_with_summer_time_are_as_long_as_they_are() -> None:
    found = read_period("2025-03-30", "Europe/Berlin")
    assert found.to_at - found.from_at == 23 * 3600


@pytest.mark.parametrize(
    "text", ["", "x", "2026-13", "2026Q5", "2026-02-30", "2026-11-20..2026-11-01", "..", "2026..", "99999", "0000"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_period(text, "Asia/Shanghai")
    assert refused.value.code == "period"
