"""After-action review (复盘): open, hold, lessons, follow-up tasks, conclude. The work on the ticket stays as it is."""

from __future__ import annotations

from typing import Any

from core.desk.hands import Hand
from core.desk.review_orders import ReviewConclude, ReviewFollowUp, ReviewHold, ReviewLesson, ReviewOpen
from core.desk.verbs.opening import open_child
from core.desk.work import Decision, Work
from core.rules.local_time import read_end, read_instant
from core.rules.meetings import FURTHEST
from core.rules.reviews import STATE
from data.errors import BadInput, NotAllowed
from data.review_terms import ReviewState
from data.terms import Role, Severity, TaskRole, Urgency


def decide_review_open(work: Work, order: ReviewOpen) -> Decision:
    """The first review, or another one with a reason; leaders and whoever led the ticket are told."""
    ticket, no = work.case.ticket, len(work.case.rows("review")) + 1
    if no > 1 and not order.reason:
        raise BadInput("review-again", "再次复盘须说明原因。", "Say why it is reviewed once more (reason).")
    _set_state(work, ReviewState.OPENED)
    work.effects.attach(
        "review",
        no,
        state=ReviewState.OPENED.value,
        reason=order.reason,
        opened_by=work.actor.id,
        opened_at=work.at,
    )
    said = f"{ticket.code} 开启复盘：{work.subject('zh')}", f"{ticket.code} is reviewed: {work.subject('en')}"
    for role in (Role.DUTY_LEADER, Role.COMMANDER):
        work.tell_role(role, "review", *said, Severity.INFO)
    work.tell_unit(ticket.lead_unit_id, "review", *said)
    return work.decision(review=no, reason=order.reason)


def decide_review_hold(work: Work, order: ReviewHold) -> Decision:
    """It was held: who came, and what was said."""
    held_at = read_instant(order.at, work.refs.centre().zone) if order.at else work.at
    opened = _newest(work)
    if not work.case.ticket.reported_at <= held_at <= work.at:
        raise BadInput(
            "review-time",
            "召开时间须在事件上报之后、现在之前。",
            "A review was held after the report and not later than now.",
        )
    _set_state(work, ReviewState.HELD)
    work.effects.attach(
        "review",
        opened,
        state=ReviewState.HELD.value,
        held_at=held_at,
        attendance=order.attendance,
        minutes=order.minutes,
    )
    return work.decision(review=opened, attendance=order.attendance, text=order.minutes)


def decide_review_lesson(work: Work, order: ReviewLesson) -> Decision:
    """A lesson, numbered inside the ticket. After the review has ended there are corrections only."""
    known = work.case.rows("lesson")
    if order.corrects and order.corrects not in known:
        raise BadInput("lesson-unknown", f"没有第 {order.corrects} 条。", f"There is no lesson {order.corrects}.")
    if not order.corrects and work.case.ticket.facts[STATE] == ReviewState.CONCLUDED:
        raise NotAllowed(
            "review-over",
            "复盘已结束，只能更正；新的意见请再次开启复盘。",
            "The review is over: correct a lesson, or open another review for a new one.",
        )
    no = len(known) + 1
    work.effects.attach(
        "lesson",
        no,
        review=_newest(work),
        words=order.text,
        corrects=order.corrects,
        written_by=work.actor.id,
        written_at=work.at,
    )
    return work.decision(lesson=no, corrects=order.corrects or None, text=order.text)


def decide_review_follow_up(work: Work, order: ReviewFollowUp) -> Decision:
    """Somebody is to change something by a time: a ticket under this one, which is an ordinary ticket from then on."""
    due_at = read_end(order.due, work.refs.centre().zone)
    if not work.at < due_at <= work.at + FURTHEST:
        raise BadInput("due-past", "完成时间须在今后一年内。", "The time to do it by lies within the year ahead.")
    hand = work.finder.find(Hand.read(order.to, TaskRole.LEAD))
    code, no = work.case.ticket.code, len(work.case.rows("follow_up")) + 1
    child, opened = open_child(
        work,
        hand,
        order.text,
        f"{code} 复盘整改：{order.text}",
        due_at,
        Urgency.NORMAL,
        {"review": _newest(work)},
        order.override,
        reviewed_in=code,
    )
    work.effects.attach(
        "follow_up",
        no,
        review=_newest(work),
        words=order.text,
        owner=hand.name,
        due_at=due_at,
        child_id=child,
        asked_by=work.actor.id,
        asked_at=work.at,
    )
    return work.decision(item=no, text=order.text, to=hand.name, opened=opened)


def decide_review_conclude(work: Work, order: ReviewConclude) -> Decision:
    """It has come to something; follow-up tasks go on by themselves."""
    if not any(lesson.review == _newest(work) for lesson in work.case.rows("lesson").values()):
        raise NotAllowed("no-lesson", "还没有写经验教训，不能结束。", "No lesson was written: it is not over yet.")
    _set_state(work, ReviewState.CONCLUDED)
    work.effects.attach(
        "review",
        _newest(work),
        state=ReviewState.CONCLUDED.value,
        conclusion=order.conclusion,
        concluded_by=work.actor.id,
        concluded_at=work.at,
    )
    return work.decision(review=_newest(work), text=order.conclusion)


def _newest(work: Work) -> int:
    """The number of the review that lasts, or that ended last."""
    return max(work.case.rows("review"))


def _set_state(work: Work, state: ReviewState) -> None:
    facts: dict[str, Any] = {**work.case.ticket.facts, STATE: state.value}
    work.effects.set["facts"] = facts
