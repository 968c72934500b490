"""Sending a ticket out: dispatch, re-dispatch, add units, return."""

from __future__ import annotations

from core.desk.orders import AddTask, Dispatch, Redispatch, Return
from core.desk.references import UnitView
from core.desk.verbs.intake import set_matter_or_part
from core.desk.verbs.limits import start_handling_clocks
from core.desk.work import Decision, Work
from core.rules.case import LIVE_CLOCKS, LIVE_TASKS
from core.rules.stages import refusal_of_lead
from data.errors import BadInput, NotAllowed
from data.tables import TaskRecord
from data.terms import ClockKind, Role, Severity, Stage, TaskRole, TaskState, UnitKind


def decide_dispatch(work: Work, order: Dispatch) -> Decision:
    """One lead, any number of assisting or informed units; by default where the catalogue sends it."""
    refuse_without_leader(work)
    set_matter_or_part(work, order.matter, order.limit_no, order.urgency)
    lead, assists = _targets(work, order)
    informed = [work.refs.unit_by_code(code) for code in order.inform]
    refuse_centre([lead, *assists, *informed])
    _refuse_doubles([lead, *assists, *informed])
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.ASSESS))
    give_lead(work, lead, order.instruction)
    _add_units(work, assists, TaskRole.ASSIST, order.instruction)
    _add_units(work, informed, TaskRole.INFORM, order.instruction)
    if work.case.ticket.dispatched_at is None:
        work.effects.set["dispatched_at"] = work.at
    return work.decision(to=lead.code, assist=[unit.code for unit in assists], inform=[unit.code for unit in informed])


def _targets(work: Work, order: Dispatch) -> tuple[UnitView, list[UnitView]]:
    """The lead and assisting units that were named, or the catalogue's."""
    routes = work.refs.routes()
    matter = work.matter()
    if order.to:
        return work.refs.unit_by_code(order.to), [work.refs.unit_by_code(code) for code in order.assist]
    if matter is None:
        raise BadInput("no-target", "未指定派往单位，事项也未确定。", "No unit named, and no matter to propose one.")
    assist = order.assist or [routes.get(code, code) for code in matter.assist]
    lead = work.refs.unit_by_code(routes.get(matter.lead, matter.lead))
    return lead, [unit for unit in map(work.refs.unit_by_code, assist) if unit.id != lead.id]


def give_lead(work: Work, unit: UnitView, instruction: str) -> None:
    """Make a unit the lead: its task, its clocks, custody."""
    task = work.send(unit, TaskRole.LEAD, instruction)
    ladder = work.ladder()
    work.effects.clocks.append(work.timing.start_policy(ClockKind.ACKNOWLEDGE, ladder, unit_id=unit.id, task_id=task))
    start_handling_clocks(work, unit, task)
    work.hold_unit(unit)
    work.stage(Stage.DISPATCHED)
    work.effects.set.update({"lead_unit_id": unit.id, "pending": "", "hops": work.case.ticket.hops + 1, "reason": ""})
    if unit.section and not work.effects.set.get("section", work.case.ticket.section):
        work.effects.set["section"] = unit.section
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    work.tell_unit(unit.id, "dispatch", f"派单 {code}：{zh}", f"Dispatched {code}: {en}", Severity.WARNING)


def _add_units(work: Work, units: list[UnitView], role: TaskRole, instruction: str) -> None:
    """Tasks for assisting and informed units; assisting ones have a clock of their own."""
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    for unit in units:
        task = work.send(unit, role, instruction, TaskState.SENT if role == TaskRole.ASSIST else TaskState.DONE)
        if role == TaskRole.ASSIST:
            clock = work.timing.start_policy(ClockKind.ACKNOWLEDGE, work.ladder(), unit_id=unit.id, task_id=task)
            work.effects.clocks.append(clock)
        work.tell_unit(unit.id, "dispatch", f"{role.zh} {code}：{zh}", f"{role.en} {code}: {en}")


def refuse_centre(units: list[UnitView]) -> None:
    """The centre dispatches; it is not a target itself."""
    for unit in units:
        if unit.kind == UnitKind.CENTRE:
            raise BadInput("not-a-target", f"{unit.name} 不能作为派往单位。", f"{unit.code} cannot be dispatched to.")


