"""The on-time completion rate (按期办结率) of sources S0 and S4, by any unit and period.

    rate = completed on time / completed, of the tickets whose deadline lies in the period

The deadline is the official one that a ticket came with, else that of its final clock: what `ticket.on_time` was judged
by. A ticket counts as completed from 办结 on; sent back for rework it is open again. Refused, void and merged tickets
count nowhere, but one that was made void after its deadline stays late: nobody gains by striking it out. Open tickets
past their deadline stand beside the rate (`open_overdue`), and in `strict_rate` against it, so that nobody gains by not
closing. Tickets completed in the period without any deadline are `undated`.

A late ticket whose appeal two reviewers accepted is late still, but the rate leaves it out: `waived` stands beside it.

Rounding: a rate is a percentage cut (never rounded up) to two decimals, so 100.00 means every single one.

The overdue multiple (超时倍数) is (used − limit) / limit, both counted in the unit of the limit, on average over the
late tickets, completed or (used up to now) still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from core.accountability.custody import EVERY_TICKET
from core.accountability.divisions import Divisions, FormerDivisions
from core.accountability.lookup import Lookup, plain
from core.accountability.period import Period
from core.rules.budgets import Budget
from core.rules.clocks import spent
from data.instants import from_seconds
from data.queries.filters import Condition
from data.reader import Reader
from data.terms import Source, Urgency

LATE_AT_ONCE = 2_000


class Dimension(str, Enum):
    """What the rate is broken down by."""

    ALL = "all"
    COMMUNITY = "community"
    GRID = "grid"
    SECTION = "section"
    LEAD = "lead"
    SOURCE = "source"
    MATTER = "matter"
    URGENCY = "urgency"


@dataclass
class OnTimeLine:
    """The figures of one unit, source, matter or urgency; `key` is its code."""

    key: str
    zh: str
    en: str
    on_time: int = 0
    late: int = 0
    open_overdue: int = 0
    open_in_time: int = 0
    undated: int = 0
    waived: int = 0
    multiple_sum: float = 0.0
    multiple_count: int = 0

    @property
    def completed(self) -> int:
        """Completed tickets whose deadline lies in the period."""
        return self.on_time + self.late

    @property
    def rate(self) -> Decimal | None:
        """The on-time completion rate in per cent; None without completed tickets."""
        return percentage(self.on_time, self.completed)

    @property
    def strict_rate(self) -> Decimal | None:
        """The rate with open tickets past their deadline counted as late."""
        return percentage(self.on_time, self.completed + self.open_overdue)

    @property
    def overdue_multiple(self) -> Decimal | None:
        """The average overdue multiple of the late tickets, to two decimals; None where none is late."""
        if not self.multiple_count:
            return None
        return Decimal(self.multiple_sum / self.multiple_count).quantize(Decimal("0.01"))

    def add(self, other: OnTimeLine) -> None:
        """Take in the figures of another line."""
        for name in FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


FIGURES = ("on_time", "late", "open_overdue", "open_in_time", "undated", "waived", "multiple_sum", "multiple_count")


@dataclass(frozen=True)
class OnTimeReport:
    """Lines by size, and their total."""

    by: Dimension
    period: Period | None
    current_division: bool
    lines: list[OnTimeLine] = field(default_factory=list)
    total: OnTimeLine = field(default_factory=lambda: OnTimeLine("", "合计", "total"))


def on_time_report(
    reader: Reader,
    centre: int,
    by: Dimension,
    now: int,
    period: Period | None = None,
    current_division: bool = False,
    where: Condition = EVERY_TICKET,
    division_at: int | None = None,
) -> OnTimeReport:
    """The on-time completion rate of a period (all time without one), by a dimension.

    With `current_division` units that were merged or split since are counted where they belong today; else each ticket
    counts for the unit that it had. With `division_at` (epoch seconds) all are counted by the division of that day, the
    newer ones too. `where` is a condition on `ticket t`.
    """
    begin, end = (period.from_at, period.to_at) if period else (0, 1 << 62)
    counting = _Counting(reader, centre, by, now, begin, end, where, current_division, division_at)
    report = OnTimeReport(by, period, current_division, counting.lines())
    for line in report.lines:
        report.total.add(line)
    return report


def percentage(part: int, whole: int) -> Decimal | None:
    """A share in per cent, cut to two decimals; None of nothing."""
    return Decimal(part * 10_000 // whole).scaleb(-2) if whole else None


_DUE = "coalesce(t.official_due_at, t.final_due_at)"
_DONE = "(t.completed_at IS NOT NULL OR t.stage = 'void')"
_MET = f"coalesce(t.on_time, t.completed_at <= {_DUE}, FALSE)"
_COUNTED = f"(t.stage NOT IN ('refused', 'void', 'merged') OR (t.stage = 'void' AND t.closed_at > {_DUE}))"
_KEYS = {
    Dimension.ALL: ("0", "0"),
    Dimension.COMMUNITY: ("t.community_id", "t.grid_id"),
    Dimension.GRID: ("t.grid_id", "0"),
    Dimension.SECTION: ("t.section", "0"),
    Dimension.LEAD: ("t.lead_unit_id", "0"),
    Dimension.SOURCE: ("t.source", "0"),
    Dimension.MATTER: ("t.matter_code", "0"),
    Dimension.URGENCY: ("t.urgency", "0"),
}
_UNITS = (Dimension.COMMUNITY, Dimension.GRID, Dimension.LEAD)

_FIGURES = """
SELECT {key}, {grid},
    sum(CASE WHEN {due} >= :begin AND {due} < :end AND {done} AND {met} THEN 1 ELSE 0 END),
    sum(CASE WHEN {due} >= :begin AND {due} < :end AND {done} AND NOT {met} AND NOT t.waived THEN 1 ELSE 0 END),
    sum(CASE WHEN {due} >= :begin AND {due} < :end AND NOT ({done}) AND {due} < :now THEN 1 ELSE 0 END),
    sum(CASE WHEN {due} >= :begin AND {due} < :end AND NOT ({done}) AND {due} >= :now THEN 1 ELSE 0 END),
    sum(CASE WHEN {due} IS NULL AND t.completed_at >= :begin AND t.completed_at < :end THEN 1 ELSE 0 END),
    sum(CASE WHEN {due} >= :begin AND {due} < :end AND {done} AND NOT {met} AND t.waived THEN 1 ELSE 0 END)
