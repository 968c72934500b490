"""The list guards at the desk: what the lists stop, who may send it all the same, and what the event keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.desk.hands import Found
from core.desk.references import References
from core.desk.work import Work, tier_of
from core.rules.case import Case
from core.rules.lists import Stop, Subject, below_everywhere, certificate_of, first_stop, refusal_of_certificate
from core.rules.permission_table import roles_of
from core.rules.why import Why
from data.errors import NotAllowed
from data.tables import TicketRecord
from data.terms import ListKind, TaskRole, Urgency

ENTITLED = roles_of("override_lists")
SENDING = ("dispatch", "redispatch", "hand_down")


def guard(work: Work, hands: Iterable[Found], override: str) -> dict[str, Any]:
    """The facts that an event keeps of a guard that was overridden; none where nothing is stopped.

    An emergency goes down whatever the lists say, and that is kept as well. Who is only informed has no task. Raises
    NotAllowed where the lists stop it and nobody entitled says why it is sent all the same.
    """
    lists = work.refs.lists()
    if not lists.entries:
        return {}
    tasked = [hand for hand in hands if hand.role != TaskRole.INFORM]
    subject = _subject(work.case.ticket, work.refs, work.effects.set)
    for hand in tasked:
        stop = first_stop(lists, subject, [tier_of(hand.unit.kind)])
        if stop is not None:
            return _overridden(work, stop, hand, override.strip())
    return {}


def _overridden(work: Work, stop: Stop, hand: Found, reason: str) -> dict[str, Any]:
    kept = {"stopped": stop.code, "stopped_for": hand.name}
    if stop.entry is not None:
        kept["listed"] = f"{stop.entry.kind.value} {stop.entry.code}"
    if work.urgency() == Urgency.EMERGENCY and stop.code != "certificate-not-issued":
        return {**kept, "emergency": True}
    if not reason:
        raise NotAllowed(
            stop.code,
            f"{stop.zh}。确需派出的，由值班领导或指挥长写明理由。",
            f"{stop.en[:1].upper()}{stop.en[1:]}. The duty leader or the commander may send it with a reason.",
            entry=kept.get("listed", ""),
            unit=hand.unit.code,
            may_override=bool(work.actor.roles & ENTITLED),
        )
    if not work.actor.roles & ENTITLED:
        raise NotAllowed(
            "list-override",
            f"{work.actor.name} 不能突破清单派单：{stop.zh}。须由值班领导或指挥长决定。",
            f"{work.actor.code} may not override the lists: {stop.en}. The duty leader or the commander decides.",
        )
    return {**kept, "override": reason}


def listed_refusal(work: Work) -> tuple[str, dict[str, Any]]:
    """What the list says of a certificate that is not to be issued, and the facts to keep; empty for anything else."""
    subject = _subject(work.case.ticket, work.refs, work.effects.set)
    entry = certificate_of(work.refs.lists(), subject)
    if entry is None or entry.kind != ListKind.NO_CERTIFICATE:
        return "", {}
    said = f"“{entry.name}”在{entry.kind.zh}（{entry.code}），不应出具。{entry.says}"
    return said, {"certificate": entry.name, "listed": f"{entry.kind.value} {entry.code}"}


def stopped_by_lists(verb: str, case: Case, roles: frozenset[str], refs: References) -> Why | None:
    """Why a verb that sends a ticket out would be stopped whoever it is sent to; None for those who may override."""
    if verb not in SENDING or roles & ENTITLED:
        return None
    lists = refs.lists()
    if not lists.entries:
        return None
    subject = _subject(case.ticket, refs, {})
    stop = refusal_of_certificate(lists, subject)
    if stop is None and verb == "hand_down" and case.ticket.urgency != Urgency.EMERGENCY:
        stop = below_everywhere(lists, subject)
    return Why(stop.code, stop.zh, stop.en) if stop is not None else None


def _subject(ticket: TicketRecord, refs: References, decided: Mapping[str, Any]) -> Subject:
    """What the lists are asked for: the ticket's matter after what was decided so far, and its words."""
    code = decided.get("matter_code", ticket.matter_code)
    text = f"{ticket.title} {ticket.body}"
    if not code:
        return Subject(text=text)
    matter = refs.matter(code, decided.get("matter_version", ticket.matter_version))
    return Subject(matter.code, matter.name, matter.name_en, refs.categories(matter), text)
