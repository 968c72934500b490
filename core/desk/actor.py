"""Who acts: an officer of the organisation, the engine, or an import."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from data.errors import BadInput, NotFound
from data.tables import Appointment, Officer, table
from data.terms import Role


@dataclass(frozen=True)
class Actor:
    """An actor with the roles and units held at the moment of acting."""

    code: str
    name: str
    id: int | None = None
    roles: frozenset[str] = frozenset()
    units: frozenset[int] = field(default_factory=frozenset)
    """Units where this officer holds a role."""

    def answers_for(self, unit_id: int, parent_id: int | None) -> bool:
        """Whether a unit is one of this officer's, or stands right under one (a post of the section led)."""
        return unit_id in self.units or parent_id in self.units


ENGINE = Actor(code="engine", name="引擎", roles=frozenset({"engine"}))
IMPORT = Actor(code="import", name="导入", roles=frozenset({"import"}))
SENSOR = Actor(code="sensor", name="感知设备", roles=frozenset({"sensor"}))

DESK_ROLES = frozenset({Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
LEADER_ROLES = frozenset({Role.DUTY_LEADER, Role.COMMANDER, Role.SECTION_LEADER})
FIELD_ROLES = frozenset(
    {
        Role.POST_MEMBER,
        Role.SECTION_LEADER,
        Role.COMMUNITY_SECRETARY,
        Role.GRID_HEAD,
        Role.GRID_WORKER,
        Role.GRID_WORKER_PART,
        Role.GRID_MENTOR,
        Role.MICRO_GRID_HEAD,
        Role.FORCE_CONTACT,
        Role.DISTRICT_OFFICER,
    }
)
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
    wanted = code.strip()
    if not wanted.isprintable():
        raise NotFound("officer-unknown", f"没有人员“{wanted!a}”。", f"There is no officer {wanted!a}.")
    officer, held_at = table(Officer).c, table(Appointment).c
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
    row = exact[0]
    held = connection.execute(
        select(held_at.role, held_at.unit_id).where(
            held_at.centre_id == centre_id,
            held_at.officer_id == row.id,
            held_at.from_at <= at,
            held_at.to_at.is_(None) | (held_at.to_at > at),
        )
    ).all()
    return Actor(
        code=row.code,
        name=row.name,
        id=row.id,
        roles=frozenset(role for role, _ in held),
        units=frozenset(unit for _, unit in held),
    )
