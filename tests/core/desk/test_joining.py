"""Joined and separated: every report, its reporter and its call-back stay; custody and clocks are exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.accountability.custody import By, custody_report
from core.accountability.explain import explain
from core.accountability.wording import explain_lines
from core.desk.orders import (
    Accept,
    Acknowledge,
    Archive,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    Join,
    Link,
    Order,
    Refuse,
    Report,
    Separate,
    Void,
)
from data.errors import BadInput, NotAllowed, Refusal
from data.terms import Satisfaction, Source, Stage, Urgency
from tests.core.desk import invariants
from tests.core.desk.scene import AJ, CSGX, Scene, copy_scene


def clocks(scene: Scene, code: str, *names: str) -> list[dict[str, Any]]:
    return [{name: clock[name] for name in names} for clock in scene.of("clock", code, "id")]


def refused(scene: Scene, order: Order, who: str = "zhang") -> str:
    """The code of the refusal; nothing has changed."""
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    with pytest.raises(Refusal) as found:
        scene.do(order, who)
    assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
    return found.value.code


def test_joining_takes_the_earliest_deadline_and_the_strictest_urgency(scene: Scene) -> None:
    """Both promises run on the main ticket; the joined one's own clocks stand still, in nobody's hands."""
    old = scene.at_stage(Stage.HANDLING)
    promise = scene.clock_of(old, "final")
    scene.wait(hours=1)
    new = scene.new(community="C01", urgency=Urgency.EMERGENCY, reporter_name="张三", reporter_phone="13900000001")
    for order in (Accept(ticket=new), Assess(ticket=new, matter="BJ0101", urgency=Urgency.EMERGENCY)):
        scene.do(order)
    scene.do(Dispatch(ticket=new, to="AJ"))
    own = scene.clock_of(new, "final")
    assert promise["due_at"] != own["due_at"]
    scene.wait(minutes=1)
    scene.do(Join(ticket=old, into=new, reason="同一处"))
    main, joined = scene.ticket(new), scene.ticket(old)
    copy = scene.clock_of(new, "joined")
    assert (copy["due_at"], copy["budget"], copy["segments"]) == (
        promise["due_at"],
        promise["budget"],
        promise["segments"],
    )
    assert main["final_due_at"] == min(promise["due_at"], own["due_at"])
    assert main["urgency"] == "emergency"
    assert (joined["stage"], joined["open"], joined["holder"]) == ("merged", 0, "joined")
    assert not [clock for clock in scene.of("clock", old, "id") if clock["state"] == "running"]
    with scene.reader() as reader:
        rows = custody_report(reader, 1, By.UNIT, scene.wait(minutes=5))
        assert [(row.own, row.seconds) for row in rows if row.own] == [("joined", 300)]
        said = "\n".join(explain_lines(explain(reader, 1, new), "zh"))
        assert f"随并入的 {old} 带来" in said
        assert f"并入 {new}" in "\n".join(explain_lines(explain(reader, 1, old), "zh"))
    assert {notice["unit_id"] for notice in scene.notices("join")} == {CSGX, AJ}
    invariants.check(scene)


def test_separated_it_goes_on_where_it_stood(scene: Scene) -> None:
    """Stage, hands, tasks, urgency and what is left of every clock are as before; the time between is nobody's."""
    main = scene.at_stage(Stage.HANDLING)
    one = scene.at_stage(Stage.DISPATCHED)
    two = scene.new(community="C01", urgency=Urgency.EMERGENCY)
    scene.wait(minutes=2)
    before = scene.ticket(one), scene.of("task", one, "no"), scene.of("clock", one, "id")
    of_main = scene.ticket(main), scene.of("clock", main, "id")
    scene.do(Join(ticket=one, into=main))
    scene.do(Join(ticket=two, into=main))
    assert scene.ticket(main)["urgency"] == "emergency"
    away = 3 * 3600
    scene.wait(seconds=away)
    scene.do(Separate(ticket=two, reason="另一处"))
    scene.do(Separate(ticket=one, reason="另一处"))
    after = scene.ticket(one)
    moved = ("revision", "updated_at", "due_at", "warn_at", "final_due_at")
    assert {**after, **{name: before[0][name] for name in moved}} == before[0]
    assert after["final_due_at"] == scene.clock_of(one, "final")["due_at"]
    assert scene.of("task", one, "no") == before[1]
    for was, now in zip(before[2], scene.of("clock", one, "id"), strict=True):
        assert now["state"] == was["state"]
        if was["state"] == "running" and was["budget"].endswith("urgent_hour"):
            assert now["due_at"] == was["due_at"] + away
    held = [
        (part["holder"], part["to_at"] - part["from_at"]) for part in scene.custody(one) if part["holder"] == "joined"
    ]
    assert held == [("joined", away)]
    back = scene.ticket(main)
    assert {**back, "revision": 0, "updated_at": 0} == {**of_main[0], "revision": 0, "updated_at": 0}
    live = [clock for clock in scene.of("clock", main, "id") if clock["state"] != "withdrawn"]
    for was, now in zip(of_main[1], live, strict=True):
        assert (now["id"], now["due_at"], now["budget"], now["state"]) == (
            was["id"],
            was["due_at"],
            was["budget"],
            was["state"],
        )
    invariants.check(scene)


