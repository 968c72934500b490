"""What units do with a ticket: acknowledge, arrive, handle, finish a part, complete."""

from __future__ import annotations

from core.desk.orders import Acknowledge, Arrive, Complete, FinishTask, Handle
from core.desk.verbs.covering import end_cover
from core.desk.verbs.dispatching import release_task
from core.desk.verbs.limits import start_arrive_clock
from core.desk.work import Decision, Work
from core.rules.alerts import refusal_of_one_alone, refusal_without_finding
from core.rules.case import LIVE_CLOCKS
from core.rules.cover import cover_of
from core.rules.stages import refusal_of_open_assists
from data.errors import NotAllowed
from data.tables import TaskRecord
from data.terms import ClockKind, ClockState, Stage, TaskRole, TaskState


def decide_acknowledge(work: Work, order: Acknowledge) -> Decision:
    """The unit has it: its acknowledge clock stops, and the time to arrive starts where the matter asks for it."""
    task = work.task_for(order.unit)
    if task.state != TaskState.SENT:
        raise NotAllowed("acknowledged-already", "该任务已签收。", "This task is acknowledged already.")
    officer = work.officer_of(task)
    cover = cover_of(work.case.ticket) if task.role == TaskRole.LEAD else None
    if cover is not None and officer is None:
        officer = cover.b  # whom the desk spoke to is not written down; who answers does not change by it
    work.change_task(task, state=TaskState.ACKNOWLEDGED.value, acknowledged_at=work.at, officer_id=officer)
    _stop_task_clock(work, task, ClockKind.ACKNOWLEDGE)
    if task.role == TaskRole.LEAD:
        work.stage(Stage.ACKNOWLEDGED)
        # From here on custody knows the person; the desk that notes a phone call does not become the holder.
        work.effects.hold = {"officer_id": officer}
        if cover is not None and officer == cover.a:
            end_cover(work, cover)
    start_arrive_clock(work, task)
    return work.decision(unit=task.unit_id, officer=named(task))


def decide_arrive(work: Work, order: Arrive) -> Decision:
    """The unit is on scene."""
    task = work.task_for(order.unit)
    if task.state == TaskState.SENT:
        raise NotAllowed("not-acknowledged", "该任务还未签收。", "This task is not acknowledged yet.")
    if task.state == TaskState.ARRIVED:
        raise NotAllowed("arrived-already", "该任务已到场。", "This unit has arrived already.")
    work.change_task(task, state=TaskState.ARRIVED.value, arrived_at=work.at, people=order.people or task.people)
    _stop_task_clock(work, task, ClockKind.ARRIVE)
    if task.role == TaskRole.LEAD:
        work.stage(Stage.ON_SCENE)
    return work.decision(unit=task.unit_id, officer=named(task), people=order.people)


def decide_handle(work: Work, order: Handle) -> Decision:
    """Work goes on; `made_safe` stops the make-safe clock."""
    if order.made_safe:
        safe = work.case.live_clocks(ClockKind.MAKE_SAFE)
        if not safe:
            raise NotAllowed("no-make-safe", "没有正在计时的控险时限。", "There is no make-safe clock running.")
        work.effects.clocks.extend(work.timing.stop(clock) for clock in safe)
    work.stage(Stage.HANDLING)
    return work.decision(note=order.note, made_safe=order.made_safe)


def decide_finish_task(work: Work, order: FinishTask) -> Decision:
    """An assisting unit has done its part."""
    task = work.task_for(order.unit)
    if task.role == TaskRole.LEAD:
        raise NotAllowed("lead-finish", "主办单位请用“办结”。", "The lead unit completes the ticket instead.")
    work.change_task(
        task, state=TaskState.DONE.value, done_at=work.at, result=order.result, people=order.people or task.people
    )
    for clock in work.case.clocks:
        if clock.task_id == task.id and clock.state in LIVE_CLOCKS:
            work.effects.clocks.append(work.timing.stop(clock, cancelled=clock.kind == ClockKind.ARRIVE))
    return work.decision(unit=task.unit_id, officer=named(task), result=order.result)


def decide_complete(work: Work, order: Complete) -> Decision:
    """Done: the final clock is judged, the ticket goes to the centre for the check."""
    why = (
        refusal_without_finding(work.case)
        or refusal_of_one_alone(work.case, order.open_assist_reason, work.actor.roles)
        or refusal_of_open_assists(work.case, order.open_assist_reason)
    )
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    task = work.task = work.lead_or_refuse()
    work.change_task(
        task, state=TaskState.DONE.value, done_at=work.at, result=order.outcome, people=order.people or task.people
    )
    for assist in work.case.open_assists():
        release_task(work, assist, TaskState.CANCELLED, order.open_assist_reason)
    settled = {clock["id"] for clock in work.effects.clocks}
    for clock in work.case.work_clocks():
        if clock.id not in settled:
            _settle(work, clock.id, clock.kind)
    work.effects.set.update(
        {
            "completed_at": work.at,
            "outcome": order.outcome,
            "public_reply": order.public_reply,
            "on_time": on_time(work),
        }
    )
    work.stage(Stage.COMPLETED)
    work.hold_queue()
    work.effects.clocks.append(work.timing.start_policy(ClockKind.CHECK, work.ladder()))
    return work.decision(open_assist_reason=order.open_assist_reason)


def named(task: TaskRecord) -> int | None:
    """The officer whose own task it is, for the log."""
    return task.officer_id if task.addressed else None


def _settle(work: Work, clock_id: int, kind: str) -> None:
    """Completion answers the clocks that wait for work; one that waits for somebody to come is cancelled."""
    clock = next(clock for clock in work.case.clocks if clock.id == clock_id)
    work.effects.clocks.append(work.timing.stop(clock, cancelled=kind in (ClockKind.ACKNOWLEDGE, ClockKind.ARRIVE)))


def on_time(work: Work) -> bool:
    """Whether the final clock (or the official deadline it came with) was met, and what joined tickets brought."""
    ticket = work.case.ticket
    joined = [clock["state"] for clock in work.effects.clocks if clock.get("kind") == ClockKind.JOINED]
    if ClockState.MISSED in joined:
        return False
    if ticket.official_due_at is not None:
        return work.at <= ticket.official_due_at
    for clock in work.effects.clocks:
        if clock.get("kind") == ClockKind.FINAL.value:
            return bool(clock["state"] == ClockState.MET.value)
    return True


def _stop_task_clock(work: Work, task: TaskRecord, kind: ClockKind) -> None:
    for clock in work.case.live_clocks(kind):
        if clock.task_id == task.id:
            work.effects.clocks.append(work.timing.stop(clock))
