"""Orders on the things of a centre, cell by cell: each role, each order, each state of the thing."""

from __future__ import annotations

import pytest

from core.desk.centre_desk import DEEDS
from core.desk.deeds import break_glass, hazards
from core.desk.orders import Order
from data.terms import Role
from tests.core.desk.scene import Scene
from tests.core.desk.thing_cells import try_things
from tests.core.desk.things import THINGS, Ground

ANYTIME = {
    *("duty_log", "reveal", "show_field", "find_number"),  # about no thing with a state
    *("exchange_ask", "duty_agree"),  # two officers' shifts: tests of exchanges go through their states
}
"""Deeds that are tried by role alone."""


def test_every_cell(scene: Scene) -> None:
    cells = list(try_things(scene))
    assert [cell for cell in cells if not cell.right] == []
    assert len(cells) == len(Role) * sum(len(thing.states) * len(thing.tries) for thing in THINGS)
    assert {cell.thing for cell in cells if not cell.found} == {thing.name for thing in THINGS}, (
        "each goes through once"
    )


def test_every_deed_is_tried_in_every_state_of_its_thing() -> None:
    """A new deed belongs to a thing, or is said to be possible at any time."""
    ground = Ground(0, "T", "T")
    made = [one.make(ground) for thing in THINGS for one in thing.tries.values()]
    made += [make(ground) for thing in THINGS for steps in thing.states.values() for _who, make in steps]
    tried = {order.verb for order in made if isinstance(order, Order)}
    assert DEEDS.keys() - tried == ANYTIME & DEEDS.keys()
    for thing in THINGS:
        assert all(len(one.found) == len(thing.states) for one in thing.tries.values()), thing.name


@pytest.mark.parametrize("thing", ["break-glass", "hazard"])
def test_a_check_that_is_gone_is_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch, thing: str) -> None:
    """Two planted bugs: a use that lasts can be reviewed, a closed file can be changed."""
    if thing == "break-glass":
        use = break_glass._use
        monkeypatch.setattr(break_glass, "_use", lambda deed, number: _over(use(deed, number), deed.at))
    else:
        monkeypatch.setattr(hazards, "refusal_of_step", lambda *_given: None)
    assert any(not cell.right for cell in try_things(scene, thing))


def _over(use: object, at: int) -> object:
    vars(use)["to_at"] = min(vars(use)["to_at"], at)
    return use