def test_every_reporter_is_called_back_or_the_record_says_why(scene: Scene) -> None:
    main = scene.at_stage(Stage.HANDLING)
    zhang, li = (
        scene.new(community="C01", reporter_name=name, reporter_phone=phone)
        for name, phone in (("张三", "13900000001"), ("李四", "13900000002"))
    )
    sensor = scene.new(community="C01", source=Source.SENSOR)
    for code in (zhang, li, sensor):
        scene.do(Join(ticket=code, into=main))
    assert refused(scene, CallBack(ticket=zhang, result=Satisfaction.SATISFIED)) == "main-not-checked"
    scene.do(Complete(ticket=main, outcome="修好", public_reply="已修复"), "li")
    scene.do(Check(ticket=main, passed=True))
    scene.do(CallBack(ticket=main, result=Satisfaction.SATISFIED))
    assert refused(scene, Archive(ticket=main)) == "calls-open"
    scene.wait(minutes=3)
    scene.do(CallBack(ticket=zhang, result=Satisfaction.DISSATISFIED, note="还在漏"))
    assert scene.ticket(main)["stage"] == "handling"
    assert scene.ticket(main)["reworks"] == 1
    scene.do(Complete(ticket=main, outcome="再修", public_reply="已修复"), "li")
    scene.do(Check(ticket=main, passed=True))
    scene.do(CallBack(ticket=zhang, result=Satisfaction.SATISFIED))
    scene.do(CallBack(ticket=main, result=Satisfaction.SATISFIED))
    assert refused(scene, Archive(ticket=main)) == "calls-open"
    scene.do(Archive(ticket=main, open_calls_reason="电话空号"))
    assert [scene.ticket(code)["stage"] for code in (main, zhang, li, sensor)] == ["archived", *["merged"] * 3]
    assert [scene.events(code)[-1]["body"].get("open_calls_reason", "") for code in (zhang, li, sensor)] == [
        "",
        "电话空号",
        "",
    ]
    assert scene.ticket(li)["outcome"] == "再修"
    assert refused(scene, Separate(ticket=zhang, reason="晚了")) == "closed"
    invariants.check(scene)


def test_what_cannot_be_joined_says_why_and_changes_nothing(scene: Scene) -> None:
    main, one, two = scene.at_stage(Stage.HANDLING), scene.new(), scene.new()
    closed = scene.at_stage(Stage.ARCHIVED)
    scene.do(Join(ticket=one, into=main))
    assert refused(scene, Join(ticket=two, into=two)) == "join-self"
    assert refused(scene, Join(ticket=two, into=one)) == "join-into-joined"
    assert refused(scene, Join(ticket=main, into=two)) == "join-has-joined"
    assert refused(scene, Join(ticket=two, into=closed)) == "join-stage"
    assert refused(scene, Join(ticket=two, into="20000101-0001")) == "ticket-unknown"
    assert refused(scene, Join(ticket=one, into=two)) == "joined"
    assert refused(scene, Accept(ticket=one)) == "joined"
    assert refused(scene, Void(ticket=main, reason="误报"), "gao") == "has-joined"
    assert refused(scene, Separate(ticket=two, reason="没有")) == "stage"
    assert refused(scene, Join(ticket=two, into=main), "li") == "not-permitted"
    assert refused(scene, Report(title="又一件", join=closed)) == "join-stage"


def test_a_report_is_joined_at_the_door(scene: Scene) -> None:
    main = scene.new("烟感报警", source=Source.SENSOR)
    done = scene.do(Report(title="起火冒烟", reporter_name="赵强", join=main), key="door-1")
    assert (done.verb, done.stage) == ("report", "merged")
    assert [event["kind"] for event in scene.events(done.ticket)] == ["report", "join"]
    again = scene.do(Report(title="起火冒烟", reporter_name="赵强", join=main), key="door-1")
    assert again.replayed
    assert again.ticket == done.ticket
    invariants.check(scene)


