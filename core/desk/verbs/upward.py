"""What an incident owes the tier above: its grade, and the reports that the policy asks for at that grade."""

from __future__ import annotations

from typing import Any

from core.desk.orders import GradeIncident, ReportUp
from core.desk.timing import Timing
from core.desk.work import Decision, Work
from core.rules.policy import UPWARD_LADDER, Owed
from data.errors import BadInput, NotAllowed
from data.tables import ClockRecord
from data.terms import UPWARD_CLOCKS, ClockKind, ClockState, Grade, Role, Severity, UnitKind, UpwardForm

CLOCK_OF = {UpwardForm.PHONE: ClockKind.UP_PHONE, UpwardForm.WRITTEN: ClockKind.UP_WRITTEN}


def decide_grade(work: Work, order: GradeIncident) -> Decision:
    """The grade of the incident; its reports upward are due from then on, or from when it became known.

    Another grade later starts anew: what the old one owed is cancelled, unless it is late already; that stays missed.
    """
    facts = work.case.ticket.facts
    if facts.get("grade") == order.grade.value:
        raise BadInput("no-change", f"已定为{order.grade.zh}。", f"It is {order.grade.en} already.")
    owed = work.policy.upward.get(order.grade.value)
    if owed is None:
        raise NotAllowed(
            "no-upward",
            f"该事件所用政策没有 {order.grade.zh} 的报送时限；请先更新政策，再用“重算时限”带 --policy。",
            f"The ticket's policy says nothing of {order.grade.en}: load one that does, then recompute with --policy.",
        )
    for clock in work.case.live_clocks(*UPWARD_CLOCKS):
        work.effects.clocks.append(work.timing.stop(clock, cancelled=not _late(clock, work.at)))
    kept = {name: value for name, value in facts.items() if name != "upward"}
    work.effects.set["facts"] = {**kept, **begin_owing(work, order.grade, owed)}
    return work.decision(grade=order.grade.value, reason=order.reason, before=facts.get("grade", ""))


def begin_owing(work: Work, grade: Grade, owed: Owed) -> dict[str, Any]:
    """Start the clocks of what a grade owes and tell the leaders; gives the facts of the ticket that say so."""
    first = "grade" not in work.case.ticket.facts
    known = work.case.ticket.reported_at if owed.counts_from == "report" and first else work.at
    for kind in CLOCK_OF.values():
        if kind in owed.limits:
            work.effects.clocks.append(_start(work, owed, kind, known))
    code = work.case.ticket.code
    text = f"{code} 定为{grade.zh}：{work.subject('zh')}", f"{code} is {grade.en}: {work.subject('en')}"
    for role in (Role.DUTY_LEADER, Role.COMMANDER):
        work.tell_role(role, "grade", *text, Severity.WARNING)
    return {"grade": grade.value}


def decide_report_up(work: Work, order: ReportUp) -> Decision:
    """A report was made: its clock stops, met or missed, and by how much it was late is on record."""
    ticket, made = work.case.ticket, dict(work.case.ticket.facts.get("upward", {}))
    owed = work.policy.upward.get(ticket.facts.get("grade", ""))
    if owed is None:
        raise NotAllowed("not-graded", f"{ticket.code} 还未定级，请先定级。", f"{ticket.code} is not graded yet.")
    if "final" in made:
        raise NotAllowed("upward-final", "已作终报，不再续报。", "The final report has been made.")
    number = 0
    if order.form in CLOCK_OF:
        if order.form.value in made:
            raise NotAllowed(
                "upward-made",
                f"{order.form.zh}首报已报送，后续请用续报。",
                f"The first report {order.form.en} has been made: the next one is a follow-up.",
            )
        made[order.form.value] = work.at
    else:
        if not made:
            raise NotAllowed("no-first-report", "还没有首报，不能续报。", "There is no first report to follow up.")
        number = int(made.get("follow_ups", 0)) + 1
        made["follow_ups"] = number
    late = _stop(work, order.form)
    if order.form is UpwardForm.FINAL:
        made["final"] = work.at
    elif order.form is not UpwardForm.PHONE and ClockKind.UP_FOLLOW in owed.limits:
        work.effects.clocks.append(_start(work, owed, ClockKind.UP_FOLLOW, work.at))
    made["last"] = work.at
    work.effects.set["facts"] = {**ticket.facts, "upward": made}
    district = work.refs.first_of_kind(UnitKind.DISTRICT)
    to = order.to or (district.name if district else "")
    return work.decision(form=order.form.value, number=number, to=to, text=order.text, late_seconds=late)


def _start(work: Work, owed: Owed, kind: ClockKind, since: int) -> dict[str, Any]:
    """A clock of a report upward, counted from an instant that may have passed."""
    timing = Timing(work.calendar, work.policy, since, work.urgency(), work.actor.id, work.refs.calendar)
    return timing.start(kind, owed.limits[kind], work.policy.clock_ladder.get(kind.value, UPWARD_LADDER))


def _stop(work: Work, form: UpwardForm) -> int:
    """Stop the clocks that a report answers; gives by how many seconds the latest of them was late.

    The final report answers whatever is open; a written one answers the telephone too, which it makes pointless.
    """
    answered = {
        UpwardForm.PHONE: (ClockKind.UP_PHONE,),
        UpwardForm.WRITTEN: (ClockKind.UP_PHONE, ClockKind.UP_WRITTEN),
        UpwardForm.FOLLOW_UP: (ClockKind.UP_FOLLOW,),
        UpwardForm.FINAL: (ClockKind.UP_PHONE, ClockKind.UP_WRITTEN, ClockKind.UP_FOLLOW),
    }[form]
    clocks = work.case.live_clocks(*answered)
    work.effects.clocks.extend(work.timing.stop(clock) for clock in clocks)
    return max((_late(clock, work.at) for clock in clocks), default=0)


def _late(clock: ClockRecord, at: int) -> int:
    return max(0, at - clock.due_at) if clock.due_at is not None and clock.state == ClockState.RUNNING else 0
