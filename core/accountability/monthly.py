"""The monthly list: matters that come often (高频事项), and those that one section or department cannot settle alone.

Counted are the reports of a month of the centre's zone by matter, joined ones as well: each of them was somebody who
reported it. Struck out and refused ones are not. The on-time rate is that of the tickets reported in the month, by the
rules of `core.accountability.ontime`; what is joined is judged with its main ticket.

A ticket is cross-section when hands of several sections worked on it, cross-department when a district department or
a linked force did beside a unit of the street. Who was only informed, or called off before they came, does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.accountability.lookup import Lookup
from core.accountability.ontime import percentage
from core.accountability.period import Period, read_period
from data.errors import BadInput
from data.reader import Reader

PLACES_SHOWN = 3

_COUNTED = "t.stage NOT IN ('refused', 'void')"
_DUE = "coalesce(t.official_due_at, t.final_due_at)"
_MET = f"coalesce(t.on_time, t.completed_at <= {_DUE}, FALSE)"
_JUDGED = f"t.stage <> 'merged' AND t.completed_at IS NOT NULL AND {_DUE} IS NOT NULL"

FREQUENT = f"""
SELECT t.matter_code, t.community_id, t.lead_unit_id, count(*),
    sum(CASE WHEN {_JUDGED} AND {_MET} THEN 1 ELSE 0 END),
    sum(CASE WHEN {_JUDGED} AND NOT {_MET} AND NOT t.waived THEN 1 ELSE 0 END),
    sum(t.bounces)
FROM ticket t
WHERE t.centre_id = :centre AND t.reported_at >= :begin AND t.reported_at < :end AND {_COUNTED}
GROUP BY t.matter_code, t.community_id, t.lead_unit_id
"""  # noqa: S608 - words of our own
BEFORE = f"""
SELECT t.matter_code, count(*) FROM ticket t
WHERE t.centre_id = :centre AND t.reported_at >= :begin AND t.reported_at < :end AND {_COUNTED}
GROUP BY t.matter_code
"""  # noqa: S608 - words of our own
_SECTION = (
    "CASE WHEN u.section <> '' THEN u.section WHEN u.kind = 'section' THEN u.code"
    " WHEN p.kind = 'section' THEN p.code END"
)
_OUTSIDE = "u.kind IN ('department', 'district', 'force')"
# CROSS JOIN and the sign before the id: the month chooses the tickets, and these their tasks. SQLite would rather walk
# all tasks of the centre, or all its tickets in the order of their ids.
CROSS = f"""
SELECT x.matter_code, sum(x.sections), sum(x.departments), count(*) FROM (
    SELECT t.matter_code,
        CASE WHEN count(DISTINCT {_SECTION}) > 1 THEN 1 ELSE 0 END AS sections,
        CASE WHEN max(CASE WHEN {_OUTSIDE} THEN 1 ELSE 0 END) = 1 AND min(CASE WHEN {_OUTSIDE} THEN 1 ELSE 0 END) = 0
            THEN 1 ELSE 0 END AS departments
    FROM ticket t CROSS JOIN task k
    JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id
    LEFT JOIN unit p ON p.centre_id = u.centre_id AND p.id = u.parent_id
    WHERE t.centre_id = :centre AND t.reported_at >= :begin AND t.reported_at < :end AND {_COUNTED}
        AND k.centre_id = t.centre_id AND k.ticket_id = t.id
        AND k.role <> 'inform' AND (k.state IN ('sent', 'acknowledged', 'arrived', 'done') OR k.arrived_at IS NOT NULL)
    GROUP BY +t.id, t.matter_code
) x WHERE x.sections = 1 OR x.departments = 1 GROUP BY x.matter_code
"""  # noqa: S608 - words of our own


@dataclass
class MatterLine:
    """The figures of one matter in a month; `key` is its code, empty for tickets without one."""

    key: str
    zh: str
    en: str
    count: int = 0
    before: int = 0
    """In the month before."""
    on_time: int = 0
    late: int = 0
    bounces: int = 0
    cross: int = 0
    """Tickets of several sections, or of a department with the street."""
    cross_section: int = 0
    cross_department: int = 0
    lead: str = ""
    """The unit that led most of them."""
    lead_en: str = ""
    places: list[tuple[str, str, int]] = field(default_factory=list)
    """(name, English name, count) of the communities that had most of them."""

    @property
    def change(self) -> int:
        """More or fewer than in the month before."""
        return self.count - self.before

    @property
    def change_share(self) -> Decimal | None:
        """The change in per cent of the month before, cut towards zero; None where there were none."""
        if not self.before:
            return None
        share = percentage(abs(self.change), self.before)
        return share if share is None or self.change >= 0 else -share

    @property
    def rate(self) -> Decimal | None:
        """The on-time rate of those completed; None where none was."""
        return percentage(self.on_time, self.on_time + self.late)


@dataclass(frozen=True)
class MonthlyReport:
    """Two lists of the same lines: by how often, and by how often several had to work together."""

    period: Period
    before: Period
    partial: bool
    """The month is not over: the month before was longer."""
    frequent: list[MatterLine]
    cross: list[MatterLine]
    total: int
    total_before: int


def month_of(text: str, zone: str, now: int) -> tuple[Period, Period]:
    """A month such as 2026-11, by default the one that is running, and the one before. Raises BadInput."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone))
    wanted = text.strip() or f"{today.year}-{today.month:02}"
    year, dash, month = wanted.partition("-")
    if not (dash and year.isascii() and year.isdigit() and len(year) == 4 and month.isascii() and month.isdigit()):
        raise BadInput(
            "month", f"月份应如 2026-11：{wanted[:40]!r}。", f"Write a month like 2026-11, not {wanted[:40]!r}."
        )
    period = read_period(wanted, zone)
    number = int(year) * 12 + int(month) - 2
    return period, read_period(f"{number // 12}-{number % 12 + 1:02}", zone)


