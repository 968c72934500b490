"""Sending a ticket out: dispatch, re-dispatch, add units, return."""

from __future__ import annotations

from collections.abc import Sequence

from core.desk.hands import Found, Hand, Person, read_hands, refuse_doubles
from core.desk.orders import AddTask, Dispatch, Redispatch, Return
from core.desk.references import UnitView
from core.desk.verbs.guarding import guard
from core.desk.verbs.intake import set_matter_or_part
from core.desk.verbs.limits import NO_LIMITS, Limits, start_assisting_clocks, start_handling_clocks
from core.desk.work import Decision, Work
from core.rules.alerts import JOINTLY
from core.rules.case import LIVE_CLOCKS, LIVE_TASKS
from core.rules.requests import RULES
from core.rules.stages import refusal_of_lead
from data.errors import BadInput, NotAllowed
from data.tables import TaskRecord
from data.terms import ClockKind, RequestKind, Role, Severity, Stage, TaskRole, TaskState


def decide_dispatch(work: Work, order: Dispatch) -> Decision:
    """One lead, any number of assisting or informed hands; by default where the catalogue sends it."""
    refuse_without_leader(work)
    set_matter_or_part(work, order.matter, order.limit_no, order.urgency)
    hands = _targets(work, order)
    refuse_doubles(hands)
    kept = guard(work, hands, order.override)
    lead, *others = hands
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.ASSESS))
    give_lead(work, lead.unit, lead.instruction or order.instruction, lead.person)
    add_hands(work, others, order.instruction)
    if order.jointly:
        _bind(work, others)
    if work.case.ticket.dispatched_at is None:
        work.effects.set["dispatched_at"] = work.at
    return work.decision(
        to=lead.name, **parts_of(others), instructions=instructions_of(hands), jointly=order.jointly, **kept
    )


def _bind(work: Work, hands: Sequence[Found]) -> None:
    """The parts without which the lead cannot finish."""
    parts = [list(hand.key) for hand in hands if hand.role == TaskRole.ASSIST]
    if not parts:
        raise BadInput("jointly-with", "同到同办须有协办单位。", "Jointly with whom? Name an assisting hand.")
    work.effects.set["facts"] = {**work.case.ticket.facts, JOINTLY: parts}


def _targets(work: Work, order: Dispatch) -> list[Found]:
    """The hands that were named, the lead first; without a lead the catalogue's."""
    hands = read_hands(order.to, order.assist, order.inform)
    if not order.to:
        hands = _proposed(work, hands)
    return [work.finder.find(hand) for hand in hands]


def _proposed(work: Work, named: list[Hand]) -> list[Hand]:
    """The catalogue's lead, and its assisting units where none are named."""
    matter = work.matter()
    if matter is None:
        raise BadInput("no-target", "未指定派往单位，事项也未确定。", "No unit named, and no matter to propose one.")
    routes = work.refs.routes()
    lead = routes.get(matter.lead, matter.lead)
    if not any(hand.role == TaskRole.ASSIST for hand in named):
        assists = [routes.get(code, code) for code in matter.assist]
        named = [*(Hand(TaskRole.ASSIST, unit=code) for code in assists if code != lead), *named]
    return [Hand(TaskRole.LEAD, unit=lead), *named]


def parts_of(hands: Sequence[Found]) -> dict[str, list[str]]:
    """Who assists and who is informed, for the log."""
    return {
        role.value: [hand.name for hand in hands if hand.role == role] for role in (TaskRole.ASSIST, TaskRole.INFORM)
    }


def instructions_of(hands: Sequence[Found]) -> dict[str, str] | None:
    """What single hands were asked to do, for the log."""
    return {hand.name: hand.instruction for hand in hands if hand.instruction} or None


def give_lead(work: Work, unit: UnitView, instruction: str, person: Person | None = None) -> None:
    """Make a unit the lead, or one of its officers by name: the task, its clocks, custody."""
    task = work.send(unit, TaskRole.LEAD, instruction, person=person)
    ladder = work.ladder()
    work.effects.clocks.append(work.timing.start_policy(ClockKind.ACKNOWLEDGE, ladder, unit_id=unit.id, task_id=task))
    start_handling_clocks(work, unit, task)
    work.hold_unit(unit, person.id if person else None)
    work.stage(Stage.DISPATCHED)
    work.effects.set.update({"lead_unit_id": unit.id, "pending": "", "hops": work.case.ticket.hops + 1, "reason": ""})
    if unit.section and not work.effects.set.get("section", work.case.ticket.section):
        work.effects.set["section"] = unit.section
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    hand = Found(TaskRole.LEAD, unit, person)
    work.tell_hand(hand, "dispatch", f"派单 {code}：{zh}", f"Dispatched {code}: {en}", Severity.WARNING)


