"""From grid to district and down again, tier by tier with a reason."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.desk.orders import Accept, Acknowledge, Assess, Complete, Dispatch, HandDown, HandUp
from data.errors import BadInput, NotAllowed
from data.terms import Source, Stage, Tier, Urgency
from tests.core.desk.scene import C01, CSGX, G01, Scene


def from_the_grid(scene: Scene, **facts: object) -> str:
    return scene.new("楼上漏水", "zhao", source=Source.GRID, tier=Tier.GRID, grid="G01", **facts)


def test_tier_by_tier_to_the_district_and_custody_adds_up(any_scene: Scene) -> None:
    scene = any_scene
    code = from_the_grid(scene)
    start = scene.desk.now()
    for order, who in [
        (HandUp(ticket=code, reason="调解不成"), "zhao"),
        (HandUp(ticket=code, reason="社区无力解决"), "zhou"),
        (Accept(ticket=code), "zhang"),
        (Dispatch(ticket=code, to="CSGX"), "zhang"),
        (HandUp(ticket=code, reason="涉及区级权限"), "zhang"),
        (Acknowledge(ticket=code), "dai"),
    ]:
        scene.wait(minutes=10)
        scene.do(order, who)
    scene.wait(minutes=10)
    held = [(row["tier"], row["holder"], row["unit_id"]) for row in scene.custody(code)]
    assert held == [
        ("grid", "unit", G01),
        ("community", "unit", C01),
        ("centre", "queue", None),
        ("centre", "queue", None),
        ("centre", "unit", CSGX),
        ("district", "district", 7),
        ("district", "district", 7),
    ]
    custody = scene.custody(code)
    assert custody[0]["from_at"] == start
    assert all(before["to_at"] == after["from_at"] for before, after in pairwise(custody))
    reasons = [event["body"]["reason"] for event in scene.events(code) if event["kind"] == "hand_up"]
    assert reasons == ["调解不成", "社区无力解决", "涉及区级权限"]
    with pytest.raises(NotAllowed) as top:
        scene.do(HandUp(ticket=code, reason="再往上"), "dai")
    assert top.value.code == "top-tier"


def test_a_micro_grid_starts_and_hands_up_to_its_grid(scene: Scene) -> None:
    code = scene.new("楼道杂物", "xie", tier=Tier.MICRO_GRID, grid="W01")
    assert scene.ticket(code)["community_id"] == C01
    scene.do(HandUp(ticket=code, reason="多户"), "xie")
    assert scene.ticket(code)["holder_unit_id"] == G01


def test_skipping_a_tier_is_for_urgent_tickets(scene: Scene) -> None:
    code = from_the_grid(scene)
    with pytest.raises(NotAllowed) as skipped:
        scene.do(HandUp(ticket=code, reason="x", to="ZX"), "zhao")
    assert skipped.value.code == "skip-tier"
    urgent = from_the_grid(scene, urgency=Urgency.URGENT)
    scene.do(HandUp(ticket=urgent, reason="危险", to="ZX"), "zhao")
    assert scene.ticket(urgent)["stage"] == "reported"
    top = from_the_grid(scene, urgency=Urgency.EMERGENCY)
    scene.do(HandUp(ticket=top, reason="塌方", to="QJ"), "zhao")
    assert scene.ticket(top)["tier"] == "district"


@pytest.mark.parametrize("to", ["CSGX", "economy", "XF", "G02", "C02", "W01", "G01"])
def test_only_the_own_line_is_above(scene: Scene, to: str) -> None:
    """Neither a post (the centre decides where it goes) nor somebody else's community."""
    code = from_the_grid(scene, urgency=Urgency.URGENT)
    with pytest.raises(BadInput) as refused:
        scene.do(HandUp(ticket=code, reason="x", to=to), "zhao")
    assert refused.value.code == "not-above"


@pytest.mark.parametrize("to", ["CSGX", "QJ", "ZX", "XF"])
def test_down_is_a_community_or_a_grid(scene: Scene, to: str) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    with pytest.raises(BadInput) as refused:
        scene.do(HandDown(ticket=code, to=to, reason="x"))
    assert refused.value.code == "not-below"


def test_down_is_below_who_has_it(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(HandDown(ticket=code, to="C01", reason="就近处理"))
    assert (scene.ticket(code)["tier"], scene.ticket(code)["stage"]) == ("community", "dispatched")
    for to in ("C01", "C02"):
        with pytest.raises(BadInput):
            scene.do(HandDown(ticket=code, to=to, reason="x"))
    scene.do(HandDown(ticket=code, to="G01", reason="网格可办"))
    scene.do(Acknowledge(ticket=code), "zhao")
    scene.do(Complete(ticket=code, outcome="已劝离"), "zhao")
    assert scene.ticket(code)["on_time"]


def test_a_grid_ticket_gets_the_limit_of_its_matter_from_the_centre_s_dispatch(scene: Scene) -> None:
    """What a grid tried first with five working days turns out to be a missing cover: two hours from the dispatch."""
    code = from_the_grid(scene)
    started = scene.clock_of(code, "final")
    assert started["budget"] == "5 work_day"
    scene.wait(hours=2)
    scene.do(HandUp(ticket=code, reason="井盖缺失", to=""), "zhao")
    assert [row["due_at"] for row in scene.of("clock", code, "id") if row["kind"] == "final"] == [started["due_at"]]
    scene.do(HandUp(ticket=code, reason="井盖缺失"), "zhou")
    scene.do(Accept(ticket=code))
    scene.do(Assess(ticket=code, matter="BJ0101"))
    scene.do(Dispatch(ticket=code))
    finals = [row for row in scene.of("clock", code, "id") if row["kind"] == "final"]
    assert [(row["state"], row["budget"]) for row in finals] == [
        ("cancelled", "5 work_day"),
        ("running", "2 urgent_hour"),
    ]
    assert finals[1]["due_at"] == scene.desk.now() + 7200
    assert scene.ticket(code)["final_due_at"] == scene.desk.now() + 7200


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [({"tier": Tier.GRID}, "tier-unit"), ({"tier": Tier.COMMUNITY, "community": ""}, "tier-unit"),
     ({"tier": Tier.GRID, "grid": "W01"}, "tier-unit"), ({"community": "没有"}, "unit-unknown")],
)  # fmt: skip
def test_a_report_from_below_names_its_unit(scene: Scene, facts: dict[str, object], wrong: str) -> None:
    with pytest.raises(Exception) as refused:  # noqa: PT011 - the code says which
        scene.new("x", **facts)
    assert getattr(refused.value, "code", "") == wrong
    assert scene.rows("SELECT * FROM ticket WHERE centre_id = :centre") == []
