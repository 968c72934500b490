"""Requests: a test per row of the table, and what they may never do to clocks and custody."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accountability.ontime import Dimension, on_time_report
from core.desk.orders import (
    Archive,
    CallBack,
    Check,
    Complete,
    Decline,
    Grant,
    Pause,
    Redispatch,
    Request,
    Resume,
    Return,
    Void,
    Withdraw,
)
from core.desk.verbs.requests import GRANTED
from core.engine.loop import Engine
from core.rules.policy import Policy
from core.rules.requests import RULES, table_lines
from data.errors import BadInput, NotAllowed, Refusal
from data.terms import PauseReason, RequestKind, ReturnReason, Satisfaction, Stage
from tests.core.desk.invariants import check
from tests.core.desk.scene import Scene, copy_scene
from tests.core.desk.test_timing import load, policy

DAY = 86_400
DOCS = Path(__file__).parents[3] / "docs" / "requests.md"


def ask(scene: Scene, ticket: str, kind: RequestKind, who: str = "li", **more: Any) -> None:
    scene.do(Request(ticket=ticket, kind=kind, reason="理由", **more), who)


def refused(scene: Scene, order: Any, who: str) -> str:
    """The code of the refusal; nothing has changed."""
    before = scene.ticket(order.ticket)
    with pytest.raises(Refusal) as found:
        scene.do(order, who)
    assert scene.ticket(order.ticket) == before
    assert found.value.zh
    assert found.value.en
    return found.value.code


def engine(scene: Scene) -> Engine:
    steady = iter(range(1, 1000))
    return Engine(scene.store, scene.clock, 1, steady_clock=lambda: float(next(steady)), holder="test")


def late_and_filed(scene: Scene) -> str:
    code = scene.at_stage(Stage.HANDLING)
    scene.wait(days=30)
    scene.do(Complete(ticket=code, outcome="修好"), "li")
    scene.do(Check(ticket=code, passed=True))
    scene.do(CallBack(ticket=code, result=Satisfaction.SATISFIED))
    scene.do(Archive(ticket=code))
    return code


def test_the_docs_have_the_code_s_table_and_every_row_its_deed() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for language in ("zh", "en"):
        assert "\n".join(table_lines(language)) in text
    assert RULES.keys() == GRANTED.keys() == set(RequestKind)


def test_extension_one_more_original_limit_twice_and_not_once_overdue(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    start = scene.clock_of(code, "final")["due_at"]
    limit = scene.clock_of(code, "final")["seconds"]
    for turn in (1, 2):
        ask(scene, code, RequestKind.EXTENSION)
        assert scene.ticket(code)["pending"] == "extension"
        assert scene.clock_of(code, "final")["due_at"] == start + (turn - 1) * limit
        assert refused(scene, Grant(ticket=code), "zhang") == "not-decider"
        scene.do(Decline(ticket=code, reason="再想办法"), "wang")
        assert scene.ticket(code)["final_due_at"] == start + (turn - 1) * limit
        ask(scene, code, RequestKind.EXTENSION)
        scene.do(Grant(ticket=code), "wang")
        assert scene.ticket(code)["final_due_at"] == scene.clock_of(code, "final")["due_at"] == start + turn * limit
        assert scene.clock_of(code, "handle")["seconds"] == (turn + 1) * limit
    assert refused(scene, Request(ticket=code, kind=RequestKind.EXTENSION, reason="x"), "li") == "request-used-up"
    assert scene.ticket(code)["extensions"] == 2
    other = scene.at_stage(Stage.HANDLING)
    scene.wait(days=30)
    assert refused(scene, Request(ticket=other, kind=RequestKind.EXTENSION, reason="x"), "li") == "request-overdue"
    check(scene)


def test_suspension_by_the_commander_once_and_it_ends_by_itself(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    due = scene.clock_of(code, "final")["due_at"]
    with pytest.raises(ValueError, match="days"):
        Request(ticket=code, kind=RequestKind.SUSPENSION, reason="x", days=366)
    assert refused(scene, Request(ticket=code, kind=RequestKind.SUSPENSION, reason="x"), "li") == "request-missing"
    ask(scene, code, RequestKind.SUSPENSION, days=10)
    assert refused(scene, Grant(ticket=code), "wang") == "not-decider"
    scene.do(Grant(ticket=code), "chen")
    assert (scene.ticket(code)["stage"], scene.ticket(code)["holder"]) == ("suspended", "suspension")
    check(scene)
    began = scene.desk.now()
    scene.wait(days=10)
    engine(scene).once(send=False)
    assert scene.ticket(code)["stage"] == "handling"
    assert scene.events(code)[-1]["actor"] == "engine"
    assert scene.clock_of(code, "final")["due_at"] == due + 10 * DAY
    segment = next(row for row in scene.custody(code) if row["holder"] == "suspension")
    assert (segment["from_at"], segment["to_at"]) == (began, began + 10 * DAY)
    assert refused(scene, Request(ticket=code, kind=RequestKind.SUSPENSION, reason="x", days=1), "li") == (
        "request-used-up"
    )
    again = Pause(ticket=code, code=PauseReason.APPROVED, reason="x")
    assert refused(scene, again, "chen") == "request-used-up"
    check(scene)


def test_a_suspension_lifted_early_has_no_end_any_more(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Pause(ticket=code, code=PauseReason.APPROVED, reason="拆迁未定"), "chen")
    scene.wait(days=1)
    scene.do(Resume(ticket=code), "wang")
    assert scene.clock_of(code, "suspension")["state"] == "cancelled"
    check(scene)


def test_return_waits_for_a_senior_and_is_counted_after_the_deadline(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.wait(days=30)
    assert refused(scene, Request(ticket=code, kind=RequestKind.RETURN, reason="x"), "li") == "request-missing"
    ask(scene, code, RequestKind.RETURN, code=ReturnReason.NOT_OURS)
    assert scene.ticket(code)["holder"] == "unit"
    scene.do(Grant(ticket=code), "gao")
    ticket = scene.ticket(code)
    assert (ticket["stage"], ticket["holder"], ticket["bounces"], ticket["late_returns"]) == ("assessed", "queue", 1, 1)
    check(scene)


def test_more_hands_consultation_and_hand_up(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    ask(scene, code, RequestKind.MORE_HANDS, to=["XF"])
    assert [task["role"] for task in scene.of("task", code, "no")] == ["lead"]
    scene.do(Grant(ticket=code), "zhang")
    assert [task["role"] for task in scene.of("task", code, "no")] == ["lead", "assist"]
    ask(scene, code, RequestKind.CONSULTATION, to=["GHJS"])
    assert refused(scene, Grant(ticket=code), "wang") == "minutes-missing"
    scene.do(Grant(ticket=code, minutes="规划岗出图，城管岗施工"), "wang")
    assert scene.events(code)[-1]["body"]["record"] == "规划岗出图，城管岗施工"
    ask(scene, code, RequestKind.HAND_UP)
    scene.do(Grant(ticket=code), "zhang")
    assert scene.ticket(code)["tier"] == "district"
    assert refused(scene, Request(ticket=code, kind=RequestKind.HAND_UP, reason="x"), "zhang") == "top-tier"
    check(scene)


def test_appeal_after_closing_once_by_two_people_and_the_fact_stays(scene: Scene) -> None:
    code = late_and_filed(scene)
    ask(scene, code, RequestKind.APPEAL)
    scene.wait(days=5)
    engine(scene).once(send=False)
    assert [row["body"]["step"] for row in scene.events(code)[-2:]] == ["warn#0", "due#0"]
    check(scene)
    scene.do(Grant(ticket=code), "gao")
    assert (scene.ticket(code)["waived"], scene.ticket(code)["pending"]) == (0, "appeal")
    assert refused(scene, Grant(ticket=code), "gao") == "same-reviewer"
    scene.do(Grant(ticket=code), "wang")
    ticket = scene.ticket(code)
    assert (ticket["waived"], ticket["on_time"], ticket["stage"]) == (1, 0, "archived")
    assert refused(scene, Request(ticket=code, kind=RequestKind.APPEAL, reason="x"), "li") == "request-decided"
    with scene.reader() as reader:
        total = on_time_report(reader, 1, Dimension.ALL, scene.desk.now()).total
    assert (total.on_time, total.late, total.waived) == (0, 0, 1)
    other = scene.at_stage(Stage.ARCHIVED)
    assert refused(scene, Request(ticket=other, kind=RequestKind.APPEAL, reason="x"), "li") == "request-on-time"
    check(scene)


def test_one_refusal_ends_an_appeal_for_good(scene: Scene) -> None:
    code = late_and_filed(scene)
    ask(scene, code, RequestKind.APPEAL)
    scene.do(Grant(ticket=code), "gao")
    scene.do(Decline(ticket=code, reason="没有依据"), "wang")
    assert refused(scene, Request(ticket=code, kind=RequestKind.APPEAL, reason="x"), "li") == "request-decided"
    assert scene.ticket(code)["waived"] == 0


def test_one_at_a_time_by_whom_it_concerns(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    order = Request(ticket=code, kind=RequestKind.EXTENSION, reason="等材料")
    assert refused(scene, order, "qian") == "ticket-unknown"
    assert refused(scene, Grant(ticket=code), "wang") == "no-request"
    scene.do(order, "wang")
    assert refused(scene, order, "li") == "request-waits"
    assert refused(scene, Grant(ticket=code), "wang") == "own-request"
    assert refused(scene, Withdraw(ticket=code), "qian") == "ticket-unknown"
    scene.do(Withdraw(ticket=code), "wang")
    assert scene.clock_of(code, "request")["stopped_at"] == scene.desk.now()
    assert refused(scene, Request(ticket=code, kind=RequestKind.EXTENSION, reason="x", days=3), "li") == "request-field"


@pytest.mark.parametrize(
    ("order", "who"),
    [
        (lambda code: Redispatch(ticket=code, to="AJ", reason="改派"), "zhang"),
        (lambda code: Complete(ticket=code, outcome="修好"), "li"),
        (lambda code: Return(ticket=code, code=ReturnReason.NOT_OURS, reason="非本岗"), "li"),
        (lambda code: Void(ticket=code, reason="误报"), "gao"),
    ],
)
def test_it_lapses_when_the_ticket_leaves_the_hands_that_asked(scene: Scene, order: Any, who: str) -> None:
    code = scene.at_stage(Stage.HANDLING)
    ask(scene, code, RequestKind.EXTENSION)
    scene.do(order(code), who)
    assert scene.ticket(code)["pending"] == ""
    assert scene.events(code)[-1]["body"]["lapsed"] == "extension"
    check(scene)


def test_a_request_that_nobody_decides_climbs(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    ask(scene, code, RequestKind.EXTENSION)
    scene.wait(hours=4)
    engine(scene).once(send=False)
    steps = [event["body"] for event in scene.events(code) if event["kind"] == "engine_step"]
    assert {"warn#0", "due#0"} <= {body["step"] for body in steps if body["clock_kind"] == "request"}


KINDS = st.sampled_from(list(RequestKind))
DEEDS = st.lists(st.tuples(KINDS, st.sampled_from(["grant", "decline", "withdraw", "wait"])), max_size=6)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_no_sequence_gives_more_time_than_the_rules_allow(street: Path, tmp_path: Path, deeds: list[Any]) -> None:
    """At most three limits and one suspension; a refusal moves nothing; custody and the audit stay exact."""
    scene = copy_scene(street, Path(tempfile.mkdtemp(dir=tmp_path)))
    code = scene.at_stage(Stage.HANDLING)
    first = scene.clock_of(code, "final")
    for kind, deed in deeds:
        more = {
            RequestKind.RETURN: {"code": ReturnReason.NOT_OURS},
            RequestKind.SUSPENSION: {"days": 365},
            RequestKind.MORE_HANDS: {"to": ["XF"]},
        }.get(kind, {})
        before = scene.ticket(code)["final_due_at"]
        try:
            scene.do(Request(ticket=code, kind=kind, reason="x", **more), "zhang")
            assert scene.ticket(code)["final_due_at"] == before
            if deed == "grant":
                minutes = "纪要" if kind == RequestKind.CONSULTATION else ""
                scene.do(Grant(ticket=code, minutes=minutes), "chen")
            elif deed == "decline":
                scene.do(Decline(ticket=code, reason="x"), "chen")
            elif deed == "withdraw":
                scene.do(Withdraw(ticket=code), "zhang")
            if deed in ("decline", "withdraw"):
                assert scene.ticket(code)["final_due_at"] == before
        except (NotAllowed, BadInput):
            assert scene.ticket(code)["final_due_at"] == before
        scene.wait(minutes=7)
        if scene.ticket(code)["stage"] == "suspended":
            scene.wait(days=365)
            engine(scene).once(send=False)
            assert scene.ticket(code)["stage"] == "handling"
    final = scene.clock_of(code, "final")
    assert final["seconds"] <= 3 * first["seconds"]
    assert (final["due_at"] or 0) <= first["due_at"] + 2 * first["seconds"] + 365 * DAY
    check(scene)
    scene.store.close()


def test_where_the_policy_says_so_a_return_is_asked_for(scene: Scene) -> None:
    load(scene.store, "policy", "", 2, {**policy(), "request": {"return": {"needed": True, "limit": "3 urgent_hour"}}})
    code = scene.at_stage(Stage.HANDLING)
    assert refused(scene, Return(ticket=code, code=ReturnReason.NOT_OURS, reason="x"), "li") == "return-by-request"
    ask(scene, code, RequestKind.RETURN, code=ReturnReason.NOT_OURS)
    assert scene.clock_of(code, "request")["due_at"] == scene.desk.now() + 3 * 3600
    scene.do(Grant(ticket=code), "gao")
    assert scene.ticket(code)["bounces"] == 1
    with pytest.raises(BadInput, match="holiday"):
        Policy.from_dict({**policy(), "request": {"holiday": {}}})
