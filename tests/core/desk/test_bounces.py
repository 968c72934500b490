"""Sent back and sent on: the unit's clock goes on where it stood, the third bounce is the leader's."""

from __future__ import annotations

import pytest

from core.desk.orders import Acknowledge, AddTask, Assess, Dispatch, HandDown, HandUp, Redispatch, Return
from data.errors import BadInput, NotAllowed
from data.terms import ReturnReason, Stage
from tests.core.desk.scene import AJ, CSGX, GHJS, XF, Scene


def send_back(scene: Scene, code: str, who: str = "li") -> None:
    scene.do(Return(ticket=code, code=ReturnReason.NOT_OURS, reason="非本岗职责"), who)


def test_a_unit_that_gets_it_back_goes_on_where_it_stood(scene: Scene) -> None:
    """Bundle deadline, to the second: 25 min 13 s used, 40 min 1 s in other hands, then on with the rest."""
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    start = scene.desk.now()
    scene.wait(minutes=25, seconds=13)
    send_back(scene, code)
    own = scene.clock_of(code, "handle")
    assert (own["state"], own["due_at"]) == ("cancelled", start + 7200)
    scene.wait(minutes=30)
    scene.do(Dispatch(ticket=code, to="GHJS"))
    scene.wait(minutes=10, seconds=1)
    scene.do(Return(ticket=code, code=ReturnReason.NO_MEANS, reason="无设备"), "qian")
    scene.do(Dispatch(ticket=code, to="CSGX"))
    again = [row for row in scene.of("clock", code, "id") if row["kind"] == "handle" and row["unit_id"] == CSGX]
    assert len(again) == 1
    away = 40 * 60 + 1
    assert (again[0]["state"], again[0]["due_at"]) == ("running", start + 7200 + away)
    assert [segment[2] for segment in again[0]["segments"]] == ["run", "away", "run"]
    lead = scene.of("task", code, "no")[-1]
    assert again[0]["task_id"] == lead["id"]


def test_the_ticket_s_own_deadline_is_not_moved_by_a_bounce(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    due = scene.clock_of(code, "final")["due_at"]
    scene.wait(minutes=50)
    send_back(scene, code)
    assert scene.clock_of(code, "final")["state"] == "running"
    scene.do(Dispatch(ticket=code, to="AJ"))
    finals = [row for row in scene.of("clock", code, "id") if row["kind"] == "final"]
    assert [row["due_at"] for row in finals] == [due]
    assert scene.ticket(code)["final_due_at"] == due


def test_the_centre_s_time_to_dispatch_goes_on_too(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    scene.wait(minutes=20)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.wait(minutes=7)
    send_back(scene, code)
    clock = scene.clock_of(code, "assess")
    assert clock["state"] == "running"
    assert clock["due_at"] == clock["started_at"] + 30 * 60 + 7 * 60
    assert scene.ticket(code)["stage"] == "assessed"


def test_the_third_bounce_is_for_the_leader(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    for _ in range(3):
        assert scene.ticket(code)["pending"] == ""
        scene.do(Dispatch(ticket=code, to="CSGX"))
        send_back(scene, code)
    ticket = scene.ticket(code)
    assert (ticket["bounces"], ticket["pending"], ticket["lead_unit_id"]) == (3, "lead", None)
    assert [row["officer_id"] for row in scene.notices("needs_lead")] == [scene.who("wang").id]
    for order in (
        Dispatch(ticket=code, to="CSGX"),
        HandDown(ticket=code, to="C01", reason="就近"),
        HandUp(ticket=code, reason="区级"),
    ):
        for who in ("zhang", "gao"):
            with pytest.raises(NotAllowed) as refused:
                scene.do(order, who)
            assert refused.value.code == "needs-lead"
    with pytest.raises(NotAllowed) as section:
        scene.do(Dispatch(ticket=code, to="CSGX"), "hu")
    assert section.value.code == "needs-lead"
    scene.do(Assess(ticket=code, matter="BJ0101"))
    scene.do(Dispatch(ticket=code, to="GHJS"), "wang")
    assert (scene.ticket(code)["pending"], scene.ticket(code)["lead_unit_id"]) == ("", GHJS)
    scene.do(Return(ticket=code, code=ReturnReason.NOT_OURS, reason="仍不属"), "qian")
    assert scene.ticket(code)["pending"] == "lead"
    scene.do(Dispatch(ticket=code, to="CSGX"), "chen")


def test_a_return_keeps_its_code_and_reason(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    scene.do(AddTask(ticket=code, to=["XF"]))
    scene.wait(hours=3)
    send_back(scene, code)
    event = scene.events(code)[-1]["body"]
    assert (event["code"], event["reason"], event["unit"]) == ("not_ours", "非本岗职责", CSGX)
    assert event["after_deadline"] is True
    states = {row["unit_id"]: (row["state"], row["reason"]) for row in scene.of("task", code, "no")}
    assert states == {CSGX: ("returned", "非本岗职责"), XF: ("cancelled", "非本岗职责")}
    assert scene.custody(code)[-1]["holder"] == "queue"


def test_redispatch_takes_it_from_one_and_gives_it_to_another(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    scene.do(AddTask(ticket=code, to=["AJ", "XF"]))
    with pytest.raises(BadInput) as same:
        scene.do(Redispatch(ticket=code, to="CSGX", reason="x"))
    assert same.value.code == "same-unit"
    with pytest.raises(BadInput):
        scene.do(Redispatch(ticket=code, to="ZX", reason="x"))
    scene.do(Redispatch(ticket=code, to="AJ", reason="涉及安全"))
    live = [(row["unit_id"], row["role"]) for row in scene.of("task", code, "no") if row["state"] == "sent"]
    assert live == [(XF, "assist"), (AJ, "lead")]
    assert (scene.ticket(code)["stage"], scene.ticket(code)["bounces"]) == ("dispatched", 0)
    scene.do(Acknowledge(ticket=code), "ma")
    assert scene.ticket(code)["holder_officer_id"] == scene.who("ma").id


def test_another_matter_at_the_next_dispatch_counts_from_the_first_one(scene: Scene) -> None:
    """A wrong matter corrected after a bounce brings the right limit, and no time back."""
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", limit_no=1))
    start = scene.desk.now()
    scene.wait(minutes=30)
    send_back(scene, code)
    scene.do(Dispatch(ticket=code, to="CSGX", limit_no=0))
    final = scene.clock_of(code, "final")
    assert (final["budget"], final["due_at"]) == ("2 urgent_hour", start + 7200)
    assert final["generation"] == 2
    assert scene.ticket(code)["final_due_at"] == start + 7200
    moved = scene.events(code)[-1]["body"]["moved"]
    assert [(line["clock"], line["limit_before"], line["limit_after"]) for line in moved] == [
        ("final", "4 work_hour", "2 urgent_hour")
    ]
    own = scene.clock_of(code, "handle")
    assert (own["budget"], own["due_at"]) == ("2 urgent_hour", start + 7200)
