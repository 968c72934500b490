"""The table of permissions tried cell by cell: `python -m tests.core.desk.permission_cells` prints how many.

Every verb as every role, of a unit that has a part and of one that has none, at every stage: as the desk says it is
possible, as the menu of the screen shows it, and, once per verb, role and unit, by giving the order itself.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from core.desk.actor import Actor
from core.desk.orders import Report
from core.desk.references import References
from core.desk.verbs.table import VERBS
from core.rules.permission_table import OPERATIONS, TICKET, Reach
from core.rules.roles import DESK_ROLES
from core.rules.stages import STAGES
from data.errors import NotAllowed, Refusal
from data.terms import ADMIN_ROLES, Role, Stage
from tests.core.desk.scene import (
    AJ,
    C01,
    C02,
    CENTRE,
    CSGX,
    ECONOMY,
    G01,
    G02,
    GHJS,
    QJ,
    REACHABLE,
    SAFETY,
    W01,
    XF,
    Scene,
    make_scene,
    orders_of,
)

OWN: dict[Role, int] = {
    **dict.fromkeys((Role.COMMANDER, Role.DUTY_LEADER, Role.SHIFT_LEADER, Role.DUTY_OFFICER), CENTRE),
    **dict.fromkeys((Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN), CENTRE),
    Role.SECTION_LEADER: ECONOMY,
}
OTHER: dict[Role, int] = {
    Role.SECTION_LEADER: SAFETY,
    Role.COMMUNITY_SECRETARY: C02,
    Role.GRID_HEAD: G02,
    Role.GRID_WORKER: G02,
    Role.GRID_WORKER_PART: G02,
    Role.GRID_MENTOR: G02,
    Role.MICRO_GRID_HEAD: W01,
    Role.FORCE_CONTACT: XF,
    Role.DISTRICT_OFFICER: QJ,
}
"""Units without a part in any of the tickets; the post of emergency management for everybody else."""
ROLE_CODES = frozenset({"not-permitted", "not-own-unit", "not-own-section"})
STAGE_CODES = frozenset({"stage", "closed", "joined"})


@dataclass(frozen=True)
class Cell:
    """One try: what the table says, and what came."""

    verb: str
    role: Role
    own: bool
    stage: Stage
    expected: str
    found: str

    @property
    def right(self) -> bool:
        """Refused with the reason that the table gives; where it gives none, not for the role's or the stage's sake."""
        if self.expected:
            return self.found == self.expected or self.found in FIRST
        if self.found == "not-own-unit" and self.verb in NARROWED:
            return True
        return self.found not in ROLE_CODES | STAGE_CODES | {UNSEEN}


NARROWED = frozenset({"request", "withdraw", "hand_down"})
"""By role wider than in the end: whose request it may be, and who may hand down to whom, the verbs say themselves."""
UNDER = {ECONOMY: {CSGX, GHJS}, SAFETY: {AJ}, C01: {G01, G02, W01}}
UNSEEN = "ticket-unknown"
"""Whoever does not see the ticket is answered as if there were none, whatever the order."""
FIRST = frozenset({"no-device"})
"""Said before the role is looked at: none of these tickets came from a device."""


class Street:
    """One ticket at every stage, in the hands of the urban renewal post wherever it is out."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.codes = {stage: scene.at_stage(stage) for stage in REACHABLE}
        self.ids = {stage: int(scene.ticket(code)["id"]) for stage, code in self.codes.items()}
        rows = scene.rows(
            "SELECT t.id, t.holder_unit_id, k.unit_id, k.role, k.state FROM ticket t"
            " LEFT JOIN task k ON k.centre_id = t.centre_id AND k.ticket_id = t.id WHERE t.centre_id = :centre"
        )
        live = ("sent", "acknowledged", "arrived")
        self.part: dict[int, set[int]] = {}
        for row in rows:
            here = self.part.setdefault(int(row["id"]), set())
            here.update({row["holder_unit_id"]} - {None})
            here.update({row["unit_id"]} if row["state"] in live else ())
        self.given: dict[int, set[int]] = {}
        for row in rows:
            given = row["state"] in (*live, "done", "returned")
            self.given.setdefault(int(row["id"]), set()).update({row["unit_id"]} if given else ())
        self.rows = {row["id"]: row for row in scene.rows("SELECT * FROM ticket WHERE centre_id = :centre")}

    def actor(self, role: Role, own: bool) -> Actor:
        """Somebody with one role at one unit."""
        unit = OWN.get(role, CSGX) if own else OTHER.get(role, AJ)
        return Actor("x", "某人", 99, frozenset({role.value}), frozenset({unit}))

    def expected(self, verb: str, role: Role, own: bool, stage: Stage) -> str:
        """What the tables of stages and permissions say, worked out from the ticket's plain rows."""
        if not self.seen(role, own, stage):
            return UNSEEN
        if stage not in STAGES[verb]:
            return "joined" if stage == Stage.MERGED else "closed" if stage in CLOSED else "stage"
        reaches = {grant.reach for grant in TICKET[verb] if role in grant.roles} - {Reach.TASK}
        if not reaches:
            return "not-permitted"
        (unit,) = self.actor(role, own).units
        below = {ECONOMY: {CSGX}, C01: {G01}}.get(unit, set())
        has_part = bool(self.part[self.ids[stage]] & ({unit} | below))
        section = unit == ECONOMY and self.rows[self.ids[stage]]["section"] == "economy"
        if Reach.CENTRE in reaches or has_part or (Reach.SECTION in reaches and section):
            return ""
        return "not-own-section" if Reach.SECTION in reaches else "not-own-unit"

    def seen(self, role: Role, own: bool, stage: Stage) -> bool:
        """Whether docs/visibility.md shows the ticket at a stage to a role, worked out from its plain rows."""
        if role in ADMIN_ROLES or role in DESK_ROLES:
            return role in DESK_ROLES
        (unit,) = self.actor(role, own).units
        row = self.rows[self.ids[stage]]
        units = {unit} | UNDER.get(unit, set())
        district = role is Role.DISTRICT_OFFICER and row["open"] and row["urgency"] in ("emergency", "urgent")
        place = {row["community_id"], row["grid_id"]} & units
        section = role is Role.SECTION_LEADER and row["section"] == ("economy" if unit == ECONOMY else "safety")
        held = row["open"] and row["holder_unit_id"] in units
        return bool(district or place or section or held or self.given[self.ids[stage]] & units)

    def every(self) -> Iterator[tuple[str, Role, bool, Stage]]:
        """All cells."""
        return ((verb, role, own, stage) for verb in VERBS for role in Role for own in (True, False) for stage in Stage)

    def by_menu(self, *roles: Role) -> Iterator[Cell]:
        """All cells, as what the desk says is possible: the menu of the screen shows the same list."""
        found: dict[tuple[Role, bool, Stage, str], str] = {}
        for role in roles or Role:
            for own in (True, False):
                each = self.scene.desk.possible_each(list(self.ids.values()), self.actor(role, own))
                for stage, number in self.ids.items():
                    for item in each.get(number, ()):
                        found[role, own, stage, item.verb.name] = item.why.code if item.why else ""
        for verb, role, own, stage in self.every():
            if roles and role not in roles:
                continue
            came = found.get((role, own, stage, verb), UNSEEN)
            yield Cell(verb, role, own, stage, self.expected(verb, role, own, stage), came)

    def by_orders(self, every: int = 1) -> Iterator[Cell]:
        """Every verb as every role of both kinds of unit, given as an order and undone: at a stage where it may be.

        Or every so-manieth of them, each verb and each role among them.
        """
        chosen = {verb: next(s for s in (*PREFERRED, *Stage) if s in STAGES[verb]) for verb in VERBS}
        with self.scene.store.write() as connection:
            refs = References(connection, 1)
            for verb, stage in chosen.items():
                order = orders_of(self.codes[stage])[verb]
                tried = [(role, own) for role in Role for own in (True, False)]
                for place, (role, own) in enumerate(tried, list(VERBS).index(verb)):
                    if place % every == 0:
                        said = self.expected(verb, role, own, stage)
                        if said == UNSEEN and not any(role in grant.roles for grant in TICKET[verb]):
                            said = "not-permitted"
                        came = self._try(connection, refs, order, self.actor(role, own))
                        yield Cell(verb, role, own, stage, said, came)
            for role in Role:
                came = self._try(connection, refs, Report(title="新事件"), self.actor(role, True))
                allowed = any(role in grant.roles for grant in TICKET["report"])
                yield Cell("report", role, True, Stage.REPORTED, "" if allowed else "not-permitted", came)
            connection.rollback()

    def _try(self, connection: Connection, refs: References, order: Any, actor: Actor) -> str:
        point = connection.begin_nested()
        try:
            self.scene.desk.do_in(connection, order, actor, refs=refs)
        except Refusal as refused:
            return refused.code if isinstance(refused, NotAllowed) or refused.code == UNSEEN else "other"
        finally:
            point.rollback()
        return ""


