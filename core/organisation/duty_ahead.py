"""The roster looked at ahead: what is wrong with it, in words, with the names of those it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.rules.duty_watch import HOUR, Gap, Holders, Limits, Time, find_gaps, read_limits, uncovered
from data.duty_terms import GapKind
from data.queries import duty
from data.queries.organisation import KEPT, officer_codes
from data.reader import Reader
from data.terms import Role

DAY = 86_400


class GapLine(NamedTuple):
    """A gap with its subject in words of both languages, and the codes of the officers."""

    gap: Gap
    zh: str
    en: str
    officers: tuple[str, ...]


def limits_of(reader: Reader, centre: int) -> Limits:
    """What the newest policy says of duty."""
    return read_limits({"duty": duty.limits(reader, centre)})


def gaps_ahead(reader: Reader, centre: int, begin: int, end: int, also: Iterable[Time] = ()) -> list[GapLine]:
    """What is wrong in [begin, end), epoch seconds, in order of time; `also`: times that are not in the book yet."""
    rows = duty.times(reader, centre, begin - KEPT, end + DAY)
    times = [Time(row.officer_id, row.kind, row.role, row.from_at, row.to_at, row.planned_id) for row in rows]
    times += also
    holders: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for line in duty.posts(reader, centre, begin):
        holders.setdefault(line.unit, []).append(line.officer_id)
        names[line.unit] = line.unit_name
    posts = [Holders(unit, tuple(officers)) for unit, officers in holders.items()]
    keeping = duty.keeping_shifts(reader, centre, begin)
    gaps = find_gaps(times, posts, keeping, begin, end, limits_of(reader, centre))
    people = officer_codes(reader, centre, {officer for gap in gaps for officer in gap.officers})
    return [_line(gap, names, people) for gap in gaps]


def fresh_gaps(before: Iterable[GapLine], after: Iterable[GapLine]) -> list[GapLine]:
    """What is wrong afterwards and was not before, cut to the times that it is about."""
    known: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for line in before:
        known.setdefault(line.gap[:3], []).append((line.gap.from_at, line.gap.to_at))
    return [
        line._replace(gap=line.gap._replace(from_at=begin, to_at=end))
        for line in after
        for begin, end in uncovered(known.get(line.gap[:3], ()), line.gap.from_at, line.gap.to_at)
    ]


def _line(gap: Gap, units: dict[str, str], people: dict[int, tuple[str, str]]) -> GapLine:
    known = [people.get(officer, ("", "")) for officer in gap.officers]
    who = " ".join(name for _, name in known)
    zh, en = f"{who} {gap.kind.zh}".strip(), f"{who} {gap.kind.en}".strip()
    if gap.kind is GapKind.EMPTY_POST:
        name = units[gap.subject]
        zh, en = f"{name} {gap.kind.zh}", f"{name}: {gap.kind.en}"
    elif gap.kind is GapKind.LEAVE:
        role = Role(gap.subject)
        zh, en = f"{zh}（{role.zh}）", f"{en} ({role.en})"
    elif gap.kind is GapKind.REST:
        # Up to the begin of the next shift, which the gap includes.
        hours = f"{(gap.to_at - gap.from_at - 1) / HOUR:.1f}".removesuffix(".0")
        zh, en = f"{zh}（{hours} 小时）", f"{en} ({hours} h)"
    return GapLine(gap, zh, en, tuple(code for code, _ in known))
