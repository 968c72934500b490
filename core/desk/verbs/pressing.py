"""Pressing and writing down: remind, supervise, note."""

from __future__ import annotations

from core.desk.orders import Note, Remind, Supervise
from core.desk.work import Decision, Work
from data.errors import BadInput
from data.terms import Role, Severity


def decide_remind(work: Work, order: Remind) -> Decision:
    """Press whoever has it; counted."""
    ticket = work.case.ticket
    work.effects.set["reminders"] = ticket.reminders + 1
    text_zh = f"催办 {ticket.code}（第 {ticket.reminders + 1} 次）：{order.note or ticket.title}"
    text_en = f"Reminder {ticket.reminders + 1} for {ticket.code}: {order.note or ticket.title}"
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
            f"督办 {ticket.code}：{order.note or ticket.title}",
            f"Supervised {ticket.code}: {order.note or ticket.title}",
        )
        work.tell_unit(ticket.holder_unit_id, "supervise", *text, Severity.WARNING)
    return work.decision(note=order.note, off=order.off)


def decide_note(work: Work, order: Note) -> Decision:
    """A note, or a round of mediation (counted)."""
    if order.kind == "mediation":
        facts = work.case.ticket.facts
        rounds = int(facts.get("mediations", 0)) + 1
        work.effects.set["facts"] = {**facts, "mediations": rounds}
        return work.decision(text=order.text, kind=order.kind, round=rounds)
    return work.decision(text=order.text, kind=order.kind)