def add_hands(
    work: Work, hands: Sequence[Found], instruction: str, limits: Sequence[Limits] | None = None
) -> list[int]:
    """Tasks for assisting and informed hands; assisting ones have clocks of their own. Gives the tasks' ids.

    `limits` are the times that a plan gives each of them, where it is one that sends them.
    """
    made: list[int] = []
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    assisting: list[tuple[UnitView, int]] = []
    times: list[Limits] = []
    for place, hand in enumerate(hands):
        state = TaskState.SENT if hand.role == TaskRole.ASSIST else TaskState.DONE
        task = work.send(hand.unit, hand.role, hand.instruction or instruction, state, hand.person)
        made.append(task)
        if hand.role == TaskRole.ASSIST:
            assisting.append((hand.unit, task))
            times.append(limits[place] if limits else NO_LIMITS)
        work.tell_hand(hand, "dispatch", f"{hand.role.zh} {code}：{zh}", f"{hand.role.en} {code}: {en}")
    start_assisting_clocks(work, assisting, times)
    return made


def refuse_without_leader(work: Work) -> None:
    """After the third bounce a leader must name the lead."""
    why = refusal_of_lead(work.case, work.actor.roles)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")


def decide_redispatch(work: Work, order: Redispatch) -> Decision:
    """Take the ticket from the unit that has it and give it to another."""
    refuse_without_leader(work)
    current = work.lead_or_refuse()
    hand = work.finder.find(Hand.read(order.to, TaskRole.LEAD))
    if hand.has(current):
        raise BadInput(
            "same-unit", f"{hand.label('zh')} 已经是主办单位。", f"{hand.label('en')} has the ticket already."
        )
    kept = guard(work, [hand], order.override)
    release_task(work, current, TaskState.CANCELLED, order.reason)
    assisting = work.case.task_of(*hand.key)
    if assisting is not None:
        release_task(work, assisting, TaskState.CANCELLED, order.reason)
    give_lead(work, hand.unit, hand.instruction or order.instruction, hand.person)
    return work.decision(to=hand.name, reason=order.reason, **kept)


def release_task(work: Work, task: TaskRecord, state: TaskState, reason: str) -> None:
    """End a task; its unit's clocks stop, to go on where they stood if the ticket comes back."""
    work.change_task(task, state=state.value, done_at=work.at, reason=reason)
    for clock in work.case.clocks:
        bundle = clock.kind == ClockKind.HANDLE and clock.unit_id == task.unit_id and task.role == TaskRole.LEAD
        if clock.state in LIVE_CLOCKS and (bundle or clock.task_id == task.id):
            work.effects.clocks.append(work.timing.stop(clock, cancelled=True))


def decide_add_task(work: Work, order: AddTask) -> Decision:
    """More hands: assisting or informed units and people."""
    role = TaskRole(order.role)
    named = [Hand.read(text, role) for text in order.to] + read_hands("", inform=order.inform)
    if not named:
        raise BadInput("no-target", "没有说明加派给谁。", "Nobody is named to be added.")
    hands = more_hands(work, named)
    kept = guard(work, hands, order.override) | {"instructions": instructions_of(hands)}
    add_hands(work, hands, order.instruction)
    if not order.inform:
        return work.decision(to=[hand.name for hand in hands], role=order.role, **kept)
    return work.decision(**parts_of(hands), **kept)


def more_hands(work: Work, named: Sequence[Hand]) -> list[Found]:
    """Hands that are not at work on the ticket yet. Raises BadInput for one that is."""
    hands = [work.finder.find(hand) for hand in named]
    refuse_doubles(hands)
    for hand in hands:
        if work.case.task_of(*hand.key) is not None:
            raise BadInput("unit-has-task", f"{hand.label('zh')} 已有任务。", f"{hand.label('en')} has a task already.")
    return hands


def decide_return(work: Work, order: Return) -> Decision:
    """Sent back: the final clock goes on, the unit's own stops, bounces are counted.

    At the policy's bounce limit the duty leader is asked for a lead, and nobody else may dispatch until then.
    """
    if work.policy.return_by_request and not work.actor.roles & RULES[RequestKind.RETURN].deciders:
        raise NotAllowed(
            "return-by-request",
            "退单须经同意，请申请退单。",
            "A return needs a decision here: ask for it (request return).",
        )
    task = work.task = work.lead_or_refuse()
    late = send_back(work, task, order.reason)
    return work.decision(code=order.code.value, reason=order.reason, unit=task.unit_id, after_deadline=late)


def send_back(work: Work, task: TaskRecord, reason: str) -> bool:
    """From the lead unit into the centre's queue; whether it came after the deadline."""
    ticket = work.case.ticket
    release_task(work, task, TaskState.RETURNED, reason)
    for assist in work.case.open_assists():
        release_task(work, assist, TaskState.CANCELLED, reason)
    bounces = ticket.bounces + 1
    late = ticket.final_due_at is not None and work.at > ticket.final_due_at
    work.effects.set.update({"bounces": bounces, "lead_unit_id": None, "reason": reason})
    if late:
        work.effects.set["late_returns"] = ticket.late_returns + 1
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
    return late


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
