"""Pressing and writing down: remind, supervise, note."""

from __future__ import annotations

from core.desk.orders import Ask, Note, Remind, Supervise
from core.desk.people import people_at
from core.desk.work import Decision, Message, Work
from core.rules.ladder import Step
from core.rules.oncall import resolve
from data.errors import BadInput, NotAllowed
from data.terms import Role, Severity


def decide_remind(work: Work, order: Remind) -> Decision:
    """Press whoever has it; counted."""
    ticket = work.case.ticket
    work.effects.set["reminders"] = ticket.reminders + 1
    text_zh = f"催办 {ticket.code}（第 {ticket.reminders + 1} 次）：{order.note or work.subject('zh')}"
    text_en = f"Reminder {ticket.reminders + 1} for {ticket.code}: {order.note or work.subject('en')}"
    if ticket.holder_unit_id is None:
        work.tell_role(Role.SHIFT_LEADER, "remind", text_zh, text_en, Severity.WARNING)
    else:
        work.tell_unit(ticket.holder_unit_id, "remind", text_zh, text_en, Severity.WARNING)
    return work.decision(note=order.note)


def decide_supervise(work: Work, order: Supervise) -> Decision:
    """A leader watches over it, or no longer does."""
    ticket = work.case.ticket
    if ticket.supervised == (not order.off):
        raise BadInput(
            "no-change",
            "已在督办中。" if not order.off else "没有在督办。",
            "It is supervised already." if not order.off else "It is not supervised.",
        )
    work.effects.set["supervised"] = not order.off
    if not order.off:
        text = (
            f"督办 {ticket.code}：{order.note or work.subject('zh')}",
            f"Supervised {ticket.code}: {order.note or work.subject('en')}",
        )
        work.tell_unit(ticket.holder_unit_id, "supervise", *text, Severity.WARNING)
    return work.decision(note=order.note, off=order.off)


def decide_ask(work: Work, order: Ask) -> Decision:
    """Ask the leader of the section that has the ticket; without one, the duty leader, then the commander."""
    people = people_at(work.refs.connection, work.case.ticket.centre_id, work.at)
    step = Step(key="ask", offset_seconds=0, targets=("section_a",), severity=Severity.WARNING)
    lines = resolve(step, people.duty_for(work.case))
    asked = [line.officer_id for line in lines if line.is_told]
    if not asked:
        raise NotAllowed("nobody-to-ask", "现在没有在岗的领导可请示。", "No leader is on duty to be asked.")
    code = work.case.ticket.code
    for officer in asked:
        zh, en = f"请示 {code}：{order.note}", f"Question on {code}: {order.note}"
        work.messages.append(Message("ask", Severity.WARNING, zh, en, officer_id=officer))
    skipped = [{"officer": line.officer_id, "why": line.skipped_reason} for line in lines if not line.is_told]
    return work.decision(note=order.note, asked=asked, skipped=skipped)


def decide_note(work: Work, order: Note) -> Decision:
    """A note."""
    return work.decision(text=order.text)
