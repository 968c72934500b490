"""Lines of counted time: where a budget ends, how much has been counted, with pauses taken out.

Two lines exist: time that runs through (`RUN_THROUGH`) and the working time of a calendar
(`core.rules.worktime.WorkCalendar`). Both share what is said here about pauses and edges.

A due instant is the first instant at which the whole budget has been counted. So a budget that ends exactly at closing
is due at closing (edge `eod`), and a budget of nothing is due at its start, also outside working hours: that is the
only answer with which `due(due(s, a), b) == due(s, a + b)` holds for every a and b, closings included. Edge `next`, the
other convention in use, takes the last such instant instead: the next opening.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from data.errors import BadInput
from data.instants import from_seconds, to_seconds

Edge = Literal["eod", "next"]
Pause = tuple[datetime, datetime | None]
"""A half-open interval that does not count; the end is None while it lasts."""

DAY = 86_400

MAX_BUDGET_SECONDS = 100 * 366 * DAY
"""Budgets over a hundred years are mistakes and are refused."""

_FOREVER = 1 << 62
_LAST = 253_402_300_799  # the last second of the year 9999


class Due(NamedTuple):
    """A deadline, and whether it rests on days for which no official calendar is out yet."""

    at: datetime
    provisional: bool


class Timeline(ABC):
    """Counted time as a function of instants. All instants are aware; results are UTC, in whole seconds."""

    def due(self, start: datetime, seconds: int, pauses: Iterable[Pause] = (), *, edge: Edge = "eod") -> Due | None:
        """When a budget of `seconds` that starts at `start` is used up.

        `pauses` may overlap, lie outside working hours and come in any order; with one that has no end before the
        budget is used up there is no deadline yet, and the answer is None. Raises BadInput for a negative or absurd
        budget, for a pause that ends before it starts, and where the calendar has too little working time.
        """
        if not 0 <= seconds <= MAX_BUDGET_SECONDS:
            raise BadInput(
                "budget.size",
                f"时限超出范围：{seconds} 秒",
                f"a budget must be between nothing and a hundred years, not {seconds} s",
                seconds=seconds,
            )
        at, left = to_seconds(start), seconds
        for begin, end in merged(pauses, at, _FOREVER):
            reached = self._reach(at, left, edge)
            if reached < begin or (reached == begin and edge == "eod"):
                return self._due(reached)
            if end == _FOREVER:
                return None
            left -= self._counted(at, begin)
            at = end
        return self._due(self._reach(at, left, edge))

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> int:
        """Seconds counted from `start` to `end`; nothing where `end` is not later (a clock was set back)."""
        begin, stop = to_seconds(start), to_seconds(end)
        if stop <= begin:
            return 0
        paused = sum(self._counted(a, b) for a, b in merged(pauses, begin, stop))
        return self._counted(begin, stop) - paused

    def pieces(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The stretches between two instants in which time is counted, in order, none touching the next."""
        begin, stop = to_seconds(start), to_seconds(end)
        if stop <= begin:
            return []
        return [(from_seconds(a), from_seconds(b)) for a, b in self._pieces(begin, stop)]

    def _due(self, at: int) -> Due:
        return Due(from_seconds(at), self._is_provisional(at))

    @abstractmethod
    def _counted(self, begin: int, end: int) -> int:
        """Seconds counted between two epoch seconds, `begin` not later than `end`."""

    @abstractmethod
    def _reach(self, begin: int, seconds: int, edge: Edge) -> int:
        """The epoch second at which `seconds` have been counted since `begin`."""

    @abstractmethod
    def _pieces(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The counted stretches between two epoch seconds."""

    @abstractmethod
    def _is_provisional(self, at: int) -> bool:
        """Whether an instant rests on days that no official calendar covers."""


class RunThrough(Timeline):
    """Time as it passes, nights and holidays included: urgent hours and natural days (GB/T 30428.8 practice)."""

    def _counted(self, begin: int, end: int) -> int:
        return end - begin

    def _reach(self, begin: int, seconds: int, edge: Edge) -> int:
        if begin + seconds > _LAST:
            raise BadInput("budget.horizon", "期限超出可表示的日期", "the deadline lies beyond all dates")
        return begin + seconds

    def _pieces(self, begin: int, end: int) -> list[tuple[int, int]]:
        return [(begin, end)]

    def _is_provisional(self, at: int) -> bool:
        return False


RUN_THROUGH = RunThrough()


def merged(pauses: Iterable[Pause], begin: int, end: int) -> list[tuple[int, int]]:
    """Pauses as epoch seconds within [begin, end): in order, without overlaps, empty ones left out.

    Raises BadInput for a pause that ends before it starts.
    """
    spans: list[tuple[int, int]] = []
    for since, until in pauses:
        first, last = to_seconds(since), _FOREVER if until is None else to_seconds(until)
        if last < first:
            raise BadInput("pause.order", "暂停的结束早于开始", "a pause ends before it starts", start=first, end=last)
        spans.append((max(first, begin), min(last, end)))
    return joined(span for span in spans if span[0] < span[1])


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap or touch made one."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result
