"""Undo: a slip is taken back, on the record, and it is as if it had not been done, except that time has passed."""

from __future__ import annotations

from typing import Any

import pytest

from core.desk.contingency_orders import ActivatePlan
from core.desk.meeting_orders import Classify, Mediate
from core.desk.orders import (
    Accept,
    Acknowledge,
    AddTask,
    Amend,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    HandDown,
    Handle,
    HandUp,
    Order,
    Pause,
    Redispatch,
    Remind,
    Resume,
    Return,
    Supervise,
    Undo,
)
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from core.rules.undoing import BESIDE, REASONS, UNDOABLE, WINDOW
from data.errors import NotAllowed
from data.meeting_terms import MediationOutcome
from data.terms import PauseReason, ReturnReason, Satisfaction, Stage
from tests.core.desk import invariants
from tests.core.desk.scene import AJ, CSGX, Scene

STEPS: list[tuple[Stage, str, Any]] = [
    (Stage.REPORTED, "zhang", lambda code: Accept(ticket=code)),
    (Stage.ACCEPTED, "zhang", lambda code: Amend(ticket=code, address="新址一号")),
    (Stage.ACCEPTED, "zhang", lambda code: Assess(ticket=code, matter="BJ0101", urgency="emergency")),
    (Stage.ACCEPTED, "zhang", lambda code: Dispatch(ticket=code, to="CSGX", matter="BJ0101", assist=["XF"])),
    (Stage.ASSESSED, "zhang", lambda code: Dispatch(ticket=code, to="AJ", inform=["economy"])),
    (Stage.DISPATCHED, "zhang", lambda code: Redispatch(ticket=code, to="AJ", reason="派错")),
    (Stage.DISPATCHED, "zhang", lambda code: AddTask(ticket=code, to=["XF"])),
    (Stage.DISPATCHED, "zhang", lambda code: ActivatePlan(ticket=code, plan="FIRE-OLD")),
    (Stage.DISPATCHED, "zhang", lambda code: Acknowledge(ticket=code)),
    (Stage.HANDLING, "zhang", lambda code: Handle(ticket=code, note="误记")),
    (Stage.HANDLING, "zhang", lambda code: Complete(ticket=code, outcome="误记办结")),
    (Stage.HANDLING, "zhang", lambda code: Return(ticket=code, code=ReturnReason.NOT_OURS, reason="误退")),
    (Stage.COMPLETED, "zhang", lambda code: Check(ticket=code, passed=True)),
    (Stage.COMPLETED, "zhang", lambda code: Check(ticket=code, passed=False, note="误点不通过")),
    (Stage.CHECKED, "zhang", lambda code: CallBack(ticket=code, result=Satisfaction.SATISFIED)),
    (Stage.CHECKED, "zhang", lambda code: CallBack(ticket=code, result=Satisfaction.DISSATISFIED, note="误点")),
    (Stage.CHECKED, "zhang", lambda code: CallBack(ticket=code, result=Satisfaction.UNREACHED)),
    (Stage.DISPATCHED, "zhang", lambda code: HandUp(ticket=code, reason="误报")),
    (Stage.ASSESSED, "zhang", lambda code: HandDown(ticket=code, to="C01", reason="误派")),
    (Stage.HANDLING, "wang", lambda code: Supervise(ticket=code)),
    (Stage.HANDLING, "zhang", lambda code: Classify(ticket=code, affair="shared")),
    (Stage.HANDLING, "zhang", lambda code: Pause(ticket=code, code=PauseReason.CITIZEN, reason="误点")),
    (Stage.SUSPENDED, "zhang", lambda code: Resume(ticket=code)),
]


def live(scene: Scene, code: str) -> list[dict[str, Any]]:
    """The clocks that count, without what an engine's look may change."""
    return [clock for clock in scene.of("clock", code, "id") if clock["state"] != "withdrawn"]


def tasks(scene: Scene, code: str) -> list[dict[str, Any]]:
    return [task for task in scene.of("task", code, "no") if task["state"] != "withdrawn"]


