"""Who stands behind a target of the ladder now: holders, leaders, the duty desk, with who is away and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, text

from core.desk.kept_on import kept_on
from core.rules.case import Case
from core.rules.cover import Pair, cover_of
from core.rules.oncall import Duty, Officer
from data.queries.organisation import KEEPING_SHIFTS, KEPT, SWAPPED
from data.terms import Rank, Role, SkipReason, UnitKind

COVERED = SkipReason.COVERED.value
"""Why the ladder passes over an A holder whose ticket B took over."""

MEMBER_ROLES = (
    Role.POST_MEMBER,
    Role.COMMUNITY_SECRETARY,
    Role.GRID_HEAD,
    Role.GRID_WORKER,
    Role.GRID_WORKER_PART,
    Role.MICRO_GRID_HEAD,
    Role.FORCE_CONTACT,
    Role.DISTRICT_OFFICER,
)
"""Who answers for a unit, in this order."""

_APPOINTED = """
SELECT a.officer_id, o.name, a.unit_id, a.role, a.rank, u.parent_id, u.kind, u.code
FROM appointment a
JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id
JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id
WHERE a.centre_id = :centre AND o.active AND a.from_at <= :at AND (a.to_at IS NULL OR a.to_at > :at)
ORDER BY a.rank, a.from_at, a.officer_id
"""
_DUTY = """
SELECT officer_id, kind, role, note FROM duty
WHERE centre_id = :centre AND from_at <= :at AND (to_at IS NULL OR to_at > :at)
ORDER BY from_at, officer_id
"""


@dataclass(frozen=True)
class Appointed:
    """Somebody in a role at a unit."""

    officer_id: int
    name: str
    unit_id: int
    role: str
    rank: str
    section_id: int | None
    unit_kind: str
    unit_code: str


@dataclass
class People:
    """The roster at one instant."""

    appointed: Sequence[Appointed]
    away: dict[int, str]
    """Officer id → why they are away."""
    shifts: dict[str, list[int]] = field(default_factory=dict)
    """Role → officers serving a shift in it now."""
    sections: dict[int, int] = field(default_factory=dict)
    """Post unit → its section unit."""
    kept: dict[str, list[int]] = field(default_factory=dict)
    """Role → officers of the leaving shift, as long as nobody has signed for its handover."""

    # The roster is read once and asked again and again: a sweep has a thousand hands, each with a unit of its own.

    @cached_property
    def _by_unit(self) -> dict[int, list[Appointed]]:
        found: dict[int, list[Appointed]] = {}
        for person in self.appointed:
            found.setdefault(person.unit_id, []).append(person)
        return found

    @cached_property
    def _by_role(self) -> dict[str, list[Appointed]]:
        found: dict[str, list[Appointed]] = {}
        for person in self.appointed:
            found.setdefault(person.role, []).append(person)
        return found

    @cached_property
    def _names(self) -> dict[int, str]:
        return {person.officer_id: person.name for person in self.appointed}

    def duty_for(self, case: Case, measured: int | None = None, task_id: int | None = None) -> Duty:
        """The people behind each ladder target, for one ticket.

        `measured` and `task_id` are the unit and the task that a clock measures: an assisting unit answers for its own
        delay, not the lead, and an officer who was asked by name for theirs, not their colleagues.
        """
        unit_id = answering(case, measured)
        named = case.named_officer(task_id)
        cover = cover_of(case.ticket)
        if named is not None:
            members = [self._named(named)]
        elif cover is not None and unit_id == cover.unit_id:
            first = self._named(cover.a)
            first = first._replace(on_duty=False, why_off=COVERED) if first.on_duty else first
            members = [first, self._named(cover.b)]
        else:
            members = self._members(unit_id) if unit_id is not None else self.in_role(Role.DUTY_OFFICER)
        section = self._section(unit_id, case.ticket.section)
        leaders = [person for person in self._at(section) if person.role == Role.SECTION_LEADER]
        return Duty(
            {
                "holder": members,
                "post_a": [self.officer(p) for p in self.posted(unit_id, Rank.A)],
                "post_b": [self.officer(p) for p in self.posted(unit_id, Rank.B)],
                "section_a": [self.officer(p) for p in leaders if p.rank == Rank.A],
                "section_b": [self.officer(p) for p in leaders if p.rank == Rank.B],
                "duty_desk": self.in_role(Role.DUTY_OFFICER),
                "shift_leader": self.in_role(Role.SHIFT_LEADER),
                "duty_leader": self.in_role(Role.DUTY_LEADER),
                "commander": self.in_role(Role.COMMANDER),
                "district": self.in_role(Role.DISTRICT_OFFICER),
            }
        )

    def pair(self, unit_id: int) -> Pair | None:
        """The A and the B holder of a post or section, a B who is there before one who is not; None without both."""
        a, b = ([self.officer(person) for person in self.posted(unit_id, rank)] for rank in (Rank.A, Rank.B))
        if not a or not b:
            return None
        first = next((officer for officer in a if officer.on_duty), a[0])
        return Pair(unit_id, first, next((officer for officer in b if officer.on_duty), b[0]))

    def pairs(self) -> list[Pair]:
        """Every unit that has an A and a B holder."""
        units = dict.fromkeys(person.unit_id for person in self.appointed if person.rank == Rank.B)
        return [pair for pair in map(self.pair, units) if pair is not None]

    def on_duty(self, role: str) -> list[int]:
        """Officers on duty in a role now."""
        return [officer.officer_id for officer in self.in_role(role) if officer.on_duty]

    def _members(self, unit_id: int) -> list[Officer]:
        here = [person for person in self._at(unit_id) if person.role in MEMBER_ROLES]
        here.sort(key=lambda person: (MEMBER_ROLES.index(Role(person.role)), person.rank or "z"))
        return [self.officer(person) for person in here]

    def posted(self, unit_id: int | None, rank: Rank) -> list[Appointed]:
        """Who holds a unit's A or B."""
        return [person for person in self._at(unit_id) if person.rank == rank]

    def _at(self, unit_id: int | None) -> list[Appointed]:
        return self._by_unit.get(unit_id, []) if unit_id is not None else []

    def in_role(self, role: str) -> list[Officer]:
        """Those on shift in a role, and after them the shift that is not signed for.

        Without a roster for the role everybody appointed to it.
        """
        serving = self.shifts.get(role, [])
        kept = [number for number in self.kept.get(role, ()) if number not in serving]
        found = {number: self._named(number) for number in serving}
        if not serving:
            found = {person.officer_id: self.officer(person) for person in self._by_role.get(role, ())}
        for number in kept:
            found.pop(number, None)
        return [*found.values(), *(self._named(number)._replace(kept=True) for number in kept)]

    def _section(self, unit_id: int | None, code: str) -> int | None:
        """The section of a post; of a unit that stands in none (a community, a force), the ticket's."""
        if unit_id in self.sections:
            return self.sections[unit_id]
        if any(person.unit_kind == UnitKind.SECTION for person in self._at(unit_id)):
            return unit_id
        return self._section_of(code)

    def _section_of(self, code: str) -> int | None:
        return next(
            (p.unit_id for p in self.appointed if p.unit_kind == UnitKind.SECTION and p.unit_code == code), None
        )

    def name(self, officer_id: int) -> str:
        """The name of somebody who holds a role."""
        return self._names.get(officer_id, "")

    def _named(self, officer_id: int) -> Officer:
        return Officer(officer_id, self.name(officer_id), officer_id not in self.away, self.away.get(officer_id, ""))

    def officer(self, person: Appointed) -> Officer:
        """Somebody appointed, as the ladder sees them."""
        why = self.away.get(person.officer_id, "")
        return Officer(person.officer_id, person.name, person.officer_id not in self.away, why)


