"""The overview of the street in memory: figures counted from its rows, a small map, made trends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.overview_ports import Area, Bucket, OnDuty, Outline, OverviewView, Share, Unstaffed
from console.ports import QueueRow
from data.terms import Source, Urgency

HOUR, DAY = 3600, 86_400


def square(x: int, y: int, side: int = 100) -> tuple[tuple[int, int], ...]:
    """A square as an outline."""
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def made_overview(rows: Sequence[QueueRow], now: int, places: Sequence[str], with_map: bool = True) -> OverviewView:
    """What the rows come to at an instant."""
    late = sorted((row for row in rows if row.due <= now), key=lambda row: row.key)
    coming = sorted((row for row in rows if row.due > now), key=lambda row: row.key)

    def count(fits: Callable[[QueueRow], bool]) -> tuple[int, int]:
        found = [row for row in rows if fits(row)]
        return len(found), sum(row.due <= now for row in found)

    by_place = [
        (f"c{number}", place, *count(lambda row, p=place: row.place == p)) for number, place in enumerate(places)
    ]
    return OverviewView(
        at=now,
        open=len(rows),
        late=len(late),
        intake=17,
        sources=tuple(
            Share(word.zh, f"source:{word.value}", *count(lambda row, w=word: row.source == w.value), intake=1)
            for word in Source
        ),
        sections=(Share("经济发展", "section:economy", 12, 3, 4), Share("平安法治", "section:safety", 9, 0, 2)),
        urgencies=tuple(
            Share(word.zh, f"urgency:{word.value}", *count(lambda row, w=word: row.urgency == w.value))
            for word in Urgency
        ),
        overdue=tuple(late[:12]),
        nearest=tuple(coming[:12]),
        on_duty=(OnDuty("陈一", "值班领导", "指挥中心"), OnDuty("林", "值班员", "流转调度岗")),
        unstaffed=(Unstaffed("planning", "规划建设岗", 2, 1),),
        hours=tuple(
            Bucket(start, start + HOUR, number % 5, number % 3)
            for number, start in enumerate(range(now // HOUR * HOUR - 23 * HOUR, now + 1, HOUR))
        ),
        days=tuple(
            Bucket(start, start + DAY, number * 2, number)
            for number, start in enumerate(range((now // DAY - 29) * DAY, now + 1, DAY))
        ),
        areas=tuple(
            area
            for code, place, opened, past in by_place
            for area in (
                Area(code, place, f"{place}", opened, past),
                Area(f"{code}-1", f"{place}第1网格", f"grid:{code}-1", 1, 0, depth=1),
            )
        ),
        outlines=tuple(
            Outline(place, code, place, (square(number % 2 * 100, number // 2 * 100),))
            for number, (code, place, *_counts) in enumerate(by_place)
        )
        if with_map
        else (),
    )