@pytest.mark.parametrize(("stage", "who", "make"), STEPS)
def test_it_is_as_if_it_had_not_been_done(scene: Scene, stage: Stage, who: str, make: Any) -> None:
    """Ticket, tasks and clocks are what they were; deadlines are where they were; custody has the time in between."""
    code = scene.at_stage(stage)
    scene.wait(seconds=20)
    ticket, clocks, was = scene.ticket(code), live(scene, code), tasks(scene, code)
    order: Order = make(code)
    scene.wait(seconds=20)
    scene.do(order, who)
    scene.wait(seconds=40)
    done = scene.do(Undo(ticket=code), who)
    after = scene.ticket(code)
    assert {name: value for name, value in after.items() if name not in ("revision", "updated_at")} == {
        name: value for name, value in ticket.items() if name not in ("revision", "updated_at")
    }
    assert tasks(scene, code) == was
    for clock, now in zip(clocks, live(scene, code), strict=True):
        assert {**now, "generation": 0} == {**clock, "generation": 0}
    event = scene.events(code)[-1]
    assert (event["kind"], event["actor"], event["seq"]) == ("undo", who, done.revision)
    assert event["body"]["undoes"] == done.revision - 1
    assert event["body"]["undone"] == order.verb
    invariants.check(scene)
    scene.do(order, who)
    invariants.check(scene)


def test_what_is_tried_here_is_all_that_can_be_undone() -> None:
    tried = {make("x").verb for _stage, _who, make in STEPS}
    assert tried | {"arrive", "finish_task"} == UNDOABLE
    assert UNDOABLE | REASONS.keys() | {"undo"} == VERBS.keys() | {
        *("report", "engine_step", "mode", "take_over", "meeting_step"),
    }
    assert not UNDOABLE & REASONS.keys()
    assert REASONS.keys() > BESIDE


def test_step_by_step_back_to_the_report(scene: Scene) -> None:
    """The pile comes off from the top; below the report there is nothing."""
    code = scene.new()
    for order in (Accept(ticket=code), Assess(ticket=code, matter="BJ0101"), Dispatch(ticket=code, to="CSGX")):
        scene.wait(seconds=5)
        scene.do(order)
    for stage in ("assessed", "accepted", "reported"):
        scene.wait(seconds=5)
        scene.do(Undo(ticket=code))
        assert scene.ticket(code)["stage"] == stage
        invariants.check(scene)
    with pytest.raises(NotAllowed) as refused:
        scene.do(Undo(ticket=code))
    assert refused.value.code == "undo-verb"
    assert "作废" in refused.value.zh


def test_a_clock_is_not_given_away(scene: Scene) -> None:
    """Undone after the time to dispatch has run out, the clock is late as if it had never stopped, and climbs."""
    code = scene.at_stage(Stage.ACCEPTED)
    due = scene.clock_of(code, "assess")["due_at"]
    scene.wait(seconds=due - scene.desk.now() - 60)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.wait(seconds=120)
    scene.do(Undo(ticket=code))
    clock = scene.clock_of(code, "assess")
    assert (clock["state"], clock["due_at"], clock["stopped_at"]) == ("running", due, None)
    assert scene.clock_of(code, "final")["state"] == "withdrawn"
    assert scene.ticket(code)["final_due_at"] is None
    Engine(scene.store, scene.clock, 1, steady_clock=lambda: 1.0, holder="t").once(send=False)
    assert "shift#0" in scene.clock_of(code, "assess")["fired"]
    invariants.check(scene)


def test_steps_of_the_ladder_are_not_done_twice(scene: Scene) -> None:
    """A step that was done before the slip is not done again for the same deadline."""
    code = scene.at_stage(Stage.ACCEPTED)
    engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: 1.0, holder="t")
    scene.wait(seconds=scene.clock_of(code, "assess")["warn_at"] - scene.desk.now() + 1)
    engine.once(send=False)
    assert scene.clock_of(code, "assess")["fired"] == ["warn#0"]
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.wait(seconds=5)
    scene.do(Undo(ticket=code))
    engine.once(send=False)
    steps = [event["body"]["step"] for event in scene.events(code) if event["kind"] == "engine_step"]
    assert steps == ["warn#0"]
    invariants.check(scene)