def answering(case: Case, measured: int | None) -> int | None:
    """The unit that answers for a clock: the one it measures, else whoever has the ticket."""
    return measured or case.ticket.holder_unit_id or case.ticket.lead_unit_id


def people_at(connection: Connection, centre_id: int, at: int) -> People:
    """The roster of a centre at an instant (epoch seconds)."""
    values: dict[str, Any] = {"centre": centre_id, "at": at}
    swapped = {
        (unit, officer): rank.value
        for unit, a, b in connection.execute(text(SWAPPED), values)
        for officer, rank in ((a, Rank.B), (b, Rank.A))
    }
    appointed = [Appointed(*row) for row in connection.execute(text(_APPOINTED), values)]
    if swapped:
        appointed = [
            replace(person, rank=swapped.get((person.unit_id, person.officer_id), person.rank))
            if person.rank
            else person
            for person in appointed
        ]
    away: dict[int, str] = {}
    shifts: dict[str, list[int]] = {}
    for officer_id, kind, role, note in connection.execute(text(_DUTY), values):
        if kind == "leave":
            away[officer_id] = note or "leave"
        elif role:
            shifts.setdefault(role, []).append(officer_id)
    kept = kept_on(connection, centre_id, at)
    serving = {officer for held in (shifts, kept) for officers in held.values() for officer in officers}
    for (officer_id,) in connection.execute(text(KEEPING_SHIFTS), {"centre": centre_id, "since": at - KEPT}):
        if officer_id not in serving:
            away.setdefault(officer_id, SkipReason.OFF_DUTY.value)
    parents = text(
        "SELECT id, parent_id FROM unit WHERE centre_id = :centre AND kind = 'post' AND parent_id IS NOT NULL"
    )
    sections = {row[0]: row[1] for row in connection.execute(parents, values)}
    return People(appointed, away, shifts, sections, kept)
