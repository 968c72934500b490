"""Meetings, consultations with residents and mediation: what is refused and why, and what the engine does by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.accountability.audit import verify
from core.desk.meeting_orders import (
    Attend,
    Classify,
    Collect,
    CollectFile,
    Conclude,
    Consult,
    Convene,
    Decide,
    Fulfil,
    Given,
    Mediate,
    Minutes,
    Publish,
    PutOff,
)
from core.desk.orders import Complete, Decline, Grant, Join, Order, Request, Void
from core.engine.loop import Engine
from core.rules.meetings import (
    DAY,
    HOUR,
    MEETING_OF,
    due_of_consultation,
    due_of_meeting,
    next_of_meeting,
    refusal_of_convening,
)
from core.rules.opinions import household_key
from data.errors import Refusal
from data.meeting_terms import Act, AskKind, MediationOutcome, MeetingKind
from data.queries.meetings import ConsultationLine, proceedings
from data.terms import AffairKind, RequestKind, Role, Stage
from tests.core.desk import invariants
from tests.core.desk.scene import GHJS, Scene

HELD = "2026-11-20 10:00"
"""An hour after the street's clock begins."""


def refused(scene: Scene, order: Order, who: str = "zhang") -> str:
    """The code of the refusal; nothing has changed by it."""
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    with pytest.raises(Refusal) as caught:
        scene.do(order, who)
    assert caught.value.zh
    assert caught.value.en
    assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
    return caught.value.code


def convene(code: str, **more: Any) -> Convene:
    given: dict[str, Any] = {"at": HELD, "place": "会议室", "agenda": "停车", "call": ["CSGX", "@li"]}
    return Convene(ticket=code, **given | more)


def engine(scene: Scene) -> Engine:
    return Engine(scene.store, scene.clock, 1, steady_clock=lambda: 0.0, holder="test")


def sound(scene: Scene) -> None:
    """The rows are what the log says, and whatever holds of any ticket holds of these."""
    invariants.check(scene)
    with scene.reader() as reader:
        assert verify(reader, 1) == []


def consultations(scene: Scene, code: str) -> list[ConsultationLine]:
    with scene.reader() as reader:
        return proceedings(reader, 1, scene.ticket(code)["id"]).consultations


def set_clock(scene: Scene, local: str) -> None:
    moment = datetime.fromisoformat(f"{local}+08:00")
    scene.clock.set(moment.astimezone(UTC))


@pytest.mark.parametrize(
    ("affair", "kind"),
    [("public", MeetingKind.STREET), ("shared", MeetingKind.COMMUNITY), ("household", MeetingKind.GRID)],
)
def test_the_class_proposes_the_meeting(scene: Scene, affair: str, kind: MeetingKind) -> None:
    code = scene.at_stage(Stage.HANDLING)
    assert MEETING_OF.keys() == set(AffairKind)
    if scene.ticket(code)["affair"] != affair:
        scene.do(Classify(ticket=code, affair=AffairKind(affair)))
    assert refused(scene, Classify(ticket=code, affair=AffairKind(affair))) == "no-change"
    other = next(item for item in (MeetingKind.STREET, MeetingKind.GRID) if item != kind)
    assert refused(scene, convene(code, kind=other)) == "meeting-other"
    scene.do(convene(code, kind=other, reason="居民要求"))
    scene.do(convene(code))
    assert [row["kind"] for row in scene.of("meeting", code, "no")] == [other.value, kind.value]


def test_who_calls_a_meeting_of_each_kind() -> None:
    street = {"commander", "duty_leader", "shift_leader", "duty_officer", "section_leader"}
    community = street | {"post_member", "community_secretary"}
    grid = community | {"grid_head", "grid_worker", "grid_mentor", "micro_grid_head"}
    wanted = {"street": street, "consultation": street, "community": community, "grid": grid}
    for kind in MeetingKind:
        allowed = {role.value for role in Role if refusal_of_convening(kind, frozenset({role.value})) is None}
        assert allowed == wanted[kind.value], kind
        assert refusal_of_convening(kind, frozenset()) is not None


