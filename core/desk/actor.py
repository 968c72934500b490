"""Who acts: an officer of the organisation, the engine, or an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.errors import BadInput, NotFound
from data.terms import ADMIN_ROLES

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Origin:
    """How and from where an officer came in."""

    session_id: int | None
    how: str
    """`named`, `password` or `ssh-key`."""
    address: str
    fingerprint: str


@dataclass(frozen=True)
class Actor:
    """An actor with the roles and units held at the moment of acting."""

    code: str
    name: str
    id: int | None = None
    roles: frozenset[str] = frozenset()
    units: frozenset[int] = field(default_factory=frozenset)
    """Units where this officer holds a role."""
    vacant: frozenset[str] = frozenset()
    """Administrators' roles that nobody holds: the desk stands in for them, as the table of permissions says."""
    glass: int | None = None
    """The use of break-glass that gives one of the roles; whatever is done meanwhile is marked with it."""
    origin: Origin | None = None

    def answers_for(self, unit_id: int, parent_id: int | None) -> bool:
        """Whether a unit is one of this officer's, or stands right under one (a post of the section led)."""
        return unit_id in self.units or parent_id in self.units


ENGINE = Actor(code="engine", name="引擎", roles=frozenset({"engine"}))
IMPORT = Actor(code="import", name="导入", roles=frozenset({"import"}))
SENSOR = Actor(code="sensor", name="感知设备", roles=frozenset({"sensor"}))

SYSTEM_CODES = frozenset({"engine", "import", "sensor"})


def find_actor(connection: Connection, centre_id: int, code: str | None, at: int) -> Actor:
    """The officer with this code (or unambiguous name) and the roles held at `at`.

    Raises BadInput without a code, NotFound for an unknown or inactive officer.
    """
    if not code or not code.strip():
        raise BadInput(
            "no-officer",
            "没有说明经办人：请用 --as 或 ZHIHUI_OFFICER 指定。",
            "No officer named: use --as or ZHIHUI_OFFICER.",
        )
    # Loaded here: who only reads, as a console before its first page, knows actors and needs no database library.
    from sqlalchemy import select

    from data.tables import Appointment, BreakGlass, table

    row, held_at = _officer(connection, centre_id, code.strip()), table(Appointment).c
    now = (
        held_at.centre_id == centre_id,
        held_at.from_at <= at,
        held_at.to_at.is_(None) | (held_at.to_at > at),
    )
    mine = held_at.officer_id == row.id
    found = connection.execute(
        select(held_at.officer_id, held_at.role, held_at.unit_id).where(*now, mine | held_at.role.in_(ADMIN_ROLES))
    ).all()
    held = [(role, unit) for officer_id, role, unit in found if officer_id == row.id]
    used_by = table(BreakGlass).c
    broken = connection.execute(
        select(used_by.id, used_by.role).where(
            used_by.centre_id == centre_id,
            used_by.officer_id == row.id,
            used_by.from_at <= at,
            used_by.to_at > at,
        )
    ).all()
    return Actor(
        code=row.code,
        name=row.name,
        id=row.id,
        roles=frozenset(role for role, _ in held) | {use.role for use in broken},
        units=frozenset(unit for _, unit in held),
        vacant=frozenset(map(str, ADMIN_ROLES)) - {role for _, role, _ in found},
        glass=max((use.id for use in broken), default=None),
    )


def _officer(connection: Connection, centre_id: int, wanted: str) -> Any:
    """The active officer (id, code, name) with a code, or with a name that only one has."""
    from sqlalchemy import select

    from data.tables import Officer, table

    if not wanted.isprintable():
        raise NotFound("officer-unknown", f"没有人员“{wanted!a}”。", f"There is no officer {wanted!a}.")
    officer = table(Officer).c
    found = connection.execute(
        select(officer.id, officer.code, officer.name)
        .where(officer.centre_id == centre_id, officer.active, (officer.code == wanted) | (officer.name == wanted))
        .limit(3)
    ).all()
    exact = [row for row in found if row.code == wanted] or found
    if not exact:
        raise NotFound("officer-unknown", f"没有人员“{wanted}”。", f"There is no officer {wanted}.")
    if len(exact) > 1:
        raise BadInput(
            "officer-ambiguous",
            f"有多名人员叫 {wanted}，请用编号。",
            f"Several officers are called {wanted}: use the code.",
        )
    return exact[0]
