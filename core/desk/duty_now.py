"""Who is on at an instant, for every role of the desk, section and post: as the ladder sees it, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from core.desk.people import People, people_at
from core.rules.oncall import Officer
from data.tables import Unit, table
from data.terms import Rank, Role, SkipReason

DESK = (Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER)
UNITS = ("section", "post")
ON_SHIFT, KEPT_ON, NO_ROSTER, PRESENT, STANDS_IN, LEVEL_ABOVE, NOBODY = (
    *("shift", "unsigned", "no_roster", "present", "stands_in", "above"),
    SkipReason.NOBODY.value,
)
"""Why somebody answers: on a shift, of the shift before because its handover is not signed, appointed where nobody
keeps shifts, there, B for A, the section for its post.
"""

_UNTIL = """
SELECT officer_id, kind, role, from_at, to_at FROM duty
WHERE centre_id = :centre AND from_at <= :at AND (to_at IS NULL OR to_at > :at) ORDER BY from_at
"""


class Person(NamedTuple):
    """Somebody; `away` is why they are not there, `until` when the shift or the leave that says so ends."""

    officer_id: int
    code: str
    name: str
    away: str = ""
    until: int | None = None
    kept: bool = False
    """Of the leaving shift, whose handover nobody has signed yet."""


class Place(NamedTuple):
    """A role of the desk, a section or a post: who it has, who answers now, and why."""

    kind: str
    """`role`, `section` or `post`."""
    code: str
    name: str
    a: tuple[Person, ...]
    """Those who serve in the role, or hold A."""
    b: tuple[Person, ...]
    answers: Person | None
    why: str


def duty_now(connection: Connection, centre_id: int, at: int) -> list[Place]:
    """The roles of the desk first, then sections and posts in the organisation's order."""
    people = people_at(connection, centre_id, at)
    finder = _Finder(connection, centre_id, at)
    found = []
    for role in DESK:
        serving = tuple(finder.person(one, str(role)) for one in people.in_role(role))
        why = ON_SHIFT if people.shifts.get(role) else NO_ROSTER
        place = _place("role", str(role), "", serving, (), why)
        found.append(place._replace(why=KEPT_ON) if place.answers is not None and place.answers.kept else place)
    units = table(Unit).c
    rows = connection.execute(
        select(units.id, units.code, units.name, units.kind)
        .where(units.centre_id == centre_id, units.closed_at.is_(None), units.kind.in_(UNITS))
        .order_by(units.sort_no, units.code)
    ).all()
    leads = {row.id: _unit(row, people, finder) for row in rows if row.kind == "section"}
    for row in rows:
        place = leads.get(row.id) or _unit(row, people, finder)
        section = people.sections.get(row.id)
        if place.answers is None and section in leads and leads[section].answers is not None:
            place = place._replace(answers=leads[section].answers, why=LEVEL_ABOVE)
        found.append(place)
    return found


def _unit(row: Any, people: People, finder: _Finder) -> Place:
    a, b = (
        tuple(finder.person(people.officer(one), one.role) for one in people.posted(row.id, rank))
        for rank in (Rank.A, Rank.B)
    )
    return _place(row.kind, row.code, row.name, a, b, PRESENT)


def _place(kind: str, code: str, name: str, a: Sequence[Person], b: Sequence[Person], why: str) -> Place:
    first, second = (next((one for one in people if not one.away), None) for people in (a, b))
    reason = why if first else STANDS_IN if second else NOBODY
    return Place(kind, code, name, tuple(a), tuple(b), first or second, reason)


class _Finder:
    """Codes and ends of times, read once."""

    def __init__(self, connection: Connection, centre_id: int, at: int) -> None:
        values = {"centre": centre_id, "at": at}
        self._until: dict[tuple[int, str], int | None] = {}
        for officer, kind, role, _from_at, to_at in connection.execute(text(_UNTIL), values):
            self._until[officer, "leave" if kind == "leave" else role] = to_at
        rows = connection.execute(text("SELECT id, code FROM officer WHERE centre_id = :centre"), {"centre": centre_id})
        self._codes: Mapping[int, str] = {row.id: row.code for row in rows}

    def person(self, officer: Officer, role: str) -> Person:
        """Somebody as the ladder sees them, with the end of what says so."""
        away = "" if officer.on_duty else officer.why_off or SkipReason.OFF_DUTY.value
        until = self._until.get((officer.officer_id, "leave" if away else role))
        code = self._codes.get(officer.officer_id, "")
        return Person(officer.officer_id, code, officer.name, away, until, officer.kept)
