"""Who sees which ticket, and how much of it. Pure: `data.queries.scoping` says the same to the store.

A duty desk sees the whole centre. A section leader sees the own section and its posts, a post member the own posts, a
community secretary the own community with its grids, the people of a grid their grid, a linked force what it was
given, the district's officers the open urgent tickets, everybody what they have a task in or were named on. The
administrators (三员) see none.

A confidential ticket is seen whole by those named on it, by whoever answers for a task of it by name, and by whoever
took it down. The desk sees its line, so that its clocks are watched; of the field only who must acknowledge it does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from core.rules.roles import DESK_ROLES
from data.scope import GIVEN, LIVE, URGENT, Scope
from data.terms import ADMIN_ROLES, Role, UnitKind

GRID_ROLES = frozenset(
    {Role.GRID_HEAD, Role.GRID_WORKER, Role.GRID_WORKER_PART, Role.GRID_MENTOR, Role.MICRO_GRID_HEAD}
)
BRANCHES = frozenset({(Role.SECTION_LEADER, UnitKind.SECTION), (Role.COMMUNITY_SECRETARY, UnitKind.COMMUNITY)})
"""Roles that see what stands under their unit too."""
GRIDS = frozenset({UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID})
KEEPS_CONTACTS = frozenset({Role.SECTION_LEADER, Role.POST_MEMBER, Role.COMMUNITY_SECRETARY})
"""Of the field, who sees who called beyond the life of an own task."""


class Sight(IntEnum):
    """How much of a ticket somebody sees."""

    NOTHING = 0
    LINE = 1
    """Code, stage, hands and clocks, without what it is about."""
    NO_CONTACT = 2
    """All but who called."""
    WHOLE = 3


@dataclass(frozen=True)
class Held:
    """A role at a unit."""

    role: str
    unit_id: int
    kind: str
    code: str


@dataclass(frozen=True)
class Given:
    """A task; `addressed` when it was given to the officer by name."""

    unit_id: int
    officer_id: int | None
    state: str
    addressed: bool = False


@dataclass(frozen=True)
class Seen:
    """What of a ticket decides who sees it."""

    section: str = ""
    community_id: int | None = None
    grid_id: int | None = None
    holder_unit_id: int | None = None
    urgency: str = "normal"
    open: bool = True
    confidential: bool = False
    taken_by: int | None = None
    readers: frozenset[int] = frozenset()
    tasks: Sequence[Given] = field(default_factory=tuple)


def scope_of(officer_id: int, held: Collection[Held], below: Mapping[int, Collection[tuple[int, str]]]) -> Scope:
    """How far an officer sees; `below`: (id, kind) of all that stands under a unit.

    Roles of one officer add up; without one there is what was given by name.
    """
    if any(one.role in ADMIN_ROLES for one in held):
        return Scope(officer_id, nothing=True)
    if any(one.role in DESK_ROLES for one in held):
        return Scope(officer_id, whole=True)
    sections: set[str] = set()
    units: set[int] = set()
    communities: set[int] = set()
    grids: set[int] = set()
    for one in held:
        units.add(one.unit_id)
        under = below.get(one.unit_id, ())
        if one.role == Role.SECTION_LEADER and one.kind == UnitKind.SECTION:
            sections.add(one.code)
            units.update(unit for unit, _kind in under)
        elif one.role == Role.COMMUNITY_SECRETARY and one.kind == UnitKind.COMMUNITY:
            communities.add(one.unit_id)
            units.update(unit for unit, _kind in under)
            grids.update(unit for unit, kind in under if kind in GRIDS)
        elif one.role in GRID_ROLES and one.kind in GRIDS:
            grids.add(one.unit_id)
    roles = {one.role for one in held}
    district = Role.DISTRICT_OFFICER in roles
    return Scope(
        officer_id,
        sections=sections,
        units=units,
        communities=communities,
        grids=grids,
        urgent=district,
        counts=district,
        contacts=bool(roles & KEEPS_CONTACTS),
    )


def sight(scope: Scope, ticket: Seen) -> Sight:
    """How much of a ticket is seen."""
    if scope.nothing:
        return Sight.NOTHING
    me = scope.officer_id
    live = _own_task(scope, ticket, LIVE)
    reader = me is not None and me in ticket.readers
    inside = scope.whole or reader or _own_task(scope, ticket, GIVEN) or _inside(scope, ticket)
    if not inside:
        return Sight.NOTHING
    named = reader or (me is not None and (ticket.taken_by == me or _in_charge(me, ticket)))
    if ticket.confidential and not named:
        return Sight.LINE if scope.whole or live else Sight.NOTHING
    return Sight.WHOLE if scope.contacts or live else Sight.NO_CONTACT


def _inside(scope: Scope, ticket: Seen) -> bool:
    return (
        ticket.section in scope.sections
        or ticket.community_id in scope.communities
        or ticket.grid_id in scope.grids
        or (ticket.open and ticket.holder_unit_id in scope.units)
        or (scope.urgent and ticket.open and ticket.urgency in URGENT)
    )


def _in_charge(me: int, ticket: Seen) -> bool:
    """Whether the officer answers for a live task by name: it was given to them, or they acknowledged it."""
    return any(task.officer_id == me and task.state in LIVE for task in ticket.tasks)


def _own_task(scope: Scope, ticket: Seen, states: tuple[str, ...]) -> bool:
    return any(
        task.state in states
        and ((scope.officer_id is not None and task.officer_id == scope.officer_id)
             or (not task.addressed and task.unit_id in scope.units))
        for task in ticket.tasks
    )  # fmt: skip
