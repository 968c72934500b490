"""The centre's own deeds: who may, what they change, what the engine makes of it; on both engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.accountability.audit import verify
from core.desk.actor import Actor
from core.desk.broadcast_orders import RemindBroadcast, SeenBroadcast, SendBroadcast
from core.desk.centre_desk import DEEDS, CentreDesk
from core.desk.centre_orders import (
    CentreOrder,
    Declare,
    Lift,
    LogEntry,
    PhoneFollowUp,
    PhoneReport,
    PhoneTie,
    Regrade,
    Reveal,
)
from core.desk.duty_orders import AgreeExchange, AskExchange, AskLeave, DeclineAsk, GrantAsk, WithdrawAsk
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.hazard_orders import (
    HazardChange,
    HazardCheck,
    HazardClosed,
    HazardFound,
    HazardRemedied,
    HazardReopened,
)
from core.desk.orders import (
    Accept,
    Archive,
    CallBack,
    Check,
    Complete,
    GradeIncident,
    Pause,
    Redispatch,
    ReportUp,
    Resume,
)
from core.desk.personal_orders import FindNumber, ShowField
from core.desk.retention_orders import Erase, Hold, LiftHold
from core.desk.rights_orders import AgreeRole, AskRole, DeclineRole, EndGlass, ReviewGlass, TakeGlass
from core.engine import mode as following
from core.engine.auditor import audit
from core.engine.loop import Engine
from core.rules.permission_table import OPERATIONS
from core.rules.roles import BUSINESS_ROLES
from data.access_terms import PersonalField
from data.errors import BadInput, NotAllowed, NotFound, Refusal
from data.queries.emergency import calls_of, emergencies, log, mode, owed_upward
from data.rights_terms import GrantKind
from data.terms import CheckResult, Grade, PauseReason, Role, Satisfaction, Stage, UpwardForm
from tests.core.desk.scene import Scene

DESK = {"duty_officer", "shift_leader", "duty_leader", "commander"}
ALL = {role.value for role in BUSINESS_ROLES}
MATRIX = {
    "declare": {"commander", "duty_leader"},
    "regrade": {"commander", "duty_leader"},
    "lift": {"commander", "duty_leader"},
    "duty_log": DESK,
    "phone": DESK,
    "phone_follow": DESK,
    "phone_tie": DESK,
    "reveal": {"commander", "duty_leader", "shift_leader"},
    "show_field": ALL,
    "find_number": DESK,
    "hazard": ALL,
    "hazard_check": ALL,
    "hazard_change": ALL,
    "hazard_remedied": ALL,
    "hazard_closed": DESK,
    "hazard_reopened": DESK,
    "broadcast": DESK,
    "broadcast_seen": ALL,
    "broadcast_remind": DESK,
    "role_ask": {"security_admin"},
    "role_agree": {"commander", "duty_leader"},
    "role_decline": {"commander", "duty_leader", "security_admin"},
    "break_glass": DESK | {"section_leader", "post_member"},
    "break_glass_end": DESK | {"section_leader", "post_member"},
    "break_glass_review": {"commander", "duty_leader"},
    **dict.fromkeys(("handover_pack", "handover_note", "handover_give", "handover_accept", "handover_refuse"), DESK),
    **dict.fromkeys(("leave_ask", "exchange_ask", "duty_agree", "duty_decline", "duty_withdraw"), ALL),
    "duty_grant": {"commander", "duty_leader", "shift_leader", "section_leader"},
    "erase": {"security_admin"},
    "hold": {"commander", "duty_leader", "security_admin"},
    "hold_lift": {"commander", "duty_leader", "security_admin"},
}
"""Said a second time, by hand."""
PRESSED = ("ladder", "warn_at", "due_at", "next_at", "next_step")


def act(scene: Scene, order: CentreOrder, who: str = "chen", **more: str) -> int:
    """Carry out an order on the centre; gives the entry of its log."""
    return CentreDesk(scene.desk).do(order, scene.who(who), **more).number


def engine(scene: Scene) -> Engine:
    found = Engine(scene.store, scene.clock, 1)
    found.once(send=False)
    found.close()
    return found


def pressed(scene: Scene, code: str) -> dict[int, tuple[object, ...]]:
    """How each clock of a ticket is pressed."""
    return {row["id"]: tuple(row[name] for name in PRESSED) for row in scene.of("clock", code, "id")}


def whole(scene: Scene) -> None:
    """The log and every row that follows from it, tickets' and centre's."""
    with scene.reader() as reader:
        assert verify(reader, 1) == []


ORDERS: dict[str, Callable[[], CentreOrder]] = {
    "declare": lambda: Declare(grade=Grade.II, reason="火灾"),
    "regrade": lambda: Regrade(grade=Grade.I, reason="扩大"),
    "lift": lambda: Lift(reason="排除"),
    "duty_log": lambda: LogEntry(text="断电"),
    "phone": lambda: PhoneReport(place="路口", course="冒烟"),
    "phone_follow": lambda: PhoneFollowUp(first=1, result="扑灭"),
    "phone_tie": lambda: PhoneTie(first=1, ticket="T"),
    "reveal": lambda: Reveal(what="电话记录 1", reason="上报"),
    "show_field": lambda: ShowField(ticket="T", field=PersonalField.REPORTER_PHONE, reason="联系"),
    "find_number": lambda: FindNumber(digits="8000", reason="重复来电"),
    "hazard": lambda: HazardFound(place="滨江路3号", what="堆物", unit="G01", register_only=True),
    "hazard_check": lambda: HazardCheck(hazard=1, result=CheckResult.SAME),
    "hazard_change": lambda: HazardChange(hazard=1, remedy_by="物业"),
    "hazard_remedied": lambda: HazardRemedied(hazard=1, note="已清"),
    "hazard_closed": lambda: HazardClosed(hazard=1, reason="验收"),
    "hazard_reopened": lambda: HazardReopened(hazard=1, reason="复发"),
    "broadcast": lambda: SendBroadcast(title="用火安全", tags=[], units=["G01"]),
    "broadcast_seen": lambda: SeenBroadcast(broadcast=1),
    "broadcast_remind": lambda: RemindBroadcast(broadcast=1),
    "role_ask": lambda: AskRole(kind=GrantKind.TAKE, officer="li", role=Role.COMMANDER, reason="期满"),
    "role_agree": lambda: AgreeRole(grant=1),
    "role_decline": lambda: DeclineRole(grant=1, reason="不"),
    "break_glass": lambda: TakeGlass(role=Role.DUTY_OFFICER, reason="失联"),
    "break_glass_end": lambda: EndGlass(use=1),
    "break_glass_review": lambda: ReviewGlass(use=1, proper=True, words="妥"),
    "handover_pack": lambda: HandoverPack(),
    "handover_note": lambda: HandoverNoted(text="说明"),
    "handover_give": lambda: HandoverGive(),
    "handover_accept": lambda: HandoverAccept(),
    "handover_refuse": lambda: HandoverRefuse(reason="缺项"),
    "leave_ask": lambda: AskLeave(from_at=1_800_000_000, to_at=1_800_100_000, reason="探亲"),
    "exchange_ask": lambda: AskExchange(other="li", mine="2026-11-21", reason="家事"),
    "duty_agree": lambda: AgreeExchange(ask=1),
    "duty_grant": lambda: GrantAsk(ask=1),
    "duty_decline": lambda: DeclineAsk(ask=1, reason="缺人"),
    "duty_withdraw": lambda: WithdrawAsk(ask=1),
    "erase": lambda: Erase(ticket="T", reason="期满"),
    "hold": lambda: Hold(ticket="T", reason="诉讼"),
    "hold_lift": lambda: LiftHold(ticket="T", reason="结案"),
}


def test_every_deed_has_its_row_and_each_role_what_the_matrix_says(scene: Scene) -> None:
    assert ORDERS.keys() == DEEDS.keys() == MATRIX.keys()
    assert {kind.permission for kind in DEEDS.values()} <= OPERATIONS.keys()
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    for verb, make in ORDERS.items():
        for role in [*Role, None]:
            actor = Actor("x", "某人", 99, frozenset({role.value} if role else ()))
            refusal = ""
            try:
                CentreDesk(scene.desk).do(make(), actor)
            except Refusal as refused:
                refusal = refused.code
            allowed = role is not None and role.value in MATRIX[verb]
            assert (refusal == "not-permitted") != allowed, (verb, role)
            if not allowed:
                assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
            before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")


def test_declared_in_the_commander_s_name_ladders_are_faster_until_it_is_lifted(any_scene: Scene) -> None:
    scene = any_scene
    codes = [scene.at_stage(Stage.REPORTED), scene.at_stage(Stage.DISPATCHED), scene.at_stage(Stage.SUSPENDED)]
    usual = {code: pressed(scene, code) for code in codes}
    act(scene, Declare(grade=Grade.II, reason="连片火灾", ticket=codes[0]), "wang")
    with scene.reader() as reader:
        found = mode(reader, 1)
        assert found is not None
        assert (found.grade, found.by, found.behalf, found.ticket) == ("2", "王芳", "陈静", codes[0])
        (entry,) = log(reader, 1)
        assert (entry.kind, entry.actor, entry.behalf, entry.facts["reason"]) == ("declare", "wang", "陈静", "连片火灾")
    told = {row["officer_id"] for row in scene.notices("emergency")}
    assert len(told) == len(scene.notices("emergency")) > 5
    assert scene.who("wang").id not in told
    engine(scene)
    for code in codes:
        events = [event for event in scene.events(code) if event["kind"] == "mode"]
        assert len(events) == 1, code
        changes = events[0]["body"]["pressed"]
        assert all(change["ladder_after"].partition("+")[0].endswith("@2") for change in changes)
        clocks = {row["kind"]: row for row in scene.of("clock", code, "id")}
        for change in changes:
            clock = clocks[change["clock"]]
            assert change["ladder_before"] == usual[code][clock["id"]][0]
            assert clock["due_at"] == usual[code][clock["id"]][2]
            if clock["warn_at"] is not None:
                assert clock["warn_at"] < usual[code][clock["id"]][1]
    # What starts now is pressed at once, and what was paused goes on at the pace.
    scene.do(Accept(ticket=codes[0]))
    assert scene.clock_of(codes[0], "assess")["ladder"] == "desk@2"
    scene.do(Resume(ticket=codes[2]))
    assert scene.clock_of(codes[2], "final", "running")["ladder"] == "urgent@2"
    act(scene, Lift(reason="险情排除"), "chen")
    engine(scene)
    assert pressed(scene, codes[1]) == usual[codes[1]]
    assert scene.clock_of(codes[0], "assess")["ladder"] == "desk"
    with scene.reader() as reader:
        assert mode(reader, 1) is None
        assert emergencies(reader, 1)[0].lift_reason == "险情排除"
    with scene.store.read() as connection:
        assert audit(connection, 1, scene.desk.now()).clean
    whole(scene)


def test_a_step_that_was_done_is_not_done_again_because_the_mode_changed(scene: Scene) -> None:
    """The accept ladder of a ticket that nobody takes: each of its steps once, over three changes of pace."""
    code = scene.new()
    act(scene, Declare(grade=Grade.I, reason="x"))
    for order in (Regrade(grade=Grade.IV, reason="x"), Lift(reason="x"), None):
        engine(scene)
        scene.wait(seconds=240)
        engine(scene)
        if order is not None:
            act(scene, order)
    scene.wait(hours=2)
    engine(scene)
    steps = [event["body"]["step"] for event in scene.events(code) if event["kind"] == "engine_step"]
    folded = [name for event in scene.events(code) for name, _ in event["body"].get("folded", ())]
    assert sorted([*steps, *folded]) == [
        *("commander#0", "leader#0", "leader#1", "leader#2", "leader#3", "shift#0", "warn#0"),
    ]
    whole(scene)


def test_killed_half_way_the_next_engine_goes_through_the_rest(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [scene.new() for _ in range(5)]
    act(scene, Declare(grade=Grade.III, reason="x"))
    monkeypatch.setattr(following, "BATCH", 2)
    dying = Engine(scene.store, scene.clock, 1, holder="dying")
    batches: list[int] = []

    def killed(now: int) -> None:
        batches.append(now)
        if len(batches) == 3:  # the lease itself, and two batches
            raise KeyboardInterrupt

    monkeypatch.setattr(dying.lease, "kept", killed)
    with pytest.raises(KeyboardInterrupt):
        dying.once(send=False)
    done = [sum(event["kind"] == "mode" for event in scene.events(code)) for code in codes]
    assert sum(done) == 4
    monkeypatch.undo()
    dying.lease.held = True
    dying.close()
    engine(scene)
    assert [sum(event["kind"] == "mode" for event in scene.events(code)) for code in codes] == [1] * 5
    numbers = "SELECT chain_no, change_no FROM centre_seq WHERE centre_id = :centre"
    before = scene.rows(numbers)
    engine(scene)
    assert scene.rows(numbers) == before, "nothing is left to do, and nobody is woken"


def test_refusals_change_nothing(scene: Scene) -> None:
    for order, code in (
        (Lift(reason="x"), "no-emergency"),
        (Regrade(grade=Grade.I, reason="x"), "no-emergency"),
        (Declare(grade=Grade.I, reason="x", ticket="nowhere"), "ticket-unknown"),
        (LogEntry(text="更正", corrects=7), "no-entry"),
        (PhoneFollowUp(first=9, result="x"), "call-unknown"),
        (PhoneReport(place="x", course="y", at=scene.desk.now() + 3600), "call-time"),
    ):
        with pytest.raises(Refusal) as refused:
            act(scene, order)
        assert refused.value.code == code
    act(scene, Declare(grade=Grade.I, reason="x"))
    for order, code in ((Declare(grade=Grade.I, reason="x"), "emergency-already"),
                        (Regrade(grade=Grade.I, reason="x"), "no-change")):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            act(scene, order)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        act(scene, Lift(reason="x", behalf="li"), "wang")
    assert scene.rows("SELECT count(*) AS n FROM emergency WHERE centre_id = :centre")[0]["n"] == 1
    archived = scene.at_stage(Stage.ARCHIVED)
    act(scene, Lift(reason="x"))
    with pytest.raises(NotAllowed):
        act(scene, Declare(grade=Grade.I, reason="x", ticket=archived))
    assert scene.rows("SELECT count(*) AS n FROM emergency WHERE centre_id = :centre")[0]["n"] == 1
    whole(scene)


def test_calls_and_their_follow_ups(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.new("起火")
    act(scene, PhoneReport(place="肖家湾12号", course="三楼厨房起火，浓烟上窜", caller_name="王大力"), "zhang")
    act(scene, PhoneFollowUp(first=1, result="明火扑灭"), "zhang", key="k1")
    act(scene, PhoneFollowUp(first=1, result="明火扑灭"), "zhang", key="k1")
    with pytest.raises(BadInput) as refused:
        act(scene, PhoneFollowUp(first=1, result="明火扑灭", trend="无复燃"), "zhang")
    assert refused.value.code == "follow-up-same"
    with pytest.raises(BadInput) as refused:
        act(scene, PhoneFollowUp(first=1, caller_phone="110"), "zhang")
    assert refused.value.code == "follow-up-empty"
    act(scene, PhoneTie(first=1, ticket=code), "zhang")
    act(scene, PhoneFollowUp(first=1, trend="无复燃"), "gao")
    with scene.reader() as reader:
        calls = calls_of(reader, 1, scene.ticket(code)["id"])
    assert [(call.number, call.follow_no, call.recorder) for call in calls] == [
        (1, 0, "张明"),
        (2, 1, "张明"),
        (3, 2, "高远"),
    ]
    assert [event["body"]["text"] for event in scene.events(code) if event["kind"] == "note"] == [
        *("电话记录第 1 号，首报", "电话记录第 1 号，续报二"),
    ]
    whole(scene)
    with scene.store.write() as connection:
        connection.exec_driver_sql("UPDATE phone_record SET result = '烧伤二人' WHERE id = 2 AND centre_id = 1")
        connection.exec_driver_sql("UPDATE phone_record SET first_id = 9 WHERE id = 3 AND centre_id = 1")
    with scene.reader() as reader:
        found = {(finding.place, finding.number, finding.field) for finding in verify(reader, 1)}
    assert found == {("phone", 2, "result"), ("phone", 3, "first_id")}


def test_what_an_incident_owes_upward(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.at_stage(Stage.DISPATCHED)
    reported = scene.ticket(code)["reported_at"]
    with pytest.raises(NotAllowed):
        scene.do(ReportUp(ticket=code, form=UpwardForm.PHONE))
    scene.wait(minutes=4)
    scene.do(GradeIncident(ticket=code, grade=Grade.II), "gao")
    with scene.reader() as reader:
        owed = {item.kind: item.due - reported for item in owed_upward(reader, 1)}
    assert owed == {"up_phone": 20 * 60, "up_written": 40 * 60}
    scene.wait(minutes=10)
    scene.do(ReportUp(ticket=code, form=UpwardForm.PHONE, to="区应急局 李"))
    # A pause of the ticket does not hold up what is owed, nor does another unit's turn.
    scene.do(Redispatch(ticket=code, to="AJ", reason="牵头"))
    scene.wait(minutes=27)
    scene.do(ReportUp(ticket=code, form=UpwardForm.WRITTEN))
    facts = scene.events(code)[-1]["body"]
    assert facts["late_seconds"] == 60
    assert facts["to"] == scene.rows("SELECT name FROM unit WHERE centre_id = :centre AND kind = 'district'")[0]["name"]
    assert (scene.clock_of(code, "up_phone")["state"], scene.clock_of(code, "up_written")["state"]) == ("met", "missed")
    for form, refusal in ((UpwardForm.WRITTEN, "upward-made"), (UpwardForm.PHONE, "upward-made")):
        with pytest.raises(NotAllowed) as refused:
            scene.do(ReportUp(ticket=code, form=form))
        assert refused.value.code == refusal
    scene.do(Pause(ticket=code, code=PauseReason.SAFETY, reason="余震"), "gao")
    assert scene.clock_of(code, "up_follow")["state"] == "running"
    scene.do(ReportUp(ticket=code, form=UpwardForm.FOLLOW_UP))
    assert scene.events(code)[-1]["body"]["number"] == 1
    scene.do(ReportUp(ticket=code, form=UpwardForm.FINAL))
    assert scene.events(code)[-1]["body"]["number"] == 2
    with pytest.raises(NotAllowed):
        scene.do(ReportUp(ticket=code, form=UpwardForm.FOLLOW_UP))
    with scene.reader() as reader:
        assert owed_upward(reader, 1) == []
    whole(scene)


def test_another_grade_starts_anew_and_archiving_waits_for_what_is_owed(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(GradeIncident(ticket=code, grade=Grade.III), "wang")
    scene.wait(minutes=40)
    scene.do(GradeIncident(ticket=code, grade=Grade.II), "wang")
    states = [(row["kind"], row["state"]) for row in scene.of("clock", code, "id") if row["kind"].startswith("up_")]
    assert states == [
        ("up_phone", "missed"),
        ("up_written", "cancelled"),
        ("up_phone", "running"),
        ("up_written", "running"),
    ]
    assert scene.clock_of(code, "up_phone")["started_at"] == scene.desk.now()
    scene.do(Complete(ticket=code, outcome="扑灭"), "li")
    assert scene.clock_of(code, "up_written")["state"] == "running"
    scene.do(Check(ticket=code, passed=True))
    scene.do(CallBack(ticket=code, result=Satisfaction.SATISFIED))
    with pytest.raises(NotAllowed) as refused:
        scene.do(Archive(ticket=code))
    assert refused.value.code == "upward-owed"
    scene.do(ReportUp(ticket=code, form=UpwardForm.WRITTEN))
    scene.do(Archive(ticket=code))
    assert scene.clock_of(code, "up_follow")["state"] == "cancelled"
    whole(scene)