def monthly_report(reader: Reader, centre: int, period: Period, before: Period, now: int, top: int) -> MonthlyReport:
    """The lists of a month, at most `top` lines each; ties go by the matter's code."""
    lookup = Lookup(reader, centre)
    names = lookup.matter_names()
    lines: dict[str, MatterLine] = {}

    def line(code: str) -> MatterLine:
        if code not in lines:
            zh, en = names.get(code, (code, code)) if code else ("未定事项", "no matter")
            lines[code] = MatterLine(code, zh, en)
        return lines[code]

    places: dict[str, Counter[int]] = {}
    leads: dict[str, Counter[int]] = {}
    begin, end = period.from_at, period.to_at
    for code, community, lead, amount, on_time, late, bounces in reader.rows(
        FREQUENT, centre=centre, begin=begin, end=end
    ):
        found = line(code)
        found.count += amount
        found.on_time += on_time
        found.late += late
        found.bounces += bounces
        if community is not None:
            places.setdefault(code, Counter())[community] += amount
        if lead is not None:
            leads.setdefault(code, Counter())[lead] += amount
    earlier = dict(reader.rows(BEFORE, centre=centre, begin=before.from_at, end=before.to_at))
    for code, found in lines.items():
        found.before = int(earlier.get(code, 0))
    for code, sections, departments, tickets in reader.rows(CROSS, centre=centre, begin=begin, end=end):
        found = line(code)
        found.cross_section, found.cross_department, found.cross = int(sections), int(departments), int(tickets)
    frequent = sorted(lines.values(), key=lambda one: (-one.count, one.key))[:top]
    cross = sorted((one for one in lines.values() if one.cross), key=lambda one: (-one.cross, one.key))[:top]
    _name(lookup, {one.key: one for one in (*frequent, *cross)}.values(), places, leads)
    return MonthlyReport(
        period,
        before,
        now < period.to_at,
        frequent,
        cross,
        sum(one.count for one in lines.values()),
        sum(int(amount) for amount in earlier.values()),
    )


def _name(
    lookup: Lookup, shown: Iterable[MatterLine], places: dict[str, Counter[int]], leads: dict[str, Counter[int]]
) -> None:
    """Leads and places of the lines that are shown, by name."""
    chosen = list(shown)
    most = {one.key: _most(places.get(one.key, Counter()), PLACES_SHOWN) for one in chosen}
    lead = {one.key: _most(leads.get(one.key, Counter()), 1) for one in chosen}
    ids = {number for pairs in (*most.values(), *lead.values()) for number, _amount in pairs}
    units = lookup.coded("unit", sorted(ids))
    for one in chosen:
        one.places = [(*units[number][1:], amount) for number, amount in most[one.key] if number in units]
        for number, _amount in lead[one.key]:
            _code, one.lead, one.lead_en = units.get(number, ("", "", ""))


def _most(counted: Counter[int], amount: int) -> list[tuple[int, int]]:
    """The most frequent, those of equal number in the order of their ids."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:amount]
