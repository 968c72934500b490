"""Contingency plans on a ticket: activating one, ticking its checklist, writing answers down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.catalogue.plans import find_plan, plans_of, refuse_withdrawn
from core.catalogue.stored import rows_of
from core.desk.contingency_orders import ActivatePlan, Tick
from core.desk.hands import Found
from core.desk.plan_hands import Roll, Standing, no_limits
from core.desk.verbs.dispatching import add_hands, instructions_of, parts_of
from core.desk.verbs.guarding import guard
from core.desk.verbs.limits import Limits, start_arrive_clock
from core.desk.verbs.upward import begin_owing
from core.desk.work import Decision, Work
from core.rules.contingency import FACT, TIMES, Contingency, Gap, PlanHand, activated, active_plans
from data.errors import BadInput, NotAllowed, NotFound
from data.tables import TaskRecord
from data.terms import ClockKind, Grade, Role, Severity, TaskRole, TaskState


def decide_activate(work: Work, order: ActivatePlan) -> Decision:
    """The plan's hands that have no part yet get one, with the plan's times; what its grade owes upward is owed.

    Whoever leads the ticket goes on leading it. What a plan needs and the centre does not have is kept with the plan.
    The grade is the plan's, which those who may grade have approved: nobody waits for a leader to start these clocks.
    """
    plan = find_plan(plans_of(rows_of(work.refs.connection), work.refs.centre_id), order.plan)
    _refuse(work, plan)
    roll = Roll(work.case, work.refs, work.at, work.urgency())
    standings = roll.standings(plan, bool(order.override.strip()))
    tasks = _tasks_at_work(work, standings)
    fresh = [one for one in standings if one.found is not None and one.found.key not in tasks]
    hands = [_beside_the_lead(one) for one in fresh]
    kept = guard(work, hands, order.override)
    made = add_hands(work, hands, "", [_limits(one.hand) for one in fresh])
    tasks.update((hand.key, number) for hand, number in zip(hands, made, strict=True))
    rows = [_row(one, tasks.get(one.found.key) if one.found else None) for one in standings]
    gaps = [one.gap for one in standings if one.gap is not None]
    facts = {**work.case.ticket.facts, FACT + plan.code: activated(plan, work.at, work.actor.code, rows)}
    facts |= _owed(work, plan, gaps)
    work.effects.set["facts"] = facts
    _press_those_at_work(work, standings, set(made))
    _tell(work, plan, gaps)
    missing = [f"{gap.code.value} {gap.who}".strip() for gap in gaps]
    grade = plan.grade if facts.get("grade") != work.case.ticket.facts.get("grade") else ""
    named = {"plan": plan.code, "name": plan.name, "version": plan.version, "grade": grade, "missing": missing}
    return work.decision(**named, **parts_of(hands), instructions=instructions_of(hands), **kept)


def _refuse(work: Work, plan: Contingency) -> None:
    code = work.case.ticket.code
    refuse_withdrawn(plan)
    if FACT + plan.code in work.case.ticket.facts:
        raise NotAllowed(
            "plan-active", f"{code} 已启动预案 {plan.code}。", f"Plan {plan.code} is active on {code} already."
        )
    work.lead_or_refuse()


def _tasks_at_work(work: Work, standings: Sequence[Standing]) -> dict[tuple[int, int | None], int]:
    """The live tasks of hands that have a part already."""
    found = {}
    for one in standings:
        task = work.case.task_of(*one.found.key) if one.found is not None else None
        if one.found is not None and task is not None:
            found[one.found.key] = task.id
    return found


def _beside_the_lead(one: Standing) -> Found:
    """A plan's lead assists where somebody else leads the ticket."""
    assert one.found is not None
    found = one.found
    return Found(TaskRole.ASSIST, found.unit, found.person, found.instruction) if found.role is TaskRole.LEAD else found


def _limits(hand: PlanHand) -> Limits:
    given = {ClockKind.ACKNOWLEDGE: hand.answer, ClockKind.PART: hand.finish}
    return {kind: limit for kind, limit in given.items() if limit}


def _row(one: Standing, task: int | None) -> dict[str, Any]:
    """A hand as it is kept with the active plan: as the plan names it, and who that was."""
    gap = one.gap
    row: dict[str, Any] = {"name": one.hand.name, "part": one.hand.part.value, "asked": one.hand.asked, "task": task}
    row["zh"], row["en"] = one.hand.said
    if one.found is not None:
        row |= {"hand": one.found.name, "zh": one.found.label("zh"), "en": one.found.label("en")}
    row |= {name: limit for name in TIMES if (limit := getattr(one.hand, name))}
    if gap is not None:
        row["gap"] = {"code": gap.code.value, "zh": gap.zh, "en": gap.en}
    return row


def _owed(work: Work, plan: Contingency, gaps: list[Gap]) -> dict[str, Any]:
    """The grade that the plan gives the incident, where nobody gave one."""
    if not plan.grade or "grade" in work.case.ticket.facts:
        return {}
    owed = work.policy.upward.get(plan.grade)
    if owed is None:
        gaps.append(no_limits(plan))
        return {}
    return begin_owing(work, Grade(plan.grade), owed)


