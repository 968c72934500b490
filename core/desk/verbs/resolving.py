"""Decisions of a meeting: each becomes a task of the ticket, or a ticket of its own where nobody has this one."""

from __future__ import annotations

from typing import Any

from core.desk.hands import Found, Hand
from core.desk.meeting_orders import Decide
from core.desk.verbs.guarding import guard
from core.desk.verbs.limits import NO_LIMITS, start_assisting_clocks
from core.desk.verbs.meeting import local, the_meeting
from core.desk.verbs.opening import open_child
from core.desk.work import Decision, Work
from core.rules.local_time import read_end
from core.rules.meetings import FURTHEST
from core.rules.stages import OUT
from data.errors import BadInput, NotAllowed
from data.meeting_terms import MeetingKind, MeetingState
from data.tables import MeetingRecord, TaskRecord
from data.terms import ClockKind, TaskRole, Urgency


def decide_decide(work: Work, order: Decide) -> Decision:
    """One decision: what, who, by when."""
    meeting = the_meeting(work, order.meeting)
    if meeting.state != MeetingState.HELD:
        raise NotAllowed(
            "meeting-not-held",
            "会议还没有召开，请先签到或写纪要。",
            "The meeting has not been held: take attendance first.",
        )
    due_at = read_end(order.due, work.refs.centre().zone)
    if not work.at < due_at <= work.at + FURTHEST:
        raise BadInput("due-past", "完成时间须在今后一年内。", "The time to do it by lies within the year ahead.")
    hand = work.finder.find(Hand.read(order.to, TaskRole.ASSIST))
    kept: dict[str, Any] = {}
    if work.case.stage in OUT:
        kept = guard(work, [hand], order.override)
        made = {"task_id": _task(work, hand, order.text, due_at)}
    else:
        number, kept["opened"] = _child(work, meeting, hand, order, due_at)
        made = {"child_id": number}
    no = len(work.case.rows("resolution")) + 1
    work.effects.attach("resolution", no, meeting=meeting.no, words=order.text, owner=hand.name, due_at=due_at, **made)
    return work.decision(
        meeting=meeting.no,
        item=no,
        text=order.text,
        to=hand.name,
        due=local(work, due_at),
        **kept,
    )


def _task(work: Work, hand: Found, text: str, due_at: int) -> int:
    """The owner's task with a clock to the time that was decided; one that they have already goes on with it."""
    task = work.case.task_of(*hand.key)
    if task is None:
        task_id = work.send(hand.unit, TaskRole.ASSIST, text, person=hand.person)
        start_assisting_clocks(work, [(hand.unit, task_id)], [NO_LIMITS])
        work.effects.clocks = [clock for clock in work.effects.clocks if clock["kind"] != ClockKind.PART]
    else:
        task_id = task.id
        work.change_task(task, instruction=_longer(task, text))
    work.effects.clocks.append(
        work.timing.until(ClockKind.PART, due_at, work.ladder(), unit_id=hand.unit.id, task_id=task_id)
    )
    code = work.case.ticket.code
    when = local(work, due_at)
    work.tell_hand(hand, "dispatch", f"{code} 会议议定，{when} 前：{text}", f"{code}, decided, by {when}: {text}")
    return task_id


def _longer(task: TaskRecord, text: str) -> str:
    return f"{task.instruction}\n{text}" if task.instruction else text


def _child(work: Work, meeting: MeetingRecord, hand: Found, order: Decide, due_at: int) -> tuple[int, str]:
    """A ticket of its own under this one, sent to the owner with the time that was decided; its id and its code."""
    parent = work.case.ticket
    return open_child(
        work,
        hand,
        order.text,
        f"{parent.code} {MeetingKind(meeting.kind).zh}议定：{order.text}",
        due_at,
        Urgency(parent.urgency),
        {"meeting": meeting.no},
        order.override,
        decided_in=parent.code,
    )
