"""What became of requests and returns, on both engines: each outcome once, late decisions and late returns apart."""

from __future__ import annotations

from core.accountability.audit import findings
from core.accountability.decisions import RequestLine, ReturnLine, request_report, return_report
from core.accountability.period import Period
from core.desk.orders import Complete, Decline, Dispatch, Grant, Request, Return, Withdraw
from data.queries.requests import waiting
from data.terms import RequestKind, ReturnReason, Stage
from tests.core.desk.scene import Scene

HOUR = 3600


def ask(scene: Scene, ticket: str, kind: RequestKind, **more: object) -> None:
    scene.do(Request(ticket=ticket, kind=kind, reason="理由", **more), "li")


def test_every_request_is_counted_once_by_what_became_of_it(any_scene: Scene) -> None:
    scene = any_scene
    begin = scene.desk.now()
    granted, exact, declined, withdrawn, lapsed, waits = (scene.at_stage(Stage.HANDLING) for _ in range(6))
    for code in (granted, exact, declined, withdrawn, lapsed, waits):
        ask(scene, code, RequestKind.EXTENSION)
    scene.wait(hours=1)
    scene.do(Grant(ticket=granted), "wang")
    scene.do(Withdraw(ticket=withdrawn), "li")
    scene.do(Complete(ticket=lapsed, outcome="修好"), "li")
    scene.wait(hours=3)
    scene.do(Grant(ticket=exact), "wang")
    scene.wait(hours=1)
    scene.do(Decline(ticket=declined, reason="不行"), "wang")
    with scene.store.reader() as reader:
        lines = request_report(reader, 1, scene.desk.now())
        before = request_report(reader, 1, scene.desk.now(), Period(0, begin, "before"))
        left = waiting(reader, 1, 10)
    # granted after one and four hours, declined after five; that and the one that waits are over their four hours
    assert lines == [RequestLine("extension", 6, 2, 1, 1, 1, 1, 2, 10 * HOUR // 3)]
    assert before == []
    assert [(line.code, line.kind, line.facts["reason"]) for line in left] == [(waits, "extension", "理由")]
    assert left[0].due == begin + 4 * HOUR


def test_returns_by_reason_with_those_after_the_deadline_apart(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Return(ticket=code, code=ReturnReason.NOT_OURS, reason="不是我们的"), "li")
    scene.do(Dispatch(ticket=code, to="GHJS"), "wang")
    scene.wait(days=30)
    scene.do(Return(ticket=code, code=ReturnReason.NO_MEANS, reason="没有设备"), "qian")
    scene.do(Dispatch(ticket=code, to="CSGX"), "wang")
    middle = scene.wait(hours=1)
    scene.do(Return(ticket=code, code=ReturnReason.NO_MEANS, reason="没有设备"), "li")
    asked = scene.at_stage(Stage.HANDLING)
    scene.wait(days=30)
    ask(scene, asked, RequestKind.RETURN, code=ReturnReason.NO_MEANS)
    scene.do(Grant(ticket=asked), "wang")
    with scene.store.reader() as reader:
        found = return_report(reader, 1)
        later = return_report(reader, 1, Period(middle + 1, 1 << 61, "later"))
        both = return_report(reader, 1, Period(middle, 1 << 61, "both"))
        wrong = list(findings(reader, 1))
    assert both == [ReturnLine("no_means", 2, 2, 2)]
    assert found == [ReturnLine("no_means", 3, 2, 3), ReturnLine("not_ours", 1, 1, 0)]
    assert later == [ReturnLine("no_means", 1, 1, 1)]
    assert wrong == []
    assert (scene.ticket(code)["late_returns"], scene.ticket(asked)["late_returns"]) == (2, 1)