def _refuse_doubles(units: list[UnitView]) -> None:
    seen: set[int] = set()
    for unit in units:
        if unit.id in seen:
            raise BadInput("unit-twice", f"{unit.name} 出现了两次。", f"{unit.name_en or unit.code} is named twice.")
        seen.add(unit.id)


def refuse_without_leader(work: Work) -> None:
    """After the third bounce a leader must name the lead."""
    why = refusal_of_lead(work.case, work.actor.roles)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")


def decide_redispatch(work: Work, order: Redispatch) -> Decision:
    """Take the ticket from the unit that has it and give it to another."""
    refuse_without_leader(work)
    current = work.lead_or_refuse()
    unit = work.refs.unit_by_code(order.to)
    refuse_centre([unit])
    if unit.id == current.unit_id:
        raise BadInput(
            "same-unit", f"{unit.name} 已经是主办单位。", f"{unit.name_en or unit.code} has the ticket already."
        )
    release_task(work, current, TaskState.CANCELLED, order.reason)
    assisting = work.case.task_of(unit.id)
    if assisting is not None:
        release_task(work, assisting, TaskState.CANCELLED, order.reason)
    give_lead(work, unit, order.instruction)
    return work.decision(to=unit.code, reason=order.reason)


def release_task(work: Work, task: TaskRecord, state: TaskState, reason: str) -> None:
    """End a task; its unit's clocks stop, to go on where they stood if the ticket comes back."""
    work.change_task(task, state=state.value, done_at=work.at, reason=reason)
    for clock in work.case.clocks:
        bundle = clock.kind == ClockKind.HANDLE and clock.unit_id == task.unit_id and task.role == TaskRole.LEAD
        if clock.state in LIVE_CLOCKS and (bundle or clock.task_id == task.id):
            work.effects.clocks.append(work.timing.stop(clock, cancelled=True))


def decide_add_task(work: Work, order: AddTask) -> Decision:
    """More hands: assisting or informed units."""
    units = [work.refs.unit_by_code(code) for code in order.to]
    refuse_centre(units)
    _refuse_doubles(units)
    for unit in units:
        if work.case.task_of(unit.id) is not None:
            raise BadInput(
                "unit-has-task", f"{unit.name} 已有任务。", f"{unit.name_en or unit.code} has a task already."
            )
    _add_units(work, units, TaskRole(order.role), order.instruction)
    return work.decision(to=[unit.code for unit in units], role=order.role)


def decide_return(work: Work, order: Return) -> Decision:
    """Sent back: the final clock goes on, the unit's own stops, bounces are counted.

    At the policy's bounce limit the duty leader is asked for a lead, and nobody else may dispatch until then.
    """
    task = work.lead_or_refuse()
    ticket = work.case.ticket
    release_task(work, task, TaskState.RETURNED, order.reason)
    for assist in work.case.open_assists():
        release_task(work, assist, TaskState.CANCELLED, order.reason)
    bounces = ticket.bounces + 1
    work.effects.set.update({"bounces": bounces, "lead_unit_id": None, "reason": order.reason})
    work.stage(Stage.ASSESSED)
    work.hold_queue()
    restart_assess(work)
    if bounces >= work.policy.bounce_limit:
        work.effects.set["pending"] = "lead"
        work.tell_role(
            Role.DUTY_LEADER,
            "needs_lead",
            f"{ticket.code} 已退单 {bounces} 次，请指定主办单位",
            f"{ticket.code} was returned {bounces} times: name the lead unit",
        )
    late = ticket.final_due_at is not None and work.at > ticket.final_due_at
    return work.decision(code=order.code.value, reason=order.reason, unit=task.unit_id, after_deadline=late)


def restart_assess(work: Work) -> None:
    """The centre's own time to assess and dispatch goes on where it stood."""
    clock = work.case.newest_clock(ClockKind.ASSESS)
    if clock is None:
        work.effects.clocks.append(work.timing.start_policy(ClockKind.ASSESS, work.ladder()))
    elif clock.state not in LIVE_CLOCKS:
        work.effects.clocks.append(
            work.timing.go_on(clock, "returned", work.policy.limit(ClockKind.ASSESS, work.urgency()))
        )


def cancel_tasks(work: Work, reason: str) -> None:
    """End every live task: the ticket goes to other hands."""
    for task in work.case.tasks:
        if task.state in LIVE_TASKS:
            release_task(work, task, TaskState.CANCELLED, reason)
