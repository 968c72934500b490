"""Clocks under the operations: pause and resume, make safe, rework, arrival, recompute, a silent A post."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from sqlalchemy import insert

from core.desk.orders import (
    Accept,
    Acknowledge,
    AddTask,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    Handle,
    Pause,
    Recompute,
    Report,
    Resume,
    Return,
    Void,
)
from data.errors import BadInput, NotAllowed
from data.store import Store
from data.tables import Catalogue, table
from data.terms import PauseReason, ReturnReason, Satisfaction, Stage, Urgency
from tests.core.desk.scene import CSGX, Scene
from tests.street import CATALOGUE


def load(store: Store, kind: str, name: str, version: int, body: dict[str, Any]) -> None:
    """A further version of the policy or the calendar."""
    row = {"centre_id": 1, "id": 1000 + version, "kind": kind, "name": name, "version": version, "label": "",
           "digest": "", "body": body, "loaded_at": 0, "actor": ""}  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(table(Catalogue)), row)


def calendar() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((CATALOGUE / "calendar.toml").read_text("utf-8"))["calendar"][0]["hours"]
    return found


def policy() -> dict[str, Any]:
    return tomllib.loads((CATALOGUE / "policy.toml").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------ pauses


def test_a_pause_moves_the_deadline_by_its_own_length(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    final, warn = scene.clock_of(code, "final")["due_at"], scene.clock_of(code, "final")["warn_at"]
    scene.wait(minutes=10)
    scene.do(Pause(ticket=code, code=PauseReason.CITIZEN, reason="等居民回家"))
    paused = scene.clock_of(code, "final")
    assert (paused["state"], paused["due_at"], paused["next_at"]) == ("paused", None, None)
    assert scene.ticket(code)["due_at"] == 9_999_999_999
    assert scene.rows("SELECT * FROM clock_due WHERE centre_id = :centre") == []
    scene.wait(hours=5, seconds=7)
    scene.do(Resume(ticket=code))
    running = scene.clock_of(code, "final")
    assert (running["due_at"], running["warn_at"]) == (final + 18007, warn + 18007)
    assert running["generation"] == 1
    assert scene.ticket(code)["final_due_at"] == final + 18007
    assert [segment[2] for segment in running["segments"]] == ["run", "pause", "run"]
    assert running["segments"][1][3:] == ["citizen: 等居民回家", scene.who("zhang").id]
    due = scene.rows("SELECT next_at FROM clock_due WHERE centre_id = :centre ORDER BY next_at")
    assert due[0]["next_at"] == min(running["next_at"], scene.clock_of(code, "make_safe")["next_at"])


@pytest.mark.parametrize(("reason", "holder"), [(PauseReason.CITIZEN, "citizen"), (PauseReason.WEATHER, "suspension")])
def test_the_time_of_a_pause_is_nobody_s_in_the_field(scene: Scene, reason: PauseReason, holder: str) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Pause(ticket=code, code=reason, reason="x"))
    scene.wait(hours=1)
    scene.do(Resume(ticket=code))
    scene.wait(hours=1)
    held = [(row["holder"], row["officer_id"]) for row in scene.custody(code)][-2:]
    assert held == [(holder, scene.who("zhang").id), ("unit", scene.who("li").id)]
    assert scene.ticket(code)["stage"] == "handling"


def test_while_it_stands_still_nobody_is_pressed_to_acknowledge(scene: Scene) -> None:
    """Paused before it was acknowledged: the stage forbids to acknowledge, so that clock stands still as well."""
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(AddTask(ticket=code, to=["XF"]))
    due = scene.clock_of(code, "acknowledge")["due_at"]
    scene.do(Pause(ticket=code, code=PauseReason.CITIZEN, reason="x"))
    assert {row["state"] for row in scene.of("clock", code, "id") if row["stopped_at"] is None} == {"paused"}
    scene.wait(hours=2)
    scene.do(Resume(ticket=code))
    assert scene.ticket(code)["stage"] == "dispatched"
    assert scene.clock_of(code, "acknowledge")["due_at"] == due + 7200


def test_a_pre_warning_missed_before_a_pause_is_asked_for_again_after_it(scene: Scene) -> None:
    """Nobody is told while a ticket stands still; what was missed is the next step as soon as it goes on."""
    code = scene.at_stage(Stage.HANDLING)
    clock = scene.clock_of(code, "final")
    scene.wait(seconds=clock["warn_at"] - scene.desk.now() + 60)
    scene.do(Pause(ticket=code, code=PauseReason.CITIZEN, reason="x"))
    scene.wait(hours=1)
    scene.do(Resume(ticket=code))
    again = scene.clock_of(code, "final")
    assert (again["next_step"], again["next_at"]) == ("warn#0", clock["warn_at"])


def test_a_paused_ticket_may_be_struck_out(scene: Scene) -> None:
    code = scene.at_stage(Stage.SUSPENDED)
    scene.wait(hours=1)
    scene.do(Void(ticket=code, reason="误报"), "gao")
    assert {row["state"] for row in scene.of("clock", code, "id")} <= {"met", "cancelled", "missed"}


# ------------------------------------------------------------------------------------------------ clocks of the work


def test_made_safe_stops_its_clock_and_no_other(scene: Scene) -> None:
    code = scene.at_stage(Stage.ON_SCENE)
    scene.wait(minutes=59, seconds=59)
    scene.do(Handle(ticket=code, made_safe=True), "li")
    assert scene.clock_of(code, "make_safe")["state"] == "met"
    assert scene.clock_of(code, "final")["state"] == "running"
    with pytest.raises(NotAllowed) as twice:
        scene.do(Handle(ticket=code, made_safe=True), "li")
    assert twice.value.code == "no-make-safe"


@pytest.mark.parametrize(("seconds", "on_time"), [(7199, True), (7200, True), (7201, False)])
def test_on_time_is_judged_to_the_second(any_scene: Scene, seconds: int, on_time: bool) -> None:
    code = any_scene.at_stage(Stage.ACKNOWLEDGED)
    any_scene.wait(seconds=seconds)
    any_scene.do(Complete(ticket=code, outcome="好了"), "li")
    assert bool(any_scene.ticket(code)["on_time"]) is on_time
    assert any_scene.clock_of(code, "final")["state"] == ("met" if on_time else "missed")
    assert any_scene.clock_of(code, "handle")["state"] == ("met" if on_time else "missed")


@pytest.mark.parametrize("by", ["check", "call_back"])
def test_rework_goes_on_the_same_clocks(scene: Scene, by: str) -> None:
    """Failed work goes back to the unit and the person; the time at the centre is not theirs."""
    code = scene.at_stage(Stage.HANDLING)
    start = scene.clock_of(code, "final")["started_at"]
    scene.wait(minutes=100)
    scene.do(Complete(ticket=code, outcome="好了"), "li")
    scene.wait(hours=3)
    if by == "check":
        with pytest.raises(BadInput):
            scene.do(Check(ticket=code, passed=False))
        scene.do(Check(ticket=code, passed=False, note="未压实"))
    else:
        scene.do(Check(ticket=code, passed=True))
        with pytest.raises(BadInput):
            scene.do(CallBack(ticket=code, result=Satisfaction.DISSATISFIED))
        scene.do(CallBack(ticket=code, result=Satisfaction.DISSATISFIED, note="仍有异响"))
    ticket = scene.ticket(code)
    assert (ticket["stage"], ticket["reworks"], ticket["completed_at"], ticket["on_time"]) == (
        "handling",
        1,
        None,
        None,
    )
    assert (ticket["holder_unit_id"], ticket["holder_officer_id"]) == (CSGX, scene.who("li").id)
    for kind in ("final", "handle"):
        assert scene.clock_of(code, kind)["due_at"] == start + 7200 + 3 * 3600
    assert ticket["final_due_at"] == start + 7200 + 3 * 3600
    scene.wait(minutes=20)
    scene.do(Complete(ticket=code, outcome="重修"), "li")
    assert scene.ticket(code)["on_time"]
    assert len([row for row in scene.of("clock", code, "id") if row["kind"] == "final"]) == 1


def test_arrival_has_a_clock_where_the_matter_asks_for_it(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    arrive = scene.clock_of(code, "arrive")
    assert (arrive["budget"], arrive["due_at"]) == ("1 urgent_hour", scene.desk.now() + 3600)
    plain = scene.new("邻里纠纷")
    scene.do(Accept(ticket=plain))
    scene.do(Dispatch(ticket=plain, to="CSGX"))
    scene.do(Acknowledge(ticket=plain), "li")
    assert "arrive" not in {row["kind"] for row in scene.of("clock", plain, "id")}


def test_the_next_deadline_is_the_earliest_running_clock(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    ticket = scene.ticket(code)
    assert (ticket["due_kind"], ticket["due_at"]) == ("make_safe", scene.desk.now() + 3600)
    scene.do(Handle(ticket=code, made_safe=True), "li")
    assert scene.ticket(code)["due_kind"] == "arrive"


# ------------------------------------------------------------------------------------------------ a silent A post


@pytest.mark.parametrize(
    ("urgency", "seconds"), [(Urgency.EMERGENCY, 180), (Urgency.URGENT, 600), (Urgency.NORMAL, 3600)]
)
def test_a_silent_holder_has_the_b_post_asked(scene: Scene, urgency: Urgency, seconds: int) -> None:
    code = scene.new("有人报事")
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX", urgency=urgency))
    clock = scene.clock_of(code, "acknowledge")
    assert (clock["next_step"], clock["next_at"]) == ("silent#0", scene.desk.now() + seconds)
    assert clock["ladder"] == f"{urgency.value}+silent"


# ------------------------------------------------------------------------------------------------ recompute


def closed_next_week() -> dict[str, Any]:
    body = calendar()
    return {**body, "holidays": [*body.get("holidays", []), "2026-11-23", "2026-11-24"]}


def test_a_new_holiday_moves_running_deadlines_and_keeps_pauses(scene: Scene) -> None:
    """Two more days off: what ended on Friday ends on Tuesday, and the pause before stays counted out."""
    code = scene.new("绿化补植")
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.do(Acknowledge(ticket=code), "li")
    scene.wait(hours=1)
    scene.do(Pause(ticket=code, code=PauseReason.WEATHER, reason="雨"))
    scene.wait(hours=1)
    scene.do(Resume(ticket=code))
    before = scene.clock_of(code, "final")
    load(scene.store, "calendar", "cn_official", 2, closed_next_week())
    scene.do(Recompute(ticket=code), "gao")
    after = scene.clock_of(code, "final")
    assert after["due_at"] == before["due_at"] + 4 * 86_400
    assert after["segments"] == before["segments"]
    assert (after["generation"], after["calendar_version"]) == (2, "2")
    assert scene.ticket(code)["calendar_version"] == 2
    moved = {line["clock"]: line for line in scene.events(code)[-1]["body"]["moved"]}
    assert moved["final"]["before"] == before["due_at"]
    assert moved["final"]["after"] == after["due_at"]
    scene.do(Recompute(ticket=code), "gao")
    assert "moved" not in scene.events(code)[-1]["body"]


def test_a_stopped_clock_goes_on_after_its_ticket_was_set_on_a_newer_calendar(scene: Scene) -> None:
    """Returned under the old calendar, sent back under the new one: nobody is stuck, used time stays used."""
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", limit_no=1))
    scene.wait(hours=1)
    scene.do(Return(ticket=code, code=ReturnReason.UNCLEAR, reason="地址不清"), "li")
    load(scene.store, "calendar", "cn_official", 2, closed_next_week())
    scene.do(Recompute(ticket=code), "gao")
    scene.wait(hours=1)
    scene.do(Dispatch(ticket=code, to="CSGX", limit_no=1))
    own = scene.clock_of(code, "handle")
    assert (own["state"], own["calendar_version"]) == ("running", "2")
    scene.do(Acknowledge(ticket=code), "li")
    scene.do(Complete(ticket=code, outcome="好了"), "li")
    assert scene.ticket(code)["stage"] == "completed"


def test_a_recompute_under_a_new_policy_takes_its_limits(scene: Scene) -> None:
    code = scene.new("绿化补植")
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX"))
    matter = scene.at_stage(Stage.HANDLING)
    body = copy.deepcopy(policy())
    body["urgency"]["normal"] |= {"final": "3 work_day", "acknowledge": "2 work_hour", "pre_warning": 0.5}
    load(scene.store, "policy", "", 2, body)
    scene.do(Recompute(ticket=code), "gao")
    assert (scene.clock_of(code, "final")["budget"], scene.ticket(code)["policy_version"]) == ("5 work_day", 1)
    scene.do(Recompute(ticket=code, policy=True), "gao")
    final = scene.clock_of(code, "final")
    assert (final["budget"], final["warn_share"], final["policy_version"]) == ("3 work_day", 0.5, "2")
    assert scene.clock_of(code, "acknowledge")["budget"] == "2 work_hour"
    assert scene.ticket(code)["policy_version"] == 2
    scene.do(Recompute(ticket=matter, policy=True), "gao")
    assert scene.clock_of(matter, "final")["budget"] == "2 urgent_hour"


def test_a_ticket_keeps_the_versions_that_it_started_with(scene: Scene) -> None:
    code = scene.new("绿化补植")
    body = copy.deepcopy(policy())
    body["urgency"]["normal"]["final"] = "1 work_day"
    load(scene.store, "policy", "", 2, body)
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX"))
    assert scene.clock_of(code, "final")["budget"] == "5 work_day"
    younger = scene.do(Report(title="绿化补植")).ticket
    scene.do(Accept(ticket=younger))
    scene.do(Dispatch(ticket=younger, to="CSGX"))
    assert scene.clock_of(younger, "final")["budget"] == "1 work_day"


def test_an_emergency_does_not_wait_as_long_as_what_it_was_taken_for(scene: Scene) -> None:
    """Assessed as urgent, a ticket has the urgent time to be dispatched, counted from its acceptance."""
    code = scene.at_stage(Stage.ACCEPTED)
    before = scene.clock_of(code, "assess")
    scene.do(Assess(ticket=code, urgency=Urgency.EMERGENCY))
    after = scene.clock_of(code, "assess")
    assert before["budget"] == "30 minute"
    assert after["budget"] == "5 minute"
    assert after["due_at"] == after["started_at"] + 300
    assert after["generation"] == before["generation"] + 1