def _press_those_at_work(work: Work, standings: Sequence[Standing], made: set[int]) -> None:
    """Who had a part before is to answer in the plan's time, where that is sooner, and to come."""
    for one in standings:
        task = work.case.task_of(*one.found.key) if one.found is not None else None
        if task is None or task.id in made:
            continue
        if one.hand.answer and task.state == TaskState.SENT:
            _answer_sooner(work, task, one.hand.answer)
        comes = any(clock.kind == ClockKind.ARRIVE and clock.task_id == task.id for clock in work.case.clocks)
        if one.hand.arrive and task.state == TaskState.ACKNOWLEDGED and not comes:
            start_arrive_clock(work, task, one.hand.arrive)


def _answer_sooner(work: Work, task: TaskRecord, limit: str) -> None:
    for clock in work.case.live_clocks(ClockKind.ACKNOWLEDGE):
        changed = work.timing.rebase(clock, work.calendar, limit) if clock.task_id == task.id else None
        if changed is not None and clock.due_at is not None and changed["due_at"] < clock.due_at:
            work.effects.clocks.append(changed)
            work.note_moved(clock, changed)


def _tell(work: Work, plan: Contingency, gaps: Sequence[Gap]) -> None:
    """The duty leader hears that a plan is in force, and what it lacks."""
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    lacking_zh = f"，缺 {len(gaps)} 项" if gaps else ""
    lacking_en = f", {len(gaps)} needs not met" if gaps else ""
    work.tell_role(
        Role.DUTY_LEADER,
        "plan",
        f"{code} 启动预案“{plan.name}”{lacking_zh}：{zh}",
        f"{code}: plan {plan.title('en')} activated{lacking_en}: {en}",
        Severity.WARNING,
    )


# ------------------------------------------------------------------------------------------------ the checklist


def decide_tick(work: Work, order: Tick) -> Decision:
    """A line is done, or not done after all; a question has an answer, or another one, or none."""
    if (order.check is None) == (order.question is None):
        raise BadInput("tick-line", "须写清单行号或问题号，二者其一。", "Name a line of the checklist or a question.")
    code, plan = _active(work, order.plan)
    lines = [dict(line) for line in plan["checks" if order.check is not None else "questions"]]
    number = order.check or order.question or 0
    if number > len(lines):
        raise BadInput(
            "tick-line", f"预案 {code} 只有 {len(lines)} 行。", f"Plan {code} has {len(lines)} lines of that kind."
        )
    line = lines[number - 1]
    if order.check is not None:
        _tick(work, line, order.off)
        change: dict[str, Any] = {"checks": lines, "check": number}
    else:
        _answer(work, line, order)
        change = {"questions": lines, "question": number}
    kept = {name: value for name, value in change.items() if isinstance(value, list)}
    work.effects.set["facts"] = {**work.case.ticket.facts, FACT + code: {**plan, **kept}}
    said = {name: value for name, value in change.items() if isinstance(value, int)}
    return work.decision(plan=code, line=line["zh"], answer=order.answer, off=order.off, **said)


def _active(work: Work, named: str) -> tuple[str, Mapping[str, Any]]:
    """The plan that is meant: by its code or name, or the only one that is active."""
    active, code = active_plans(work.case.ticket.facts), work.case.ticket.code
    if not named:
        if len(active) > 1:
            raise BadInput(
                "plan-several",
                f"{code} 启动了多个预案，请写明：{'、'.join(active)}",
                f"Several plans are active on {code}, name one: {', '.join(active)}",
            )
        return next(iter(active.items()))
    wanted = named.strip()
    for key, plan in active.items():
        if wanted.upper() == key or wanted in (plan["name"], plan["name_en"]):
            return key, plan
    shown = wanted if wanted.isprintable() else ascii(wanted)
    raise NotFound("plan-not-active", f"{code} 没有启动预案“{shown}”。", f"Plan {shown} is not active on {code}.")


def _tick(work: Work, line: dict[str, Any], off: bool) -> None:
    if off == ("done_at" not in line):
        zh, en = (
            ("该行未勾选。", "That line is not ticked.") if off else ("该行已勾选。", "That line is ticked already.")
        )
        raise BadInput("no-change", zh, en)
    if off:
        line.pop("done_at"), line.pop("done_by")
    else:
        line.update(done_at=work.at, done_by=work.actor.code)


def _answer(work: Work, line: dict[str, Any], order: Tick) -> None:
    if not order.off and not order.answer:
        raise BadInput("tick-answer", "请写回答。", "Write the answer.")
    if order.off and "answer" not in line:
        raise BadInput("no-change", "该问题没有回答。", "That question has no answer.")
    if order.off:
        for name in ("answer", "at", "who"):
            line.pop(name)
    else:
        line.update(answer=order.answer, at=work.at, who=work.actor.code)