def test_links_and_children(scene: Scene) -> None:
    parent, one, two = scene.at_stage(Stage.CALLED_BACK), scene.new(), scene.new()
    scene.do(Link(ticket=one, other=two))
    assert refused(scene, Link(ticket=two, other=one)) == "linked-already"
    scene.do(Link(ticket=two, other=one, off=True))
    assert refused(scene, Link(ticket=one, other=two, off=True)) == "not-linked"
    for child in (one, two):
        scene.do(Link(ticket=child, other=parent, tie="parent"))
    assert refused(scene, Link(ticket=parent, other=one, tie="parent")) == "parent-loop"
    assert refused(scene, Archive(ticket=parent)) == "children-open"
    scene.do(Refuse(ticket=one, reason="不属本辖区"))
    with pytest.raises(NotAllowed, match="1 件子事件"):
        scene.do(Archive(ticket=parent))
    scene.do(Archive(ticket=parent, open_children_reason="另行跟踪"))
    assert scene.events(parent)[-1]["body"]["open_children_reason"] == "另行跟踪"
    with pytest.raises(BadInput):
        scene.do(Link(ticket=two, other=two))
    invariants.check(scene)


DEEDS = ("report", "join", "join", "separate", "go", "go", "go", "go", "call")
FILED = [
    ("join", 1, 0),
    ("join", 2, 0),
    ("separate", 2, 0),
    *[("go", 0, 4)] * 7,
    ("call", 1, 0),
    ("call", 0, 0),
    ("go", 0, 4),
]
"""One is joined and filed with the main ticket, one is separated and goes on."""


def step(scene: Scene, code: str, luck: int) -> tuple[Order, str]:
    """What comes next in a ticket's life."""
    orders: dict[str, tuple[Order, str]] = {
        "reported": (Accept(ticket=code), "zhang"),
        "accepted": (Assess(ticket=code, urgency=list(Urgency)[luck % 4]), "zhang"),
        "assessed": (Dispatch(ticket=code, to="CSGX"), "zhang"),
        "dispatched": (Acknowledge(ticket=code), "li"),
        "acknowledged": (Complete(ticket=code, outcome="好"), "li"),
        "handling": (Complete(ticket=code, outcome="再修"), "li"),
        "completed": (Check(ticket=code, passed=luck > 1, note="看过"), "zhang"),
        "called_back": (Archive(ticket=code), "zhang"),
    }
    return orders.get(scene.ticket(code)["stage"], (Accept(ticket=code), "zhang"))


@settings(max_examples=8, deadline=None)
@example(FILED)
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 7), st.integers(0, 7)), min_size=15, max_size=40))
def test_whatever_is_joined_and_separated_nothing_is_lost(street: Path, tmp_path_factory: Any, deeds: Any) -> None:
    """Every report, reporter and call-back is there, custody adds up, and the log rebuilds the same rows."""
    scene = copy_scene(street, tmp_path_factory.mktemp("joined"))
    codes = [scene.new(community="C01", reporter_name=f"人{number}") for number in range(3)]
    try:
        for name, first, second in deeds:
            scene.wait(seconds=61 * (first + 1))
            one, two = codes[first % len(codes)], codes[second % len(codes)]
            orders: dict[str, tuple[Order, str]] = {
                "report": (Report(title="又一报", reporter_name=f"人{len(codes)}"), "zhang"),
                "join": (Join(ticket=one, into=two), "zhang"),
                "separate": (Separate(ticket=one, reason="另一件"), "zhang"),
                "call": (CallBack(ticket=one, result=list(Satisfaction)[second % 5], note="说"), "zhang"),
            }
            order, who = orders.get(name) or step(scene, one, second)
            try:
                done = scene.do(order, who)
            except Refusal:
                continue
            if name == "report":
                codes.append(done.ticket)
        invariants.check(scene)
        rows = {code: scene.ticket(code) for code in codes}
        assert [rows[code]["reporter_name"] for code in codes] == [f"人{number}" for number in range(len(codes))]
        if deeds == FILED:
            assert [rows[code]["stage"] for code in codes] == ["archived", "merged", "reported"]
        for row in rows.values():
            if row["closed_at"] is not None:
                assert row["satisfaction"] not in ("", "dissatisfied")
    finally:
        scene.store.close()
