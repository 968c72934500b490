"""A ticket's life from report to archive, verb by verb, on both engines."""

from __future__ import annotations

import pytest

from core.desk.orders import (
    Accept,
    Acknowledge,
    AddTask,
    Archive,
    Arrive,
    Ask,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    FinishTask,
    Handle,
    Note,
    Refuse,
    Remind,
    Report,
    Supervise,
    Void,
)
from data.errors import BadInput, NotAllowed, NotFound
from data.terms import Satisfaction, Source, Stage, TaskState, Tier, Urgency
from tests.core.desk.scene import C01, CSGX, G01, GHJS, XF, Scene


def test_from_report_to_archive(any_scene: Scene) -> None:
    """Every step leaves its rows: custody without a gap, clocks met, the time of each step kept."""
    scene = any_scene
    start = scene.desk.now()
    code = scene.new(source=Source.HOTLINE, community="C01", address="人民路 1 号", reporter_phone="13800000000")
    assert code == "20261120-0001"
    for order, who in [
        (Accept(ticket=code), "zhang"),
        (Assess(ticket=code, matter="BJ0101", limit_no=0), "zhang"),
        (Dispatch(ticket=code), "zhang"),
        (Acknowledge(ticket=code), "li"),
        (Arrive(ticket=code, people=3), "li"),
        (Handle(ticket=code, made_safe=True), "li"),
        (Complete(ticket=code, outcome="补装井盖", public_reply="已修复", open_assist_reason="未用到"), "li"),
        (Check(ticket=code, passed=True), "zhang"),
        (CallBack(ticket=code, result=Satisfaction.SATISFIED), "zhang"),
        (Archive(ticket=code), "zhang"),
    ]:
        scene.wait(minutes=2)
        scene.do(order, who)
    ticket = scene.ticket(code)
    assert (ticket["stage"], ticket["open"], ticket["revision"]) == ("archived", 0, 11)
    assert (ticket["accepted_at"], ticket["dispatched_at"]) == (start + 120, start + 360)
    assert (ticket["completed_at"], ticket["closed_at"]) == (start + 840, start + 1200)
    assert ticket["on_time"]
    assert ticket["final_due_at"] == start + 360 + 7200
    assert ticket["satisfaction"] == "satisfied"
    custody = scene.custody(code)
    assert [row["stage"] for row in custody] == [
        "reported", "accepted", "assessed", "dispatched", "acknowledged", "on_scene", "handling", "completed",
        "checked", "called_back",
    ]  # fmt: skip
    assert [row["from_at"] for row in custody] == [start + 120 * n for n in range(10)]
    assert sum(row["to_at"] - row["from_at"] for row in custody) == ticket["closed_at"] - ticket["reported_at"]
    assert [row["officer_id"] for row in custody][4:7] == [scene.who("li").id] * 3
    states = {row["kind"]: row["state"] for row in scene.of("clock", code, "id") if row["unit_id"] != GHJS}
    assert states == dict.fromkeys(
        ("accept", "assess", "final", "make_safe", "handle", "acknowledge", "arrive", "check", "call_back"), "met"
    )
    assert scene.rows("SELECT * FROM clock_due WHERE centre_id = :centre") == []


