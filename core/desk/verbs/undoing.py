"""Undo: the inverse of the newest deed on a ticket, on the record as an event of its own.

What the deed changed is set back to what the log says it was before, as facts in the event. Nothing else moves: time
that has passed stays with whoever had the ticket, and a deadline is where it was before the deed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from core.desk.actor import Actor
from core.desk.orders import Undo
from core.desk.references import References
from core.desk.work import Decision, Message, Work
from core.rules.case import LIVE_CLOCKS, LIVE_TASKS, Case
from core.rules.projection import HOLD_FIELDS, apply, open_case
from core.rules.stages import refusal_of_lead
from core.rules.undoing import Deed, newest_deed, refusal_of_undo
from core.rules.why import Why
from data.errors import NotAllowed
from data.tables import Notice, TaskRecord, TicketEvent, table
from data.terms import Severity, TaskState

NAMES_A_LEAD = frozenset({"dispatch", "redispatch", "hand_up", "hand_down"})
"""Verbs that give a ticket a new lead: after the third bounce they are the leader's."""


@dataclass(frozen=True)
class Logged:
    """An event of a ticket: what the rules ask about it, its number in the chain, and its effects."""

    deed: Deed
    number: int
    effects: Mapping[str, Any]


def log_of(connection: Connection, case: Case) -> list[Logged]:
    """A ticket's events in order."""
    events = table(TicketEvent).c
    rows = connection.execute(
        select(events.id, events.seq, events.at, events.kind, events.actor_id, events.actor, events.body)
        .where(events.centre_id == case.ticket.centre_id, events.ticket_id == case.ticket.id)
        .order_by(events.seq)
    )
    return [
        Logged(
            Deed(
                row.seq,
                row.at,
                row.kind,
                row.actor_id,
                row.actor,
                row.body.get("undoes"),
                bool(row.body.get("by_desk")),
            ),
            row.id,
            row.body.get("effects", {}),
        )
        for row in rows
    ]


def refusal(case: Case, actor: Actor, refs: References, at: int, titles: Mapping[str, tuple[str, str]]) -> Why | None:
    """Why this officer cannot undo the newest deed of a ticket now, or None. `titles` are the verbs' in zh and en."""
    log = log_of(refs.connection, case)
    deed = newest_deed([event.deed for event in log])
    zh, en = titles.get(deed.kind, (deed.kind, deed.kind)) if deed is not None else ("", "")
    why = refusal_of_undo(deed, zh, en, actor.id, actor.roles, at)
    if why is None and deed is not None and deed.kind == "activate_plan" and "upward" in case.ticket.facts:
        return Why("undo-reported", "已向上报送信息，不能撤销预案", "a report went upward since: the plan stays")
    if why is None and deed is not None and deed.kind in NAMES_A_LEAD:
        why = refusal_of_lead(_before(case, log, deed.seq), actor.roles)
    return why


def decide_undo(work: Work, order: Undo) -> Decision:
    """Set back what the newest deed changed; whoever it had told is told that it is undone."""
    log = log_of(work.refs.connection, work.case)
    deed = newest_deed([event.deed for event in log])
    if deed is None:
        raise NotAllowed("undo-nothing", "没有可以撤销的步骤。", "There is nothing to undo.")
    undone = next(event for event in log if event.deed is deed)
    before = _before(work.case, log, deed.seq)
    _set_back(work, before, undone.effects)
    _give_back(work, before, undone.effects)
    back = _tasks_back(work, before, undone.effects)
    _clocks_back(work, before, undone.effects)
    _tell(work, undone, back)
    return work.decision(undoes=deed.seq, undone=deed.kind, undone_by=deed.actor, undone_at=deed.at, note=order.note)


def _before(case: Case, log: Sequence[Logged], seq: int) -> Case:
    """The ticket as it was in front of an event, from the log."""
    found = open_case(case.ticket.centre_id, case.ticket.id)
    for event in log:
        if event.deed.seq >= seq:
            break
        apply(found, event.deed.seq, event.deed.at, event.effects)
    return found


