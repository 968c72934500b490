"""The people of a template: post holders, the duty desk, contacts, and grid teams of the form 1 + 3 + N."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.organisation.model import AppointmentEntry, Desk, OfficerEntry, UnitEntry
from core.organisation.names import Names
from data.terms import Rank, Role, UnitKind

GRIDS_PER_HEAD = 2
GRIDS_PER_MENTOR = 3
FIRST_EXTENSION = 8001
"""Telephone numbers are extensions of a made-up exchange, so that no real person's number is in a template."""


@dataclass
class Staff:
    """Officers and their appointments, as they are engaged."""

    names: Names
    officers: list[OfficerEntry] = field(default_factory=list)
    appointments: list[AppointmentEntry] = field(default_factory=list)

    def engage(self, code: str, title: str = "") -> str:
        """A new person; returns the code."""
        extension = str(FIRST_EXTENSION + len(self.officers))
        self.officers.append(OfficerEntry(code, self.names.next(), title, extension))
        return code

    def appoint(self, officer: str, unit: str, role: Role, rank: Rank | str = "") -> None:
        """Give a person a role at a unit."""
        self.appointments.append(AppointmentEntry(officer, unit, str(role), str(rank)))

    def pair(self, unit: str, role: Role, title: str) -> None:
        """Two new people: principal and substitute."""
        for rank in Rank:
            self.appoint(self.engage(f"{unit}-{rank.value.upper()}", title), unit, role, rank)


def staff_posts(staff: Staff, posts: Sequence[UnitEntry], vacant: Iterable[str], only_a: Iterable[str]) -> None:
    """One principal for each post; the principal of the next post of the section is the substitute (one person, many
    skills). A stationed agency has two people of its own.
    """
    empty, single = set(vacant), set(only_a)
    filled = [post for post in posts if post.code not in empty]
    sections: dict[str, list[UnitEntry]] = {}
    for post in filled:
        if post.post_kind == "stationed":
            staff.pair(post.code, Role.POST_MEMBER, post.name)
        else:
            sections.setdefault(post.section, []).append(post)
    for members in sections.values():
        for post in members:
            holder = staff.engage(f"{post.code}-A", post.name)
            staff.appoint(holder, post.code, Role.POST_MEMBER, Rank.A)
        for number, post in enumerate(members):
            if post.code in single:
                continue
            if len(members) == 1:
                staff.appoint(staff.engage(f"{post.code}-B", post.name), post.code, Role.POST_MEMBER, Rank.B)
            else:
                other = members[(number + 1) % len(members)]
                staff.appoint(f"{other.code}-A", post.code, Role.POST_MEMBER, Rank.B)


def staff_desk(
    staff: Staff, post: str, shifts: Sequence[str], teams: int, officers: int, leaders: Sequence[str]
) -> Desk:
    """The teams of the duty desk: each a shift leader and some duty officers, at the desk's post."""
    found: list[tuple[str, ...]] = []
    for team in range(1, teams + 1):
        leader = staff.engage(f"ZB{team}0", "值班长")
        staff.appoint(leader, post, Role.SHIFT_LEADER)
        members = [staff.engage(f"ZB{team}{number}", "值班员") for number in range(1, officers + 1)]
        for member in members:
            staff.appoint(member, post, Role.DUTY_OFFICER)
        found.append((leader, *members))
    return Desk(tuple(shifts), tuple(found), tuple(leaders))


def staff_outside(staff: Staff, units: Sequence[UnitEntry]) -> None:
    """Contacts of linked forces and departments, and the officers of the district's centre."""
    for unit in units:
        if unit.kind == UnitKind.DISTRICT:
            staff.pair(unit.code, Role.DISTRICT_OFFICER, "区级值班员")
        elif unit.kind in (UnitKind.FORCE, UnitKind.DEPARTMENT):
            staff.pair(unit.code, Role.FORCE_CONTACT, f"{unit.name}联系人")


def staff_places(staff: Staff, units: Sequence[UnitEntry], village: bool) -> None:
    """Secretaries; for each grid its head, the three (full-time, part-time, mentor) and the heads of its micro-grids.

    A head looks after two grids and a mentor after three, as local cadres do.
    """
    secretary = "村党支部书记" if village else "社区党委书记"
    below: dict[str, list[UnitEntry]] = {}
    for unit in units:
        below.setdefault(unit.parent, []).append(unit)
    for community in (unit for unit in units if unit.kind == UnitKind.COMMUNITY):
        code = community.code
        staff.appoint(staff.engage(f"{code}-S", secretary), code, Role.COMMUNITY_SECRETARY, Rank.A)
        staff.appoint(staff.engage(f"{code}-F", "副书记"), code, Role.COMMUNITY_SECRETARY, Rank.B)
        _staff_grids(staff, code, below.get(code, []), below)


def _staff_grids(staff: Staff, community: str, grids: Sequence[UnitEntry], below: dict[str, list[UnitEntry]]) -> None:
    for number, grid in enumerate(grids):
        if number % GRIDS_PER_HEAD == 0:
            head = staff.engage(f"{community}-W{number // GRIDS_PER_HEAD + 1}", "网格长")
        if number % GRIDS_PER_MENTOR == 0:
            mentor = staff.engage(f"{community}-D{number // GRIDS_PER_MENTOR + 1}", "网格指导员")
        staff.appoint(head, grid.code, Role.GRID_HEAD, Rank.A)
        worker = staff.engage(f"{grid.code}-Z", "专职网格员")
        staff.appoint(worker, grid.code, Role.GRID_WORKER, Rank.B)
        staff.appoint(staff.engage(f"{grid.code}-J", "兼职网格员"), grid.code, Role.GRID_WORKER_PART)
        staff.appoint(mentor, grid.code, Role.GRID_MENTOR)
        for cell in below.get(grid.code, []):
            staff.appoint(staff.engage(f"{cell.code}-Z", "微网格长"), cell.code, Role.MICRO_GRID_HEAD)