PREFERRED = (Stage.HANDLING, Stage.DISPATCHED, Stage.COMPLETED)
"""Stages at which field units have a part: where a verb is possible there, both sides of its reach are tried."""
CLOSED = frozenset({Stage.ARCHIVED, Stage.REFUSED, Stage.VOID})


def wrong(cells: Sequence[Cell]) -> list[Cell]:
    """The cells that are not as the table says."""
    return [cell for cell in cells if not cell.right]


def main() -> int:
    """Try every cell, print how many there were."""
    from console.cli.permits import COMMANDS
    from console.keyboard.table import ACTIONS
    from tests.console.cli.test_permissions import try_commands

    with tempfile.TemporaryDirectory() as folder:
        scene = make_scene(str(Path(folder) / "store.sqlite"))
        street = Street(scene)
        menu, orders = list(street.by_menu()), list(street.by_orders())
        commands = list(try_commands(scene, scene.store.url))
        scene.store.close()
    bad = wrong([*menu, *orders])
    print(f"rows of the table      {len(TICKET) + len(OPERATIONS)}")
    print(f"roles                  {len(Role)}")
    print(f"menu cells tried       {len(menu)}")
    print(f"orders given           {len(orders)}")
    print(f"command cells tried    {len(commands)} ({len(COMMANDS)} commands)")
    print(f"actions with a row     {len(ACTIONS)}")
    print(f"cells that differ      {len(bad)}")
    for (verb, expected, found), times in Counter((c.verb, c.expected, c.found) for c in bad).items():
        print(f"  {verb}: {expected or 'allowed'} expected, {found or 'allowed'} found, {times} times")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
