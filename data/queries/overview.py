"""The figures of the overview: kept counters and ranges of an index, the same effort on any number of tickets.

What is late and what came in lately is read from its range of an index up to a cap; beyond it the figures are least
figures and say so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.counting import HOUR
from data.queries.counted import counter, counters
from data.reader import Reader

CAP = 2_000
"""Late tickets, and tickets of the last day, that are looked at."""
DAY = 86_400
HOURS, DAYS = 24, 30
"""Buckets of the two trends, the running one included."""


class Figure(NamedTuple):
    """Tickets of one source, section, urgency or place: open, late among them, reported in the last 24 hours."""

    open: int = 0
    late: int = 0
    intake: int = 0


class Bucket(NamedTuple):
    """What was reported and closed from `start` until before `end`, in epoch seconds."""

    start: int
    end: int
    reported: int
    closed: int


class Figures(NamedTuple):
    """The figures of one centre at an instant. Places are by unit id, 0 for tickets without one."""

    whole: Figure
    late_is_more: bool
    """There are more late tickets than were looked at: late figures are least figures."""
    intake_is_more: bool
    sources: dict[str, Figure]
    sections: dict[str, Figure]
    urgencies: dict[str, Figure]
    communities: dict[int, Figure]
    grids: dict[int, Figure]
    hours: list[Bucket]
    days: list[Bucket]


class Place(NamedTuple):
    """A community or a grid of any size under it."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    aliases: list[str]
    parent_id: int | None


def figures(reader: Reader, centre: int, now: int, zone: str) -> Figures:
    """All figures at `now` (epoch seconds); `zone` says where the centre's days begin."""
    late = _late(reader, centre, now)
    intake = _intake(reader, centre, now)
    by_source, by_section, by_urgency = (
        _merged(
            counters(reader, centre, f"open_{name}"),
            Counter(row[place] for row in late[:CAP]),
            Counter(row[place] for row in intake[:CAP]),
        )
        for place, name in enumerate(("source", "section", "urgency"))
    )
    communities, grids = (
        {int(item): figure for item, figure in _merged(counters(reader, centre, name), found, Counter()).items()}
        for name, found in (
            ("open_community", Counter(str(row[3] or 0) for row in late[:CAP])),
            ("open_grid", Counter(str(row[4] or 0) for row in late[:CAP])),
        )
    )
    reported, closed = (_hourly(reader, centre, name, now) for name in ("reported_hour", "closed_hour"))
    return Figures(
        Figure(counter(reader, centre, "open", "all"), min(len(late), CAP), min(len(intake), CAP)),
        len(late) > CAP,
        len(intake) > CAP,
        by_source,
        by_section,
        by_urgency,
        communities,
        grids,
        _hours(reported, closed, now),
        _days(reported, closed, now, ZoneInfo(zone)),
    )


def places(reader: Reader, centre: int) -> list[Place]:
    """Communities and the grids under them, in the organisation's order."""
    rows = reader.rows(
        "SELECT id, code, kind, name, name_en, aliases, parent_id FROM unit"
        " WHERE centre_id = :centre AND closed_at IS NULL"
        " AND kind IN ('community', 'grid', 'exclusive_grid', 'micro_grid') ORDER BY sort_no, code",
        centre=centre,
    )
    return [
        Place._make((*row[:5], json.loads(row[5]) if isinstance(row[5], str) else row[5] or [], row[6])) for row in rows
    ]


def _late(reader: Reader, centre: int, now: int) -> Sequence[tuple[Any, ...]]:
    return reader.rows(
        "SELECT t.source, coalesce(nullif(t.section, ''), '-'), t.urgency, t.community_id, t.grid_id FROM ticket t"
        " WHERE t.centre_id = :centre AND t.open = 1 AND t.due_at <= :now ORDER BY t.due_at, t.id LIMIT :cap",
        centre=centre,
        now=now,
        cap=CAP + 1,
    )


def _intake(reader: Reader, centre: int, now: int) -> Sequence[tuple[Any, ...]]:
    return reader.rows(
        "SELECT t.source, coalesce(nullif(t.section, ''), '-'), t.urgency FROM ticket t"
        " WHERE t.centre_id = :centre AND t.reported_at >= :since ORDER BY t.reported_at, t.id LIMIT :cap",
        centre=centre,
        since=now - DAY,
        cap=CAP + 1,
    )


def _merged(opened: dict[str, int], late: Counter[str], intake: Counter[str]) -> dict[str, Figure]:
    items = sorted(opened.keys() | late.keys() | intake.keys())
    return {item: Figure(opened.get(item, 0), late[item], intake[item]) for item in items}


# ------------------------------------------------------------------------------------------------ trends


def _hourly(reader: Reader, centre: int, dimension: str, now: int) -> dict[int, int]:
    """Amounts by hour since the epoch, for the hours of both trends."""
    last = now // HOUR
    # As text, hours stand in their order from 1981 until 2084: they have six digits.
    rows = reader.rows(
        "SELECT item, amount FROM centre_stat WHERE centre_id = :centre AND dimension = :dimension"
        " AND item >= :first AND item <= :last",
        centre=centre,
        dimension=dimension,
        first=str(last - (DAYS + 1) * 24),
        last=str(last),
    )
    return {int(item): int(amount) for item, amount in rows}


def _hours(reported: dict[int, int], closed: dict[int, int], now: int) -> list[Bucket]:
    last = now // HOUR
    return [
        Bucket(hour * HOUR, (hour + 1) * HOUR, reported.get(hour, 0), closed.get(hour, 0))
        for hour in range(last - HOURS + 1, last + 1)
    ]


def _days(reported: dict[int, int], closed: dict[int, int], now: int, zone: ZoneInfo) -> list[Bucket]:
    """Days of the centre's own zone. Hours of the epoch fit into them where the zone is whole hours from UTC."""
    today = _local_day(now, zone)
    by_day = [Counter[date](), Counter[date]()]
    for found, amounts in zip(by_day, (reported, closed), strict=True):
        for hour, amount in amounts.items():
            found[_local_day(hour * HOUR, zone)] += amount
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [
        Bucket(_start(day, zone), _start(day + timedelta(days=1), zone), by_day[0][day], by_day[1][day]) for day in days
    ]


def _local_day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()


def _start(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
