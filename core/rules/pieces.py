"""Why a deadline is when it is: the counted pieces of a clock's life, and what did not count, by whose word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from core.rules.budgets import timeline
from core.rules.clocks import ClockFacts, Segment
from core.rules.timeline import Timeline
from core.rules.worktime import WorkCalendar


class Piece(NamedTuple):
    """A stretch on the way to a deadline: counted (`work`), paused, or away in other hands.

    `seconds` is what it counted, `total` what had been counted by its end; `until` is None for a pause that lasts.
    """

    kind: Literal["work", "pause", "away"]
    since: datetime
    until: datetime | None
    seconds: int
    total: int
    reason: str = ""
    by: int | None = None


def explain(facts: ClockFacts, calendar: WorkCalendar) -> list[Piece]:
    """The pieces that lead from a clock's start to its deadline; their seconds add up to the budget.

    Time between the pieces is outside working hours. A clock that was stopped early is explained as if it had run on.
    With a pause that lasts, the list ends there. `calendar` is the one that the clock's version names.
    """
    line, total = timeline(facts.unit, calendar), 0
    pieces: list[Piece] = []
    for segment in _towards_deadline(facts):
        if segment.kind != "run":
            pieces.append(Piece(segment.kind, segment.since, segment.until, 0, total, segment.reason, segment.by))
            continue
        for since, until in _counted(line, segment, facts.due_at):
            seconds = int((until - since).total_seconds())
            total += seconds
            pieces.append(Piece("work", since, until, seconds, total, segment.reason, segment.by))
    return pieces


def _towards_deadline(facts: ClockFacts) -> Iterator[Segment]:
    """The segments that begin before the deadline, and the rest of the way to it if the clock was stopped before."""
    for segment in facts.segments:
        if facts.due_at is None or segment.since < facts.due_at:
            yield segment
    if facts.ended_at and facts.due_at and facts.ended_at < facts.due_at:
        yield Segment(facts.ended_at, None, "run")


def _counted(line: Timeline, segment: Segment, due_at: datetime | None) -> list[tuple[datetime, datetime]]:
    ends = [end for end in (segment.until, due_at) if end is not None]
    return line.pieces(segment.since, min(ends)) if ends else []
