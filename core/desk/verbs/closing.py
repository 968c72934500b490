"""The end of a ticket's life: check, call back, archive, void."""

from __future__ import annotations

from core.desk.orders import Archive, CallBack, Check, Void
from core.desk.verbs.intake import end_life
from core.desk.verbs.joining import file_joined, joined_cases, main_of, open_children
from core.desk.work import Decision, Work
from core.rules.case import LIVE_CLOCKS
from core.rules.joining import WORKED_ON, stopped_promises, waits_for_call
from data.errors import BadInput, NotAllowed
from data.terms import ClockKind, Satisfaction, Severity, Stage, TaskRole, TaskState

SHOWN = 5
"""So many tickets are named in a refusal."""


def decide_check(work: Work, order: Check) -> Decision:
    """The work is checked; failed means rework by the same unit, on the same clock."""
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.CHECK))
    if not order.passed:
        if not order.note:
            raise BadInput("rework-reason", "核查不通过须说明原因。", "Say why the check failed.")
        _rework(work, order.note)
        return work.decision(passed=False, note=order.note)
    work.stage(Stage.CHECKED)
    work.effects.clocks.append(work.timing.start_policy(ClockKind.CALL_BACK, work.ladder()))
    return work.decision(passed=True, note=order.note)


def decide_call_back(work: Work, order: CallBack) -> Decision:
    """What the reporter says. Dissatisfied means rework; not reached leaves the call to be made again.

    The reporter of a joined ticket is called for that one, once the main ticket was checked; the rework is the main's.
    """
    main = _main_checked(work) if work.case.stage == Stage.MERGED else None
    if order.result == Satisfaction.UNREACHED:
        attempts = int(work.case.ticket.facts.get("call_attempts", 0)) + 1
        work.effects.set["facts"] = {**work.case.ticket.facts, "call_attempts": attempts}
        return work.decision(result=order.result.value, note=order.note, attempts=attempts)
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.CALL_BACK))
    work.effects.set["satisfaction"] = order.result.value
    if order.result == Satisfaction.DISSATISFIED:
        if not order.note:
            raise BadInput("rework-reason", "不满意须记录原因。", "Write down why the reporter is dissatisfied.")
        _rework(main or work, order.note)
        if main is not None:
            calls = main.case.live_clocks(ClockKind.CALL_BACK)
            main.effects.clocks.extend(main.timing.stop(clock, cancelled=True) for clock in calls)
            work.and_of("call_back", main, joined=work.case.ticket.code, result=order.result.value, note=order.note)
    elif main is None:
        work.stage(Stage.CALLED_BACK)
    return work.decision(result=order.result.value, note=order.note)


def decide_archive(work: Work, order: Archive) -> Decision:
    """Filed. The ticket's life ends here, and custody adds up to it; joined tickets end with it.

    Every reporter was called back, and no part of it is open, or the record says why.
    """
    owed = work.case.live_clocks(ClockKind.UP_PHONE, ClockKind.UP_WRITTEN)
    if owed:
        kind = ClockKind(owed[0].kind)
        raise NotAllowed("upward-owed", f"{kind.zh}尚未完成，不能归档。", f"A {kind.en} is still owed: make it first.")
    joined = joined_cases(work)
    waiting = [case.ticket.code for case in joined if waits_for_call(case)]
    if waiting and not order.open_calls_reason:
        raise NotAllowed(
            "calls-open",
            f"并案事件还有 {len(waiting)} 位上报人未回访（{'、'.join(waiting[:SHOWN])}），须回访或说明原因。",
            f"{len(waiting)} reporters of joined tickets were not called back ({', '.join(waiting[:SHOWN])}): "
            "call them or say why not.",
        )
    children = open_children(work)
    if children and not order.open_children_reason:
        raise NotAllowed(
            "children-open",
            f"还有 {children} 件子事件未结，须说明原因。",
            f"{children} children are open: say why it is filed over them.",
        )
    for case in joined:
        file_joined(work, case, order.open_calls_reason if case.ticket.code in waiting else "")
    end_life(work, Stage.ARCHIVED)
    return work.decision(
        note=order.note,
        open_calls_reason=order.open_calls_reason if waiting else "",
        open_children_reason=order.open_children_reason if children else "",
    )


def _main_checked(work: Work) -> Work:
    """The ticket that this one is joined into. Raises NotAllowed while its work is not checked."""
    main = main_of(work)
    if main.case.stage in WORKED_ON:
        return main
    code, stage = main.case.ticket.code, main.case.stage
    raise NotAllowed(
        "main-not-checked",
        f"主事件 {code} 现在是“{stage.zh}”，核查后才能回访。",
        f"The main ticket {code} is {stage.en}: reporters are called back when it was checked.",
    )


def decide_void(work: Work, order: Void) -> Decision:
    """Struck out with a reason; the log stays."""
    end_life(work, Stage.VOID)
    work.effects.set["reason"] = order.reason
    return work.decision(reason=order.reason)


def _rework(work: Work, reason: str) -> None:
    """Back to the unit that did it: its clock and the ticket's go on where they stood."""
    last = work.case.last_lead_task()
    unit = work.refs.unit(last.unit_id) if last else None
    if last is None or unit is None:
        raise NotAllowed("no-lead", "没有可返工的单位。", "There is no unit to send the work back to.")
    task = work.send(unit, TaskRole.LEAD, reason, TaskState.ACKNOWLEDGED)
    named = {"addressed": last.addressed} if last.addressed else {}
    work.effects.tasks[-1].update(acknowledged_at=work.at, officer_id=last.officer_id, **named)
    stopped = {clock["id"] for clock in work.effects.clocks}
    judged = stopped_promises(work.case)
    newest = (
        work.case.newest_clock(ClockKind.FINAL),
        work.case.newest_clock(ClockKind.HANDLE, unit.id),
        *(clock for clock in work.case.clocks if clock.id in judged),
    )
    for clock in newest:
        if clock is not None and clock.state not in LIVE_CLOCKS and clock.id not in stopped:
            effect = work.timing.go_on(clock, "rework")
            work.effects.clocks.append({**effect, "task_id": task} if clock.kind == ClockKind.HANDLE else effect)
    work.effects.set.update({"reworks": work.case.ticket.reworks + 1, "completed_at": None, "on_time": None})
    work.stage(Stage.HANDLING)
    work.hold_unit(unit, last.officer_id)
    code = work.case.ticket.code
    zh, en = f"返工 {code}：{reason}", f"Rework {code}: {reason}"
    if last.addressed and last.officer_id is not None:
        work.tell_person(last.officer_id, "rework", zh, en, Severity.WARNING)
    else:
        work.tell_unit(unit.id, "rework", zh, en, Severity.WARNING)
