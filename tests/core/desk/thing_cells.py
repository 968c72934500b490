"""What is done to the things of a centre, tried by role and by the state of the thing; nothing of it stays.

`python -m tests.core.desk.thing_cells` prints how many. What comes of each is said in `tests.core.desk.things`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from core.desk.actor import Actor, find_actor
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.orders import Order
from core.rules.permission_table import grants_of
from core.sensing.register import Register
from data.errors import Refusal
from data.terms import Role, Stage
from tests.core.desk.scene import BY_ROLE, Scene, make_scene
from tests.core.desk.things import FAR, OUTSIDE, THINGS, Deed, Ground, Thing, Try


@dataclass(frozen=True)
class ThingCell:
    """One try: what is said here, and what came."""

    thing: str
    order: str
    state: str
    role: Role
    expected: str
    found: str

    @property
    def right(self) -> bool:
        """As it is said here; how somebody outside a ticket is told is for the cells of tickets."""
        return self.found in OUTSIDE if self.expected == FAR else self.found == self.expected


def try_things(scene: Scene, *only: str) -> Iterator[ThingCell]:
    """Every order on every thing, in every state, as every role."""
    ground = Ground(scene.desk.now(), scene.at_stage(Stage.DISPATCHED), scene.at_stage(Stage.ARCHIVED))
    for thing in THINGS:
        if only and thing.name not in only:
            continue
        for state, steps in thing.states.items():
            with scene.store.write() as connection:
                for who, make in steps:
                    _do(scene, connection, make(ground), who)
                now = scene.desk.now()
                people = {role: find_actor(connection, 1, BY_ROLE[role], now) for role in Role}
                for name, one in thing.tries.items():
                    for role, actor in people.items():
                        point = connection.begin_nested()
                        came = _came(scene, connection, one.make(ground), actor)
                        point.rollback()
                        yield ThingCell(thing.name, name, state, role, _said(thing, one, role, state), came)
                connection.rollback()


def _said(thing: Thing, one: Try, role: Role, state: str) -> str:
    if not any(role in grant.roles and grant.vacant is None for grant in grants_of(one.row)):
        return "not-permitted"
    if role in thing.outside and state not in thing.apart:
        return FAR
    return one.but.get(role, one.found)[list(thing.states).index(state)]


def _do(scene: Scene, connection: Connection, deed: Deed, who: str) -> None:
    if who == "time":
        assert callable(deed)
        deed(scene)  # type: ignore[arg-type]
        return
    actor = find_actor(connection, 1, who, scene.desk.now())
    _carry_out(scene, connection, deed, actor)


def _came(scene: Scene, connection: Connection, deed: Deed, actor: Actor) -> str:
    try:
        _carry_out(scene, connection, deed, actor)
    except Refusal as refused:
        return refused.code
    return ""


def _carry_out(scene: Scene, connection: Connection, deed: Deed, actor: Actor) -> None:
    if isinstance(deed, CentreOrder):
        CentreDesk(scene.desk).do_in(connection, deed, actor)
    elif isinstance(deed, Order):
        scene.desk.do_in(connection, deed, actor)
    else:
        deed(Register(connection, 1, scene.desk.now(), actor))


def main() -> int:
    """Try every cell, print how many there were."""
    with tempfile.TemporaryDirectory() as folder:
        scene = make_scene(str(Path(folder) / "store.sqlite"))
        cells = list(try_things(scene))
        scene.store.close()
    wrong = [cell for cell in cells if not cell.right]
    states, orders = sum(len(one.states) for one in THINGS), sum(len(one.tries) for one in THINGS)
    print(f"things                 {len(THINGS)} in {states} states, {orders} orders")
    print(f"cells tried            {len(cells)}")
    print(f"cells that differ      {len(wrong)}")
    for cell in wrong:
        print(f"  {cell}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
