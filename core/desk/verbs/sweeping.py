"""Learning by analogy (举一反三): a sweep over many units, and pressing those who have not done their part.

A sweep is a ticket of its own with the units as its hands, so that acknowledgement, clocks, ladders, custody and
accountability are those of any ticket; see docs/sweeps.md for why hands and not child tickets.
"""

from __future__ import annotations

from typing import Any

from core.desk.addressing import addressed_units, audience_words
from core.desk.hands import Found, Hand, refuse_doubles
from core.desk.numbers import next_code
from core.desk.references import UnitView
from core.desk.sweep_orders import Cordon, RemindHands, Sweep
from core.desk.verbs.dispatching import add_hands, give_lead
from core.desk.verbs.guarding import guard
from core.desk.verbs.intake import set_matter
from core.desk.work import Decision, Work
from core.rules.budgets import Budget
from core.rules.case import LIVE_TASKS
from core.rules.sweeps import SWEEP
from data.errors import BadInput
from data.ids import new_id
from data.tables import TaskRecord
from data.terms import ClockKind, Severity, Source, TaskRole, TaskState


def decide_sweep(work: Work, order: Sweep) -> Decision:
    """Open the sweep's ticket, with a lead and every unit that is meant as an assisting hand."""
    origin = work.case.ticket
    opened = Work(work.ledger.new_case(new_id()), work.refs, work.at, work.actor, work.ledger)
    lead, units = _lead(work, order), addressed_units(work.refs, order)
    hands = [Found(TaskRole.ASSIST, unit) for unit in units if unit.id != lead.unit.id or lead.person is not None]
    refuse_doubles([lead, *hands])
    code = next_code(work.ledger, work.refs)
    _describe(opened, work, order, code)
    kept = guard(opened, [lead, *hands], order.override)
    # Its own row says so already: clocks and notices read it there.
    opened.case.ticket.code = code
    give_lead(opened, lead.unit, order.instruction, lead.person)
    add_hands(opened, hands, order.instruction)
    chosen = audience_words(order)
    work.and_of(
        "report", opened, source=Source.SWEEP.value, learnt_from=origin.code, hands=len(hands), **chosen, **kept
    )
    links = set(origin.facts.get("links", ())) | {opened.case.ticket.id}
    work.effects.set["facts"] = {**origin.facts, "links": sorted(links)}
    return work.decision(opened=code, title=order.title, lead=lead.name, hands=len(hands), **chosen)


def _describe(opened: Work, work: Work, order: Sweep, code: str) -> None:
    """What the sweep's ticket is, before anybody has it."""
    origin = work.case.ticket
    limit = order.limit or work.policy.limit(ClockKind.FINAL, order.urgency)
    facts: dict[str, Any] = {
        "links": [origin.id],
        SWEEP: {"of": origin.id, "limit": Budget.parse(limit).format(), "matter": order.matter or origin.matter_code},
    }
    opened.effects.set.update(
        {
            "code": code,
            "source": Source.SWEEP.value,
            "title": order.title,
            "body": order.instruction,
            "confidential": origin.confidential,
            "urgency": order.urgency.value,
            "section": origin.section,
            "reported_at": work.at,
            "accepted_at": work.at,
            "dispatched_at": work.at,
            "policy_version": work.refs.version("policy"),
            "calendar_version": work.refs.version("calendar", work.refs.centre().calendar),
            "facts": facts,
        }
    )
    if facts[SWEEP]["matter"]:
        set_matter(opened, facts[SWEEP]["matter"], 0, order.urgency)


def _lead(work: Work, order: Sweep) -> Found:
    """Who runs it. Raises BadInput where nobody is named and nobody follows from the ticket."""
    if order.lead:
        return work.finder.find(Hand.read(order.lead, TaskRole.LEAD))
    last = work.case.last_lead_task()
    unit: UnitView | None = work.refs.unit(last.unit_id) if last is not None else None
    if unit is not None and unit.closed_at is None:
        return Found(TaskRole.LEAD, unit)
    code = order.matter or work.case.ticket.matter_code
    if not code:
        raise BadInput("sweep-lead", "请写明由谁牵头（lead）。", "Say who runs it (lead): nobody led this ticket.")
    proposed = work.refs.matter(code).lead
    return work.finder.find(Hand(TaskRole.LEAD, unit=work.refs.routes().get(proposed, proposed)))


def decide_cordon(work: Work, order: Cordon) -> Decision:
    """The first safety step is on record, whoever has the ticket; what makes it safe for good is handled later."""
    ticket = work.case.ticket
    step = {"at": work.at, "by": work.actor.code, "note": order.note}
    work.effects.set["facts"] = {**ticket.facts, "cordon": step}
    return work.decision(note=order.note, before_dispatch=ticket.dispatched_at is None)


def decide_remind_hands(work: Work, order: RemindHands) -> Decision:
    """Press everybody whose part is open; those who have done it hear nothing. Counted once for the ticket."""
    wanted = {work.refs.unit_by_code(name).id for name in order.units}
    open_tasks = [task for task in work.case.tasks if _is_owed(task, order.silent)]
    chosen = [task for task in open_tasks if not wanted or wanted & set(_line(work, task.unit_id))]
    if not chosen:
        raise BadInput("nobody-owes", "没有需要提醒的：都已完成。", "Nobody is left to be reminded.")
    ticket = work.case.ticket
    work.effects.set["reminders"] = ticket.reminders + 1
    text_zh = f"提醒 {ticket.code}：{order.note or work.subject('zh')}"
    text_en = f"Reminder of {ticket.code}: {order.note or work.subject('en')}"
    for task in chosen:
        if task.addressed and task.officer_id is not None:
            work.tell_person(task.officer_id, "remind", text_zh, text_en, Severity.WARNING)
        else:
            work.tell_unit(task.unit_id, "remind", text_zh, text_en, Severity.WARNING)
    return work.decision(note=order.note, reminded=len(chosen), silent=order.silent, units=list(order.units))


def _is_owed(task: TaskRecord, silent: bool) -> bool:
    return task.state == TaskState.SENT if silent else task.state in LIVE_TASKS


def _line(work: Work, unit_id: int) -> list[int]:
    """A unit and those over it."""
    found: list[int] = []
    unit = work.refs.unit(unit_id)
    while unit is not None and unit.id not in found:
        found.append(unit.id)
        unit = work.refs.unit(unit.parent_id)
    return found