def test_when_the_engine_comes_back_to_the_second() -> None:
    """At its own instant a thing is due and behind: the next one lies ahead, else the engine would never be done."""
    at = 1_800_000_000
    steps = [at - DAY, at - HOUR, at + DAY, None]
    assert [next_of_meeting(at, step) for step in steps[:3] if step is not None] == steps[1:]
    assert next_of_meeting(at, at - DAY - 1) == at - DAY
    for now, minutes, wanted in (
        (at - 1, False, (Act.REMIND, at + DAY)),
        (at, False, (Act.NOTHING, at + DAY)),
        (at + DAY - 1, False, (Act.NOTHING, at + DAY)),
        (at + DAY, False, (Act.ASK_MINUTES, None)),
        (at + DAY, True, (Act.NOTHING, None)),
    ):
        due = due_of_meeting("held" if minutes else "convened", at, minutes, now)
        assert (due.act, due.next_at) == wanted, now - at
    assert due_of_meeting("called_off", at, False, at - 1).act == Act.NOTHING
    assert [due_of_consultation("open", at, now).act for now in (at - 1, at)] == [Act.REMIND, Act.CLOSE]
    assert due_of_consultation("called_off", at, at).act == Act.NOTHING


def test_what_a_meeting_needs(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    assert scene.ticket(code)["affair"] == "public"
    for more, wanted in (
        ({"at": "2026-11-20"}, "meeting-time"),
        ({"at": "2026-11-20 08:59"}, "meeting-time"),
        ({"at": "2028-01-01 09:00"}, "meeting-time"),
        ({"at": "明天"}, "instant"),
        ({"call": [], "outside": []}, "nobody-called"),
        ({"call": ["@nobody"]}, "officer-unknown"),
        ({"call": ["CSGX", "城市更新岗"]}, "unit-twice"),
        ({"outside": ["居民=很多"]}, "outside-count"),
        ({"outside": ["居民=0"]}, "outside-count"),
    ):
        assert refused(scene, convene(code, **more)) == wanted, more
    assert refused(scene, convene(code, kind="street", reason="x"), "li") == "not-convener"
    assert refused(scene, Attend(ticket=code, came=["CSGX"])) == "meeting-none"
    scene.do(convene(code, at="2026-11-20　１０：００", outside=["居民=9"]))
    assert {(row["unit_id"], row["officer_id"]) for row in scene.notices("meeting")} == {
        (3, None),
        (None, scene.who("li").id),
    }
    for order, wanted in (
        (Attend(ticket=code), "nobody-named"),
        (Attend(ticket=code, meeting=2, came=["CSGX"]), "proceeding-none"),
        (Minutes(ticket=code, text="x"), "meeting-early"),
        (Decide(ticket=code, text="x", to="CSGX", due="2026-12-01"), "meeting-not-held"),
        (PutOff(ticket=code, reason="x"), "put-off-how"),
        (PutOff(ticket=code, reason="x", off=True, at=HELD), "put-off-how"),
    ):
        assert refused(scene, order, "li") == wanted

    # People come an hour before it at the earliest; who was called to another meeting hears nothing of this one.
    scene.do(convene(code, at="2026-11-20 11:00", call=["GHJS"]))
    assert refused(scene, Attend(ticket=code, meeting=2, came=["GHJS"])) == "meeting-early"
    told = len(scene.notices("meeting"))
    scene.do(PutOff(ticket=code, meeting=2, reason="改期", at="2026-11-23 12:00"))
    assert [(row["unit_id"], row["officer_id"]) for row in scene.notices("meeting")[told:]] == [(GHJS, None)]
    (_, later) = scene.of("meeting", code, "no")
    assert later["next_at"] == later["meets_at"] - DAY
    sound(scene)


def test_who_is_not_on_the_list_is_told_who_is_and_telephones_stay_masked(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(convene(code, kind="community", reason="x", at=HELD, outside=["居民=9", "物业13800138000"]))
    set_clock(scene, HELD)
    with pytest.raises(Refusal) as caught:
        scene.do(Attend(ticket=code, came=["王13900139000"]))
    for said in (caught.value.zh, caught.value.en):
        assert "居民、物业138****8000" in said
        assert "王139****9000" in said


def test_attendance_and_decisions(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(convene(code, kind="community", reason="x", outside=["居民=9", "物业"]))
    scene.do(PutOff(ticket=code, reason="下雨", at="2026-11-20 14:00"))
    assert refused(scene, Attend(ticket=code, came=["居民"])) == "meeting-early"
    scene.do(Attend(ticket=code, excused=["@li=出差"]))
    set_clock(scene, "2026-11-20 14:00")
    assert refused(scene, Attend(ticket=code, came=["居民", "居民"])) == "unit-twice"
    assert refused(scene, Attend(ticket=code, came=["记者"])) == "attendee-unknown"
    came = Attend(ticket=code, came=["居民=7", "XF", "AJ"], sent=["CSGX=王工"], absent=["物业"], outside=["记者=2"])
    scene.do(came)
    rows = {row["no"]: row for row in scene.of("attendee", code, "no")}
    assert [(row["outside"] or row["unit_id"], row["state"], row["people"], row["note"]) for row in rows.values()] == [
        (3, "sent", 1, "王工"),
        (3, "excused", 1, "出差"),
        ("居民", "came", 7, ""),
        ("物业", "absent", 1, ""),
        (8, "came", 1, ""),
        (10, "came", 1, ""),
        ("记者", "came", 2, ""),
    ]
    # An assisting task of its own with the time that was decided; the lead's own task takes up what it has to do.
    scene.do(Decide(ticket=code, text="划线", to="XF", due="2026-11-25"))
    scene.do(Decide(ticket=code, text="贴公告", to="CSGX", due="2026-11-22 18:00"))
    for order, wanted in (
        (Decide(ticket=code, text="x", to="XF", due="2026-11-20 14:00"), "due-past"),
        (Decide(ticket=code, text="x", to="nobody", due="2026-12-01"), "unit-unknown"),
    ):
        assert refused(scene, order) == wanted
    tasks = scene.of("task", code, "no")
    assert [(task["role"], task["unit_id"], task["instruction"]) for task in tasks] == [
        ("lead", 3, "贴公告"),
        ("assist", 8, "划线"),
    ]
    decided = scene.of("resolution", code, "no")
    assert [row["task_id"] for row in decided] == [tasks[1]["id"], tasks[0]["id"]]
    dues = {clock["task_id"]: clock["due_at"] for clock in scene.of("clock", code, "id") if clock["kind"] == "part"}
    assert dues == {row["task_id"]: row["due_at"] for row in decided}
    sound(scene)


def test_after_the_end_a_decision_is_a_ticket_under_this_one(scene: Scene) -> None:
    code = scene.at_stage(Stage.ARCHIVED)
    scene.do(convene(code, kind="street", reason="复盘"))
    set_clock(scene, HELD)
    scene.do(Minutes(ticket=code, text="加装护栏"))
    assert refused(scene, Decide(ticket=code, text="护栏", to="CSGX", due="2026-12-01"), "li") == "not-own-unit"
    receipt = scene.do(Decide(ticket=code, text="护栏", to="CSGX", due="2026-12-01"))
    child, parent = scene.ticket(receipt.opened), scene.ticket(code)
    assert (child["parent_id"], child["lead_unit_id"], child["stage"]) == (parent["id"], 3, "dispatched")
    due = scene.of("resolution", code, "no")[0]["due_at"]
    assert (scene.clock_of(receipt.opened, "final")["due_at"], child["final_due_at"]) == (due, due)
    assert parent["stage"] == "archived"
    sound(scene)


def test_the_engine_reminds_once_and_asks_for_minutes(scene: Scene) -> None:
    code, off, gone = (scene.at_stage(Stage.HANDLING) for _ in range(3))
    for ticket in (code, off, gone):
        scene.do(convene(ticket, kind="grid", reason="x", at="2026-11-23 10:00"), "li")
    scene.do(PutOff(ticket=off, reason="取消", off=True))
    scene.do(Void(ticket=gone, reason="误报"), "gao")
    works, told = engine(scene), len(scene.notices("meeting"))
    seen = []
    for moment in ("22 09:59:59", "22 10:00", "23 09:00", "23 10:01", "24 10:00"):
        set_clock(scene, f"2026-11-{moment}")
        seen.append(works.once().gathered)
    # A day before and an hour before to those two who were called; afterwards to whoever called it.
    assert seen == [0, 1, 1, 0, 1]
    assert len(scene.notices("meeting")) == told + 2 + 2 + 1
    assert "还没有纪要" in scene.notices("meeting")[-1]["title"]
    assert scene.rows("SELECT no FROM meeting WHERE centre_id = :centre AND next_at IS NOT NULL") == []
    sound(scene)


def test_a_consultation_asked_for_by_request_is_a_meeting(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    ask = Request(ticket=code, kind=RequestKind.CONSULTATION, reason="疑难", to=["AJ", "@ma"])
    declined, granted = Decline(ticket=code, reason="不必"), Grant(ticket=code, minutes="议定")
    for answer, state in ((declined, "called_off"), (granted, "held")):
        scene.do(ask, "li")
        if state == "held":
            scene.do(Attend(ticket=code, came=["AJ"], absent=["@ma"]))
        scene.do(answer, "wang")
        meeting = scene.of("meeting", code, "no")[-1]
        assert (meeting["kind"], meeting["state"]) == ("consultation", state)
    assert meeting["minutes"] == "议定"
    assert [row["state"] for row in scene.of("attendee", code, "no")] == ["called", "called", "came", "absent"]
    sound(scene)


# ------------------------------------------------------------------------------------------------ residents


@pytest.mark.parametrize(
    "spelling",
    ["8-2-301", "8栋2单元301室", "０８－２－３０１", " 8 - 2 - 301 ", "8幢2单元301户", "8#2-301", "8号楼2单元301"],
)
def test_a_household_is_known_however_it_is_written(spelling: str) -> None:
    assert household_key(spelling) == "8-2-301"
    assert household_key("8-23-01") != household_key("8-2-301")


def test_a_household_has_one_vote(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    for more, wanted in (
        ({"closes": "2026-11-20 09:00"}, "ask-window"),
        ({"closes": "2026-11-21", "opens": "2026-11-19"}, "ask-past"),
        ({"closes": "2028-11-21"}, "ask-window"),
        ({"closes": "2026-11-21", "options": ["同意"]}, "ask-options"),
    ):
        assert refused(scene, Consult(ticket=code, kind=AskKind.VOTE, subject="x", **more)) == wanted, more
    scene.do(Consult(ticket=code, kind=AskKind.VOTE, subject="停车", opens="2026-11-21", closes="2026-11-22"))
    vote = Collect(ticket=code, household="8-2-301", choice="同意")
    assert refused(scene, vote) == "ask-early"
    set_clock(scene, "2026-11-21 00:00")
    scene.do(vote)
    for choice, wanted in (("反对", "answer-voted"), ("同意", "no-change"), ("不知道", "answer-choice-unknown")):
        assert refused(scene, Collect(ticket=code, household="8栋2单元301室", choice=choice)) == wanted
    assert refused(scene, Collect(ticket=code, household="8-2-302")) == "answer-choice-missing"
    for received, wanted in (
        ("2026-11-21 00:01", "future"),
        ("2026-11-20 23:59", "outside"),
        ("2026-11-23", "outside"),
    ):
        late = Collect(ticket=code, household="8-2-303", choice="同意", received=received)
        assert refused(scene, late) == f"answer-{wanted}", received
    answers = (("1-1", "反对"), ("1-1", "同意"), ("1-2", "弃权"))
    rows = [Given(household=household, choice=choice) for household, choice in answers]
    scene.do(CollectFile(ticket=code, rows=rows, file="表决.csv"))
    (asked,) = consultations(scene, code)
    assert (asked.opinions, asked.answered, asked.refused) == (3, 3, 1)
    assert asked.tally == {"反对": 1, "同意": 1, "弃权": 1}

    # Its end can be put off, never brought forward; from the end on nothing counts, engine or not.
    assert refused(scene, PutOff(ticket=code, reason="x", at="2026-11-21")) == "ask-shorter"
    scene.do(PutOff(ticket=code, reason="人少", at="2026-11-23"))
    set_clock(scene, "2026-11-23 23:59:59")
    assert refused(scene, Conclude(ticket=code, result="x")) == "ask-runs"
    scene.do(Collect(ticket=code, household="1-3", choice="同意"))
    set_clock(scene, "2026-11-24 00:00")
    assert refused(scene, Collect(ticket=code, household="1-4", choice="同意")) == "ask-over"
    assert refused(scene, PutOff(ticket=code, reason="x", at="2026-11-29")) == "ask-over"
    assert engine(scene).once().gathered == 1
    assert consultations(scene, code)[0].state == "closed"
    for figures, wanted in (
        ({"before": "140"}, "figure-part"),
        ({"before": "很多", "after": "8", "unit": "万元"}, "figure"),
        ({"before": "NaN", "after": "8", "unit": "万元"}, "figure"),
    ):
        assert refused(scene, Conclude(ticket=code, result="x", **figures)) == wanted
    scene.do(Conclude(ticket=code, result="通过", before="１,４00,000", after="800000", unit="元"))
    assert refused(scene, Conclude(ticket=code, result="通过")) == "proceeding-state"
    assert refused(scene, Publish(ticket=code, place="公告栏", words="x", at="2026-12-24")) == "publish-time"
    scene.do(Publish(ticket=code, place="公告栏", words="通过"))
    assert [row["consultation"] for row in scene.of("publication", code, "no")] == [1]

    # Another vote on the same ticket is counted by itself.
    scene.do(Consult(ticket=code, kind=AskKind.VOTE, subject="再议", closes="2026-11-25"))
    scene.do(Collect(ticket=code, household="8-2-301", choice="反对"))
    again = consultations(scene, code)[-1]
    assert (again.opinions, again.answered, again.tally) == (1, 1, {"反对": 1})
    sound(scene)


# ------------------------------------------------------------------------------------------------ mediation


def test_an_agreement_keeps_the_ticket_open(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)

    def mediate(**more: Any) -> Mediate:
        given: dict[str, Any] = {
            "parties": "双方",
            "outcome": MediationOutcome.AGREED,
            "words": "各半",
            "follow": "施工",
        }
        return Mediate(ticket=code, **given | more)

    assert refused(scene, mediate(follow=""), "li") == "follow-missing"
    assert refused(scene, mediate(outcome=MediationOutcome.FAILED), "li") == "follow-none"
    for at in ("2026-11-19", "2026-11-20 09:01"):
        assert refused(scene, mediate(at=at), "li") == "mediation-time"
    assert refused(scene, mediate(), "qian") == "ticket-unknown"
    for follow in ("施工", "付款"):
        scene.do(mediate(follow=follow), "li")
    assert refused(scene, Complete(ticket=code, outcome="签了"), "li") == "agreement-open"
    assert refused(scene, Join(ticket=code, into=scene.new("主事件"))) == "agreement-open"
    scene.do(Fulfil(ticket=code, words="付清"), "li")
    assert refused(scene, Fulfil(ticket=code, words="x", round=2), "li") == "agreement-none"
    assert refused(scene, Complete(ticket=code, outcome="签了"), "li") == "agreement-open"
    scene.do(Fulfil(ticket=code, words="开工"), "li")
    scene.do(Complete(ticket=code, outcome="完工"), "li")
    rounds = scene.of("mediation", code, "no")
    assert [(row["no"], row["followed"]) for row in rounds] == [(1, "开工"), (2, "付清")]
    sound(scene)
