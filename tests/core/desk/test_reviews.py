"""After-action review: what it needs, what stays in it, and what becomes of its follow-up tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accountability.audit import findings
from core.accountability.review import Deadline, review_of
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import Declare, Lift
from core.desk.orders import (
    Acknowledge,
    AddTask,
    Check,
    Complete,
    GradeIncident,
    Order,
    Pause,
    Resume,
    Supervise,
)
from core.desk.review_orders import ReviewConclude, ReviewFollowUp, ReviewHold, ReviewLesson, ReviewOpen
from data.errors import Refusal
from data.queries.reviews import follow_ups, lessons, open_follow_ups, pending, reviews
from data.terms import Grade, PauseReason, Stage
from tests.core.desk.scene import CSGX, Scene, make_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("reviews")
    made = make_scene(str(folder / "store.sqlite"))
    yield made
    made.store.close()


def refused(scene: Scene, order: Order, who: str = "gao") -> str:
    """The code of the refusal; the ticket is as before."""
    before = scene.ticket(order.ticket)  # type: ignore[attr-defined]
    with pytest.raises(Refusal) as found:
        scene.do(order, who)
    assert found.value.zh
    assert found.value.en
    assert scene.ticket(order.ticket) == before  # type: ignore[attr-defined]
    return found.value.code


def test_a_review_from_opening_to_conclusion(scene: Scene) -> None:
    code = scene.at_stage(Stage.ARCHIVED)
    closed = scene.ticket(code)
    assert refused(scene, ReviewLesson(ticket=code, text="早通知")) == "no-review"
    scene.do(ReviewOpen(ticket=code, reason="群众关注"), "gao")
    told = {(row["unit_id"], row["officer_id"]) for row in scene.notices("review")}
    assert told == {(None, scene.who("wang").id), (None, scene.who("chen").id), (CSGX, None)}
    assert refused(scene, ReviewOpen(ticket=code)) == "review-lasts"
    assert refused(scene, ReviewConclude(ticket=code, conclusion="完")) == "review-not-held"
    for at in ("2026-11-19 08:00", "2027-01-01"):
        assert refused(scene, ReviewHold(ticket=code, attendance="全体", at=at)) == "review-time"
    scene.wait(hours=2)
    scene.do(ReviewHold(ticket=code, attendance="城管、消防 6 人", minutes="通知晚了"), "gao")
    assert refused(scene, ReviewHold(ticket=code, attendance="再来")) == "review-held"
    assert refused(scene, ReviewConclude(ticket=code, conclusion="完")) == "no-lesson"
    first_at = scene.wait(minutes=1)
    scene.do(ReviewLesson(ticket=code, text="提前 10 分钟通知"), "zhang")
    scene.do(ReviewLesson(ticket=code, text="提前 20 分钟通知", corrects=1), "gao")
    assert refused(scene, ReviewLesson(ticket=code, text="x", corrects=7)) == "lesson-unknown"
    scene.do(ReviewConclude(ticket=code, conclusion="照此办理"), "gao")
    assert refused(scene, ReviewLesson(ticket=code, text="又一条")) == "review-over"
    assert refused(scene, ReviewFollowUp(ticket=code, text="x", to="CSGX", due="2026-12-01")) == "review-over"
    scene.do(ReviewLesson(ticket=code, text="提前 30 分钟通知", corrects=1), "gao")
    assert refused(scene, ReviewOpen(ticket=code)) == "review-again", "a second one says why"
    number = closed["id"]
    with scene.reader() as reader:
        written = lessons(reader, 1, number)
        assert [(row.no, row.corrects, row.by) for row in written] == [(1, 0, "张明"), (2, 1, "高远"), (3, 1, "高远")]
        assert (written[0].words, written[0].at) == ("提前 10 分钟通知", first_at), "a correction changes nothing"
        (review,) = reviews(reader, 1, number)
    assert (review.state, review.attendance, review.conclusion) == ("concluded", "城管、消防 6 人", "照此办理")
    after = scene.ticket(code)
    changed = {name for name in after if after[name] != closed[name]}
    assert changed == {"facts", "revision", "updated_at"}, "the work on the ticket stays as it was"
    with scene.reader() as reader:
        assert list(findings(reader, 1)) == []


def test_a_follow_up_is_a_ticket_with_an_owner_and_a_time_and_tracked_until_done(scene: Scene) -> None:
    code = scene.at_stage(Stage.ARCHIVED)
    scene.do(ReviewOpen(ticket=code), "gao")
    for due, why in (
        ("2026-11-01", "due-past"),
        ("2026-11-19", "due-past"),
        ("2028-01-01", "due-past"),
        ("明天", "instant"),
    ):
        assert refused(scene, ReviewFollowUp(ticket=code, text="改方案", to="CSGX", due=due)) == why
    assert (
        refused(scene, ReviewFollowUp(ticket=code, text="改方案", to="没有这个岗", due="2026-12-01")) == "unit-unknown"
    )
    receipt = scene.do(ReviewFollowUp(ticket=code, text="修订通知流程", to="CSGX", due="2026-12-01"), "gao")
    child = scene.ticket(receipt.opened)
    assert (child["stage"], child["lead_unit_id"], child["parent_id"]) == ("dispatched", CSGX, scene.ticket(code)["id"])
    (due,) = scene.rows(
        "SELECT due_at FROM clock WHERE centre_id = :centre AND ticket_id = :ticket AND kind = 'final'",
        ticket=child["id"],
    )
    with scene.reader() as reader:
        (task,) = open_follow_ups(reader, 1)
        assert (task.incident, task.child, task.due_at) == (code, receipt.opened, due["due_at"])
        assert not task.late(task.due_at)
        assert task.late(task.due_at + 1)
    scene.do(Acknowledge(ticket=receipt.opened), "li")
    scene.do(Complete(ticket=receipt.opened, outcome="已修订"), "li")
    with scene.reader() as reader:
        assert open_follow_ups(reader, 1) == []
        (done,) = follow_ups(reader, 1, scene.ticket(code)["id"])
    assert (done.stage, done.done_at is not None, done.owner_name) == ("completed", True, "城市更新岗")
    scene.do(Check(ticket=receipt.opened, passed=False, note="未公布"))
    with scene.reader() as reader:
        assert len(open_follow_ups(reader, 1)) == 1, "rework is not done"


def test_major_tickets_without_a_review_are_listed_and_others_when_asked(scene: Scene) -> None:
    ordinary = scene.at_stage(Stage.COMPLETED)
    graded, supervised = scene.at_stage(Stage.HANDLING), scene.at_stage(Stage.HANDLING)
    scene.do(GradeIncident(ticket=graded, grade=Grade.II), "gao")
    scene.do(Supervise(ticket=supervised), "wang")

    def listed() -> dict[str, str]:
        with scene.reader() as reader:
            return {row.code: row.state for row in pending(reader, 1)}

    assert not {ordinary, graded, supervised} & listed().keys(), "not before it is over"
    for code in (graded, supervised):
        scene.do(Complete(ticket=code, outcome="处置完毕"), "li")
    found = listed()
    assert (found[graded], found[supervised]) == ("", "")
    assert ordinary not in found
    scene.do(ReviewOpen(ticket=ordinary), "gao")
    scene.do(ReviewOpen(ticket=graded), "gao")
    scene.do(ReviewHold(ticket=graded, attendance="全体"), "gao")
    found = listed()
    assert (found[ordinary], found[graded]) == ("opened", "held")
    scene.do(ReviewLesson(ticket=graded, text="早处置"), "gao")
    scene.do(ReviewConclude(ticket=graded, conclusion="完"), "gao")
    assert graded not in listed()
    scene.do(ReviewOpen(ticket=graded, reason="又有反映"), "gao")
    assert listed()[graded] == "opened"
    scene.do(ReviewHold(ticket=graded, attendance="全体"), "gao")
    assert refused(scene, ReviewConclude(ticket=graded, conclusion="完")) == "no-lesson", "each review has its own"


def test_what_is_read_of_reviews_is_the_same_on_both_engines(any_scene: Scene) -> None:
    scene = any_scene
    code, other = scene.at_stage(Stage.HANDLING), scene.at_stage(Stage.HANDLING)
    for ticket in (code, other):
        scene.do(Supervise(ticket=ticket), "wang")
        scene.do(Complete(ticket=ticket, outcome="处置完毕"), "li")
    scene.do(ReviewOpen(ticket=code), "gao")
    scene.do(ReviewHold(ticket=code, attendance="全体"), "gao")
    scene.do(ReviewLesson(ticket=code, text="早处置"), "gao")
    later, sooner = (
        scene.do(ReviewFollowUp(ticket=code, text="改方案", to=to, due=due), "gao").opened
        for to, due in (("@ma", "2026-12-02"), ("CSGX", "2026-12-01"))
    )
    number = scene.ticket(code)["id"]
    with scene.reader() as reader:
        listed = [(row.code, row.state, row.supervised, row.grade) for row in pending(reader, 1)]
        assert listed == [(code, "held", True, ""), (other, "", True, "")]
        assert [row.code for row in pending(reader, 1, scene.desk.now() + 1)] == [code], "since bounds what has none"
        found = [(row.child, row.owner_name, row.open) for row in open_follow_ups(reader, 1)]
        assert found == [(sooner, "城市更新岗", True), (later, "马安", True)], "the nearest first"
        assert [row.child for row in follow_ups(reader, 1, number)] == [later, sooner]
        seen = review_of(reader, 1, number, scene.desk.now())
    assert ([row.words for row in seen.lessons], len(seen.reviews), len(seen.follow_ups)) == (["早处置"], 1, 2)
    assert {bar.group for bar in seen.bars} >= {"ticket", "hand", "custody"}


def test_the_facts_of_a_review_are_those_of_the_action(scene: Scene) -> None:
    """Emergencies before it, and custody after it, are not the action's; each holder's turns are added up."""
    centre = CentreDesk(scene.desk)
    for grade in (Grade.III, Grade.II):
        centre.do(Declare(grade=grade, reason="暴雨"), scene.who("chen"))
        scene.wait(minutes=10)
        if grade == Grade.III:
            centre.do(Lift(reason="雨停"), scene.who("chen"))
            scene.wait(minutes=10)
    code = scene.at_stage(Stage.HANDLING)
    scene.do(AddTask(ticket=code, inform=["AJ"]))
    scene.wait(minutes=20)
    scene.do(Pause(ticket=code, code=PauseReason.CITIZEN, reason="等居民"))
    scene.wait(minutes=5)
    scene.do(Resume(ticket=code))
    ended = scene.wait(minutes=40)
    scene.do(Complete(ticket=code, outcome="处置完毕"), "li")
    scene.wait(hours=3)
    scene.do(Check(ticket=code, passed=True))
    centre.do(Lift(reason="雨停"), scene.who("chen"))
    with scene.reader() as reader:
        seen = review_of(reader, 1, scene.ticket(code)["id"], scene.desk.now())
    assert seen.end == ended
    assert [bar.word for bar in seen.bars if bar.group == "emergency"] == ["2"]
    turns = {(bar.word, bar.name): len(bar.spans) for bar in seen.bars if bar.group == "custody"}
    assert turns == {("unit", "城市更新岗"): 2, ("citizen", "城市更新岗"): 1}, "what came after the end is not drawn"
    assert ("unit", "城市更新岗", 60 * 60) in seen.held
    assert ("citizen", "城市更新岗", 5 * 60) in seen.held


def test_a_bar_is_late_from_the_second_after_its_deadline() -> None:
    assert [Deadline("final", 100, until).late_until(300) for until in (100, 101, None)] == [None, 101, 300]