def test_the_catalogue_proposes_lead_and_assisting_posts(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    scene.do(Dispatch(ticket=code, matter="BJ0101", limit_no=1, instruction="围护"))
    tasks = scene.of("task", code, "no")
    assert [(row["role"], row["unit_id"], row["instruction"]) for row in tasks] == [
        ("lead", CSGX, "围护"),
        ("assist", GHJS, "围护"),
    ]
    ticket = scene.ticket(code)
    assert (ticket["section"], ticket["urgency"], ticket["limit_no"]) == ("economy", "urgent", 1)
    assert scene.clock_of(code, "final")["budget"] == "4 work_hour"
    assert {row["unit_id"] for row in scene.notices("dispatch")} == {CSGX, GHJS}


def test_another_condition_of_the_same_matter(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", limit_no=1))
    assert scene.clock_of(code, "final")["budget"] == "4 work_hour"
    bare = scene.at_stage(Stage.ACCEPTED)
    with pytest.raises(BadInput, match="needs a matter"):
        scene.do(Dispatch(ticket=bare, to="CSGX", limit_no=1))
    with pytest.raises(BadInput) as refused:
        scene.do(
            Assess(ticket=code if scene.ticket(code)["stage"] == "assessed" else bare, matter="BJ0101", limit_no=2)
        )
    assert refused.value.code == "limit-unknown"


def test_a_dispatch_without_unit_or_matter_has_no_target(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    with pytest.raises(BadInput) as refused:
        scene.do(Dispatch(ticket=code))
    assert refused.value.code == "no-target"


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        (lambda code: Dispatch(ticket=code, to="没有"), "unit-unknown"),
        (lambda code: Dispatch(ticket=code, to="ZX"), "not-a-target"),
        (lambda code: Dispatch(ticket=code, to="CSGX", assist=["CSGX"]), "unit-twice"),
        (lambda code: Dispatch(ticket=code, to="CSGX", assist=["XF"], inform=["消防救援站"]), "unit-twice"),
        (lambda code: Dispatch(ticket=code, to="CSGX", matter="XX9999"), "matter-unknown"),
        (lambda code: Assess(ticket=code, community="G01"), "not-a-community"),
        (lambda code: Assess(ticket=code, grid="C01"), "not-a-grid"),
        (lambda code: Assess(ticket=code, grid="G01", community="C02"), "place-mismatch"),
        (lambda code: Accept(ticket="20260101-9999"), "ticket-unknown"),
    ],
)
def test_wrong_targets_and_places(scene: Scene, order: object, wrong: str) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    before = scene.ticket(code)
    with pytest.raises((BadInput, NotFound)) as refused:
        scene.do(order(code))  # type: ignore[operator]
    assert refused.value.code == wrong
    assert scene.ticket(code) == before


def test_units_are_found_by_name_and_the_grid_brings_its_community(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    scene.do(Assess(ticket=code, grid="第一网格", urgency=Urgency.EMERGENCY))
    ticket = scene.ticket(code)
    assert (ticket["grid_id"], ticket["community_id"], ticket["urgency"]) == (G01, C01, "emergency")


def test_refused_and_void_end_a_life_with_their_reason(scene: Scene) -> None:
    code = scene.at_stage(Stage.REPORTED)
    scene.wait(minutes=1)
    scene.do(Refuse(ticket=code, reason="不属本辖区"))
    assert (scene.ticket(code)["open"], scene.ticket(code)["reason"]) == (0, "不属本辖区")
    assert [row["state"] for row in scene.of("clock", code, "id")] == ["cancelled"]
    code = scene.at_stage(Stage.HANDLING)
    scene.wait(minutes=1)
    scene.do(Void(ticket=code, reason="误报"), "gao")
    assert {row["state"] for row in scene.of("task", code, "no")} == {TaskState.CANCELLED.value}
    assert not [row for row in scene.of("clock", code, "id") if row["state"] in ("running", "paused")]
    assert scene.custody(code)[-1]["to_at"] == scene.desk.now()


def test_the_lead_does_not_close_over_an_open_assisting_task(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(AddTask(ticket=code, to=["XF", "AJ"]))
    with pytest.raises(NotAllowed) as refused:
        scene.do(Complete(ticket=code, outcome="好了"), "li")
    assert refused.value.code == "assist-open"
    assert "2" in refused.value.zh
    scene.do(Acknowledge(ticket=code, unit="XF"), "feng")
    scene.do(FinishTask(ticket=code, unit="XF", result="警戒完毕", people=4), "feng")
    scene.do(Complete(ticket=code, outcome="好了", open_assist_reason="不再需要"), "li")
    states = {row["unit_id"]: (row["state"], row["reason"]) for row in scene.of("task", code, "no")}
    assert states[XF] == ("done", "")
    assert states[10] == ("cancelled", "不再需要")
    assert scene.events(code)[-1]["body"]["open_assist_reason"] == "不再需要"


def test_informed_units_have_nothing_to_do(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(AddTask(ticket=code, to=["AJ"], role="inform"))
    scene.do(Complete(ticket=code, outcome="好了"), "li")


def test_a_unit_has_one_task_at_a_time(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    with pytest.raises(BadInput) as refused:
        scene.do(AddTask(ticket=code, to=["CSGX"]))
    assert refused.value.code == "unit-has-task"
    with pytest.raises(NotAllowed) as none:
        scene.do(FinishTask(ticket=code, unit="CSGX"))
    assert none.value.code == "no-assist"
    scene.do(AddTask(ticket=code, to=["AJ"]))
    with pytest.raises(NotAllowed) as lead:
        scene.do(FinishTask(ticket=code, unit="CSGX"))
    assert lead.value.code == "lead-finish"


def test_what_tasks_forbid_is_said_before_it_is_tried(scene: Scene) -> None:
    """The list of possible actions leaves out what nobody has left to do."""
    code = scene.at_stage(Stage.HANDLING)
    possible = {item.verb.name: item.why for item in scene.desk.possible(code, scene.desk.actor("zhang"))}
    assert possible["acknowledge"] is not None
    assert possible["acknowledge"].code == "acknowledged-already"
    assert possible["finish_task"] is not None
    assert possible["complete"] is None


def test_acknowledging_and_arriving_twice(scene: Scene) -> None:
    code = scene.at_stage(Stage.ON_SCENE)
    with pytest.raises(NotAllowed) as acknowledged:
        scene.do(Acknowledge(ticket=code), "li")
    assert acknowledged.value.code == "acknowledged-already"
    with pytest.raises(NotAllowed) as arrived:
        scene.do(Arrive(ticket=code), "li")
    assert arrived.value.code == "arrived-already"


def test_reminders_are_counted_and_reach_who_has_it(scene: Scene) -> None:
    code = scene.at_stage(Stage.REPORTED)
    scene.do(Remind(ticket=code))
    scene.do(Remind(ticket=code, note="快"))
    assert scene.ticket(code)["reminders"] == 2
    assert {row["officer_id"] for row in scene.notices("remind")} == {scene.who("gao").id}
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Remind(ticket=code), "wang")
    assert scene.notices("remind")[-1]["unit_id"] == CSGX


def test_supervising_is_begun_and_ended_once(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Supervise(ticket=code, note="盯紧"), "wang")
    assert scene.ticket(code)["supervised"]
    with pytest.raises(BadInput):
        scene.do(Supervise(ticket=code), "wang")
    scene.do(Supervise(ticket=code, off=True), "wang")
    assert not scene.ticket(code)["supervised"]


def test_asking_reaches_the_section_leader(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Ask(ticket=code, note="可否封路"), "li")
    assert [row["officer_id"] for row in scene.notices("ask")] == [scene.who("hu").id]


def test_notes_may_follow_after_the_end(scene: Scene) -> None:
    code = scene.at_stage(Stage.ARCHIVED)
    end = scene.custody(code)[-1]["to_at"]
    scene.wait(days=1)
    scene.do(Note(ticket=code, text="补记"))
    assert scene.custody(code)[-1]["to_at"] == end
    assert scene.ticket(code)["revision"] == len(scene.events(code))


def test_not_reached_is_called_again(scene: Scene) -> None:
    code = scene.at_stage(Stage.CHECKED)
    for _ in range(2):
        scene.do(CallBack(ticket=code, result=Satisfaction.UNREACHED))
    assert scene.ticket(code)["stage"] == "checked"
    assert scene.events(code)[-1]["body"]["attempts"] == 2
    assert scene.clock_of(code, "call_back")["state"] == "running"


def test_a_direct_report_goes_straight_to_the_duty_leader(scene: Scene) -> None:
    scene.new("塌方", direct=True, urgency=Urgency.EMERGENCY)
    assert [row["officer_id"] for row in scene.notices("direct")] == [scene.who("wang").id]


@pytest.mark.parametrize("tier", [Tier.DISTRICT, Tier.JOINT])
def test_no_ticket_starts_above_the_centre(scene: Scene, tier: Tier) -> None:
    with pytest.raises(BadInput) as refused:
        scene.do(Report(title="x", tier=tier))
    assert refused.value.code == "tier-report"


def test_numbers_count_by_the_centre_s_own_day(scene: Scene) -> None:
    assert [scene.new() for _ in range(2)] == ["20261120-0001", "20261120-0002"]
    scene.wait(hours=14, minutes=59, seconds=59)
    assert scene.new() == "20261120-0003"
    scene.wait(seconds=1)
    assert scene.new() == "20261121-0001"


def test_a_clock_set_back_never_writes_the_past(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    at = scene.ticket(code)["updated_at"]
    scene.wait(hours=-1)
    receipt = scene.do(Note(ticket=code, text="时钟倒拨"), "li")
    assert receipt.at == at
    assert [event["at"] for event in scene.events(code)] == sorted(event["at"] for event in scene.events(code))