def test_no_step_is_lost_where_the_slip_had_moved_the_deadline(scene: Scene) -> None:
    """Taken for an emergency by mistake, its ladder climbed; undone, the old deadline still has its own steps."""
    code = scene.at_stage(Stage.ACCEPTED)
    engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: 1.0, holder="t")
    due = scene.clock_of(code, "assess")["due_at"]
    scene.do(Assess(ticket=code, urgency="emergency"))
    scene.wait(seconds=scene.clock_of(code, "assess")["due_at"] - scene.desk.now() + 1)
    engine.once(send=False)
    assert "shift#0" in scene.clock_of(code, "assess")["fired"]
    scene.do(Undo(ticket=code))
    engine.once(send=False)
    clock = scene.clock_of(code, "assess")
    assert (clock["due_at"], clock["generation"]) == (due, 3)
    assert "shift#0" not in clock["fired"]
    scene.wait(seconds=due - scene.desk.now() + 1)
    engine.once(send=False)
    assert "shift#0" in scene.clock_of(code, "assess")["fired"]
    steps = [(e["body"]["step"], e["body"]["generation"]) for e in scene.events(code) if e["kind"] == "engine_step"]
    assert len(steps) == len(set(steps))
    invariants.check(scene)


def test_the_time_between_stays_with_who_had_it(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.wait(seconds=10)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.wait(seconds=90)
    scene.do(Undo(ticket=code))
    scene.wait(seconds=5)
    unit, queue = scene.custody(code)[-2:]
    assert (unit["holder"], unit["unit_id"], unit["to_at"] - unit["from_at"]) == ("unit", CSGX, 90)
    assert (queue["holder"], queue["from_at"], queue["to_at"]) == ("queue", unit["to_at"], None)


def test_units_are_told_that_it_is_withdrawn(scene: Scene) -> None:
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(Redispatch(ticket=code, to="AJ", reason="派错"))
    scene.do(Undo(ticket=code))
    told = {(row["unit_id"], row["title"][:3]) for row in scene.notices("undo")}
    assert told == {(AJ, "已撤销"), (CSGX, "仍由你")}
    assert [task["state"] for task in scene.of("task", code, "no")] == ["sent", "withdrawn"]


def test_words_in_between_do_not_hinder(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.do(Mediate(ticket=code, parties="双方", outcome=MediationOutcome.FAILED, words="不同意"), "li")
    scene.do(Remind(ticket=code))
    scene.do(Undo(ticket=code))
    ticket = scene.ticket(code)
    assert (ticket["stage"], ticket["reminders"]) == ("assessed", 1)
    assert '"mediations"' in str(ticket["facts"]).replace("'", '"')


@pytest.mark.parametrize(
    ("who", "late", "code_wanted"),
    [
        ("zhang", 0, ""),
        ("gao", 0, ""),
        ("gao", WINDOW + 1, "undo-late"),
        ("dai", 0, "not-permitted"),
        ("hu", 0, "not-permitted"),
    ],
)
def test_who_may_and_until_when(scene: Scene, who: str, late: int, code_wanted: str) -> None:
    code = scene.at_stage(Stage.DISPATCHED)
    scene.wait(seconds=late)
    possible = next(found for found in scene.desk.possible(code, scene.who(who)) if found.verb.name == "undo")
    assert (possible.why.code if possible.why else "") == code_wanted


def test_another_duty_officer_may_not(scene: Scene) -> None:
    code = scene.new(who="gao")
    scene.do(Accept(ticket=code), "gao")
    with pytest.raises(NotAllowed) as refused:
        scene.do(Undo(ticket=code), "zhang")
    assert refused.value.code == "undo-other"


def test_a_unit_s_own_deed_is_the_unit_s(scene: Scene) -> None:
    """The unit has it: nobody takes its signature back, and so nobody undoes the dispatch any more."""
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(Acknowledge(ticket=code), "li")
    with pytest.raises(NotAllowed) as refused:
        scene.do(Undo(ticket=code), "chen")
    assert refused.value.code == "undo-unit"


def test_an_archived_ticket_stays(scene: Scene) -> None:
    code = scene.at_stage(Stage.ARCHIVED)
    with pytest.raises(NotAllowed) as refused:
        scene.do(Undo(ticket=code))
    assert refused.value.code == "closed"


def test_after_undone_redispatch_rework_goes_to_who_did_it(scene: Scene) -> None:
    """A task that was withdrawn is nobody's last work."""
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(Redispatch(ticket=code, to="AJ", reason="派错"))
    scene.do(Undo(ticket=code))
    scene.do(Acknowledge(ticket=code), "li")
    scene.do(Complete(ticket=code, outcome="修好"), "li")
    scene.do(Check(ticket=code, passed=False, note="没修好"))
    assert scene.ticket(code)["holder_unit_id"] == CSGX
    invariants.check(scene)
