"""Mediation of a dispute: each round with its outcome, and whether an agreement was carried out."""

from __future__ import annotations

from core.desk.meeting_orders import Fulfil, Mediate
from core.desk.work import Decision, Work
from core.rules.local_time import read_instant
from core.rules.meetings import open_agreements
from data.errors import BadInput
from data.meeting_terms import MediationOutcome


def decide_mediate(work: Work, order: Mediate) -> Decision:
    """A round, counted; an agreement keeps the ticket open until what must follow from it is done."""
    agreed = order.outcome == MediationOutcome.AGREED
    if agreed and not order.follow:
        raise BadInput("follow-missing", "达成协议须写明后续履行事项。", "An agreement says what must follow from it.")
    if order.follow and not agreed:
        raise BadInput("follow-none", "未达成协议，没有后续履行事项。", "Without an agreement nothing follows from it.")
    ticket = work.case.ticket
    at = read_instant(order.at, work.refs.centre().zone) if order.at else work.at
    if not ticket.reported_at <= at <= work.at:
        raise BadInput("mediation-time", "调解时间须在登记之后、现在之前。", "It was held after the report, by now.")
    no = int(ticket.facts.get("mediations", 0)) + 1
    mediator = order.mediator or work.actor.name
    work.effects.attach(
        "mediation",
        no,
        held_at=at,
        parties=order.parties,
        mediator=mediator,
        place=order.place,
        outcome=order.outcome.value,
        words=order.words,
        follow=order.follow,
    )
    facts = {**ticket.facts, "mediations": no}
    if agreed:
        facts["agreements"] = [*open_agreements(work.case), no]
    work.effects.set["facts"] = facts
    return work.decision(
        round=no,
        parties=order.parties,
        mediator=mediator,
        place=order.place,
        outcome=order.outcome.value,
        text=order.words,
        follow=order.follow,
    )


def decide_fulfil(work: Work, order: Fulfil) -> Decision:
    """What had to follow from an agreement was done."""
    waiting = open_agreements(work.case)
    no = order.round or (waiting[-1] if waiting else 0)
    if no not in waiting:
        raise BadInput("agreement-none", "没有待履行的协议。", "No agreement waits to be carried out.")
    work.effects.attach("mediation", no, followed_at=work.at, followed=order.words)
    kept = {name: value for name, value in work.case.ticket.facts.items() if name != "agreements"}
    left = [other for other in waiting if other != no]
    work.effects.set["facts"] = {**kept, "agreements": left} if left else kept
    return work.decision(round=no, text=order.words)