FROM ticket t WHERE t.centre_id = :centre AND {counted} AND ({where}) GROUP BY 1, 2
"""
_LATE = """
SELECT t.id, {key}, {grid}, t.reported_at, t.official_due_at, coalesce(t.completed_at, t.closed_at)
FROM ticket t
WHERE t.centre_id = :centre AND {counted} AND ({where}) AND t.id > :after
    AND {due} >= :begin AND {due} < :end
    AND (({done} AND NOT {met} AND NOT t.waived) OR (NOT ({done}) AND {due} < :now))
ORDER BY t.id LIMIT :size
"""
_CLOCKS = """
SELECT k.ticket_id, k.segments, k.budget, k.seconds, k.calendar_version FROM clock k
WHERE k.centre_id = :centre AND k.kind = 'final' AND k.state <> 'withdrawn'
    AND k.ticket_id >= :first AND k.ticket_id <= :last ORDER BY k.id
"""


class _Late(NamedTuple):
    """A late ticket."""

    ticket_id: int
    key: Any
    grid: Any
    reported_at: int
    official_due_at: int | None
    ended_at: int | None


@dataclass
class _Counting:
    reader: Reader
    centre: int
    by: Dimension
    now: int
    begin: int
    end: int
    where: Condition
    current_division: bool
    division_at: int | None = None

    def __post_init__(self) -> None:
        self.lookup = Lookup(self.reader, self.centre)
        self.divisions = Divisions.read(self.reader, self.centre) if self.by in _UNITS else Divisions({}, {})
        former = self.division_at is not None and self.by in _UNITS
        self.former = FormerDivisions.read(self.reader, self.centre, self.division_at or 0) if former else None
        self._lines: dict[Any, OnTimeLine] = {}
        self._name = self._namer()

    def lines(self) -> list[OnTimeLine]:
        """One line per unit or word, the largest first."""
        for key, grid, *figures in self._rows(_FIGURES):
            if any(figures):
                counted = dict(zip(FIGURES, (int(figure) for figure in figures), strict=False))
                self._line(key, grid).add(OnTimeLine("", "", "", **counted))
        for late, multiple in self._multiples():
            line = self._line(late.key, late.grid)
            line.multiple_sum += multiple
            line.multiple_count += 1
        return sorted(self._lines.values(), key=lambda line: (-line.completed, -line.open_overdue, line.key))

    def _rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        key, grid = _KEYS[self.by]
        text = sql.format(
            key=key, grid=grid, due=_DUE, done=_DONE, met=_MET, counted=_COUNTED, where=self.where.sql
        )  # fmt: skip
        values = {**self.where.values, "now": self.now}
        return self.reader.rows(text, centre=self.centre, begin=self.begin, end=self.end, **values, **more)

    def _line(self, key: Any, grid: Any) -> OnTimeLine:
        unit = self._unit(key, grid) if self.by in _UNITS else key
        if unit not in self._lines:
            self._lines[unit] = OnTimeLine(*self._name(unit))
        return self._lines[unit]

    def _unit(self, key: Any, grid: Any) -> int | None:
        if self.former is not None:
            found = self.former.community_then(key, grid) if self.by == Dimension.COMMUNITY else self.former.then(key)
            return None if found is None else int(found)
        if not self.current_division:
            return None if key is None else int(key)
        if self.by == Dimension.COMMUNITY:
            return self.divisions.community_now(key, grid)
        return self.divisions.now(key)

    def _namer(self) -> Callable[[Any], tuple[str, str, str]]:
        """How the keys of this dimension are called: (code, Chinese, English)."""
        if self.by in _UNITS:
            return self._unit_name
        if self.by == Dimension.SECTION:
            sections = self.lookup.sections()
            return lambda code: (code, *sections.get(code, (code, code))) if code else NOTHING
        if self.by == Dimension.SOURCE:
            return lambda word: (word, Source(word).zh, Source(word).en)
        if self.by == Dimension.URGENCY:
            return lambda word: (word, Urgency(word).zh, Urgency(word).en)
        if self.by == Dimension.MATTER:
            matters = self.lookup.matter_names()
            return lambda code: (code, *matters.get(code, (code, code))) if code else NOTHING
        return lambda _: ("all", "全部", "all")

    def _unit_name(self, unit_id: int | None) -> tuple[str, str, str]:
        unit = self.divisions.units.get(unit_id) if unit_id is not None else None
        return NOTHING if unit is None else (unit.code, unit.name, unit.name_en)

    # ------------------------------------------------------------------------------------------------ multiples

    def _multiples(self) -> Iterator[tuple[_Late, float]]:
        """Each late ticket that has a limit, with its overdue multiple."""
        after = -1
        while rows := [_Late(*row) for row in self._rows(_LATE, after=after, size=LATE_AT_ONCE)]:
            after = rows[-1].ticket_id
            clocks = {row[0]: row for row in self._clocks(rows[0].ticket_id, after)}
            for late in rows:
                multiple = self._multiple(late, clocks.get(late.ticket_id))
                if multiple is not None:
                    yield late, multiple

    def _clocks(self, first: int, last: int) -> list[tuple[Any, ...]]:
        return self.reader.rows(_CLOCKS, centre=self.centre, first=first, last=last)

    def _multiple(self, late: _Late, clock: tuple[Any, ...] | None) -> float | None:
        until = self.now if late.ended_at is None else late.ended_at
        if late.official_due_at is not None:
            limit = late.official_due_at - late.reported_at
            return (until - late.official_due_at) / limit if limit > 0 else None
        if clock is None or clock[3] <= 0:
            return None
        segments = plain(clock[1])
        begun = from_seconds(segments[0][0])
        held = [
            (from_seconds(since), None if end is None else from_seconds(end))
            for since, end, kind, *_ in segments
            if kind != "run"
        ]
        unit = Budget.parse(clock[2], zero=True).unit
        used, limit = spent(begun, from_seconds(until), unit, self.lookup.calendar(int(clock[4])), held), int(clock[3])
        return (used - limit) / limit


NOTHING = ("", "未填", "none given")
