"""Rotations as data, and the turns that they come to, written out day by day in the centre's own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.organisation.model import Desk, DutyEntry, Organisation
from data.terms import Role

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DESK, LEADERS = "desk", "leaders"
"""The two rotations that an organisation's own turns stand for."""


@dataclass(frozen=True)
class Rotation:
    """Teams that take turns in a role; the first of a team serves in `first_role`, where there is one.

    `by`: the next team comes with each "shift", "day" or "week". With a `pattern` each team goes through it day by
    day instead (0 off, 1 the first shift, 2 the second), the teams spread evenly over it.
    """

    code: str
    role: str
    shifts: tuple[tuple[str, str], ...]
    """Begin and end as HH:MM; an end at or before its begin is on the next day."""
    teams: tuple[tuple[str, ...], ...]
    first_role: str = ""
    by: str = "shift"
    weekdays: tuple[int, ...] = EVERY_DAY
    """1 is Monday."""
    pattern: tuple[int, ...] = ()
    since: date | None = None
    """The first team's day, and the first day of the rotation."""
    until: date | None = None
    """The last day."""


def turns_of(rotation: Rotation, zone: ZoneInfo, first: date, days: int) -> list[DutyEntry]:
    """Who serves in the shifts that begin on `first` and the days after it."""
    found = []
    for today in (first + timedelta(days=ahead) for ahead in range(days)):
        if today < (rotation.since or today) or today > (rotation.until or today):
            continue
        for number, team in _serving(rotation, today):
            starts, ends = _span(today, rotation.shifts[number], zone)
            for place, officer in enumerate(team):
                role = rotation.role if place else rotation.first_role or rotation.role
                found.append(DutyEntry(officer, "shift", role, starts, ends, source=rotation.code))
    return found


def rotations_of(desk: Desk) -> list[Rotation]:
    """An organisation's own turns: the desk's teams shift by shift, the leaders day by day."""
    ends = (*desk.shifts[1:], *desk.shifts[:1])
    found = []
    if desk.shifts and desk.teams:
        shifts = tuple(zip(desk.shifts, ends, strict=True))
        found.append(Rotation(DESK, str(Role.DUTY_OFFICER), shifts, desk.teams, str(Role.SHIFT_LEADER)))
    if desk.shifts and desk.leaders:
        day = ((desk.shifts[0], desk.shifts[0]),)
        leaders = tuple((leader,) for leader in desk.leaders)
        found.append(Rotation(LEADERS, str(Role.DUTY_LEADER), day, leaders, by="day"))
    return found


def roster(organisation: Organisation, first: date, days: int) -> list[DutyEntry]:
    """The organisation's own turns from the start of the first shift of `first`; empty for a desk that has none."""
    zone = ZoneInfo(organisation.zone)
    return [turn for rotation in rotations_of(organisation.desk) for turn in turns_of(rotation, zone, first, days)]


def _serving(rotation: Rotation, today: date) -> Iterator[tuple[int, Sequence[str]]]:
    """(shift, team) of a day."""
    teams, count = rotation.teams, len(rotation.shifts)
    if rotation.pattern:
        length, day = len(rotation.pattern), (today - (rotation.since or date.min)).days
        for number, team in enumerate(teams):
            shift = rotation.pattern[(day + number * length // len(teams)) % length]
            if shift:
                yield shift - 1, team
        return
    if today.isoweekday() not in rotation.weekdays:
        return
    turn = _turn(rotation, today) - _turn_before(rotation)
    for number in range(count):
        yield number, teams[(turn * count + number if rotation.by == "shift" else turn) % len(teams)]


def _turn(rotation: Rotation, day: date) -> int:
    """How many turns of a day or a week there were up to a day; only days on which somebody serves count."""
    week, weekday = divmod(day.toordinal() - 1, 7)
    if rotation.by == "week":
        return week
    return week * len(rotation.weekdays) + sum(one <= weekday + 1 for one in rotation.weekdays)


def _turn_before(rotation: Rotation) -> int:
    """What the first team's turn counts."""
    if rotation.since is None:
        return 0
    if rotation.by == "week":
        return _turn(rotation, rotation.since)
    return _turn(rotation, rotation.since - timedelta(days=1)) + 1


def _span(day: date, shift: tuple[str, str], zone: ZoneInfo) -> tuple[str, str]:
    begin, end = (time.fromisoformat(text) for text in shift)
    last = day if end > begin else day + timedelta(days=1)
    starts, ends = datetime.combine(day, begin, zone), datetime.combine(last, end, zone)
    return starts.isoformat(timespec="seconds"), ends.isoformat(timespec="seconds")