def _set_back(work: Work, before: Case, effects: Mapping[str, Any]) -> None:
    """The ticket's fields. Of its loose facts only those that the deed touched: a mediation counted since stays."""
    for name, made in effects.get("set", {}).items():
        old, now = getattr(before.ticket, name), getattr(work.case.ticket, name)
        if isinstance(made, dict):
            touched = {key for key in {*old, *made} if old.get(key) != made.get(key)}
            kept = {key: value for key, value in now.items() if key not in touched}
            old = {**kept, **{key: old[key] for key in touched if key in old}}
        work.effects.set[name] = old


def _give_back(work: Work, before: Case, effects: Mapping[str, Any]) -> None:
    """The hands that had it before; what has passed stays with those that had it meanwhile."""
    if effects.get("hold"):
        ticket = before.ticket
        hands = (ticket.holder, ticket.holder_unit_id, ticket.holder_officer_id, ticket.tier)
        work.effects.hold = dict(zip(HOLD_FIELDS, hands, strict=True))


def _tasks_back(work: Work, before: Case, effects: Mapping[str, Any]) -> list[TaskRecord]:
    """New tasks are withdrawn, the others are as before. Gives the tasks that are under way again."""
    old = {task.id: task for task in before.tasks}
    now = {task.id: task for task in work.case.tasks}
    back: list[TaskRecord] = []
    for facts in effects.get("tasks", ()):
        task = now[facts["id"]]
        earlier = old.get(task.id)
        if earlier is None:
            work.change_task(task, state=TaskState.WITHDRAWN.value, done_at=work.at)
            continue
        work.change_task(task, **{name: getattr(earlier, name) for name in facts if name != "id"})
        if earlier.state in LIVE_TASKS and task.state not in LIVE_TASKS:
            back.append(task)
    return back


def _clocks_back(work: Work, before: Case, effects: Mapping[str, Any]) -> None:
    """New clocks are withdrawn, the others go on as if the deed had never been."""
    old = {clock.id: clock for clock in before.clocks}
    now = {clock.id: clock for clock in work.case.clocks}
    for number in dict.fromkeys(facts["id"] for facts in effects.get("clocks", ())):
        clock, earlier = now[number], old.get(number)
        if earlier is not None:
            effect = work.timing.set_back(clock, earlier)
            work.effects.clocks.append(effect)
            if clock.due_at is not None and effect["due_at"] is not None:
                work.note_moved(clock, effect)
        elif clock.state in LIVE_CLOCKS:
            work.effects.clocks.append(work.timing.withdraw(clock))


def _tell(work: Work, undone: Logged, back: Sequence[TaskRecord]) -> None:
    """Everybody whom the deed told, and every unit that has its task again."""
    notices = table(Notice).c
    rows = work.refs.connection.execute(
        select(notices.unit_id, notices.officer_id)
        .where(
            notices.centre_id == work.case.ticket.centre_id,
            notices.ticket_id == work.case.ticket.id,
            notices.event_no == undone.number,
            notices.channel == "console",
        )
        .order_by(notices.id)
    ).all()
    code, zh, en = work.case.ticket.code, work.subject("zh"), work.subject("en")
    told = {(row.unit_id, row.officer_id) for row in rows}
    for unit_id, officer_id in dict.fromkeys((row.unit_id, row.officer_id) for row in rows):
        work.messages.append(
            Message(
                "undo",
                Severity.WARNING,
                f"已撤销，不必办理 {code}：{zh}",
                f"Withdrawn, nothing to do: {code}: {en}",
                unit_id=unit_id,
                officer_id=officer_id,
            )
        )
    for task in back:
        if task.addressed and task.officer_id is not None:
            if (None, task.officer_id) not in told:
                words = f"仍由你办理 {code}：{zh}", f"Yours again: {code}: {en}"
                work.tell_person(task.officer_id, "undo", *words, Severity.WARNING)
        elif (task.unit_id, None) not in told:
            work.tell_unit(
                task.unit_id, "undo", f"仍由你单位办理 {code}：{zh}", f"Yours again: {code}: {en}", Severity.WARNING
            )
