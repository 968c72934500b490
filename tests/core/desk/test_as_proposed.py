"""Accept, assess and dispatch as the catalogue proposes: several orders in one transaction, all of them or none."""

from __future__ import annotations

import pytest

from core.desk.orders import Accept, Assess, Dispatch
from data.errors import BadInput, Conflict, NotAllowed
from data.terms import Stage
from tests.core.desk import invariants
from tests.core.desk.scene import Scene


def orders(code: str, to: str = "CSGX") -> list[Accept | Assess | Dispatch]:
    return [Accept(ticket=code), Assess(ticket=code, matter="BJ0101"), Dispatch(ticket=code, to=to)]


def test_all_of_it_with_one_event_each(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.new()
    receipts = scene.desk.do_all(orders(code), scene.who("zhang"), seen=1)
    assert [receipt.verb for receipt in receipts] == ["accept", "assess", "dispatch"]
    assert [event["kind"] for event in scene.events(code)] == ["report", "accept", "assess", "dispatch"]
    assert scene.ticket(code)["stage"] == Stage.DISPATCHED
    invariants.check(scene)


def test_none_of_it_when_one_step_is_refused(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.new()
    before = scene.ticket(code)
    with pytest.raises(BadInput):
        scene.desk.do_all([*orders(code)[:2], Dispatch(ticket=code, to="CSGX", assist=["CSGX"])], scene.who("zhang"))
    assert scene.ticket(code) == before
    assert len(scene.events(code)) == 1
    invariants.check(scene)


def test_each_step_needs_its_own_permission(scene: Scene) -> None:
    """A section leader may dispatch, but not accept."""
    code = scene.new()
    with pytest.raises(NotAllowed) as refused:
        scene.desk.do_all(orders(code), scene.who("hu"))
    assert refused.value.code == "not-permitted"
    assert len(scene.events(code)) == 1


def test_a_stale_revision_is_refused(scene: Scene) -> None:
    code = scene.new()
    scene.do(Accept(ticket=code), "gao")
    with pytest.raises(Conflict):
        scene.desk.do_all(orders(code)[1:], scene.who("zhang"), seen=1)
    assert len(scene.events(code)) == 2


def test_a_key_does_all_of_it_once(scene: Scene) -> None:
    code = scene.new()
    first = scene.desk.do_all(orders(code), scene.who("zhang"), seen=1, key="k")
    again = scene.desk.do_all(orders(code), scene.who("zhang"), seen=1, key="k")
    assert [(receipt.event_no, receipt.replayed) for receipt in again] == [(one.event_no, True) for one in first]
    assert len(scene.events(code)) == 4
