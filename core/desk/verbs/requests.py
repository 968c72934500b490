"""Requests (申请): ask, grant, refuse, withdraw. What is asked for waits on the ticket with a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.desk.actor import Actor
from core.desk.hands import Hand
from core.desk.orders import Decline, Grant, Request, Withdraw
from core.desk.permissions import takes_part
from core.desk.references import References
from core.desk.verbs.dispatching import add_hands, more_hands, refuse_without_leader, send_back
from core.desk.verbs.guarding import guard
from core.desk.verbs.meeting import add_attendees, add_meeting, find_hands, write_minutes
from core.desk.verbs.moving import give_up, stand_still
from core.desk.work import Decision, Effects, Work
from core.rules.budgets import Budget
from core.rules.case import Case
from core.rules.policy import DECIDE
from core.rules.requests import (
    RULES,
    TOLD,
    RequestRule,
    pending,
    refusal_of_asking,
    refusal_of_deciding,
    verdicts,
    waiting,
)
from core.rules.roles import DESK_ROLES
from core.rules.stages import OUT
from core.rules.why import Why
from data.errors import BadInput, NotAllowed
from data.meeting_terms import MeetingKind, MeetingState
from data.terms import ClockKind, PauseReason, RequestKind, Severity, Stage, TaskRole

STAYS = frozenset({*OUT, Stage.SUSPENDED, Stage.MERGED})
"""Stages at which a request of a ticket that is out goes on waiting."""
FAMILY = frozenset({"request", "grant", "decline", "withdraw"})


def refusal(verb: str, case: Case, actor: Actor, refs: References) -> Why | None:
    """What requests forbid where stage and role allow the verb."""
    if verb == "request":
        if pending(case) is not None:
            kind = RequestKind(case.ticket.pending)
            return Why(
                "request-waits",
                f"{case.ticket.code} 已有{kind.zh}申请待决定",
                f"a request for {kind.en} waits on {case.ticket.code} already",
            )
        return None if _may_ask(case, actor, refs) else _not_own(case, actor)
    if verb in ("grant", "decline"):
        return refusal_of_deciding(case, actor.id, actor.roles)
    if verb == "withdraw":
        if pending(case) is None:
            return refusal_of_deciding(case, actor.id, actor.roles)
        own = actor.id is not None and actor.id == waiting(case).get("by")
        return None if own or _may_ask(case, actor, refs) else _not_own(case, actor)
    return None


def _may_ask(case: Case, actor: Actor, refs: References) -> bool:
    """The desk, or whoever leads; of a closed ticket whoever led."""
    if actor.roles & DESK_ROLES or takes_part(actor, case, refs, True):
        return True
    last = case.last_lead_task() if case.closed else None
    unit = refs.unit(last.unit_id) if last else None
    return unit is not None and actor.answers_for(unit.id, unit.parent_id)


def _not_own(case: Case, actor: Actor) -> Why:
    return Why(
        "not-own-unit",
        f"{case.ticket.code} 不在 {actor.name} 所在单位手中",
        f"{case.ticket.code} is not in the hands of a unit of {actor.code}",
    )


# ------------------------------------------------------------------------------------------------ ask


def decide_request(work: Work, order: Request) -> Decision:
    """Ask for it: nothing of the ticket moves, a clock of the deciders begins."""
    why = refusal_of_asking(order.kind, work.case, work.at)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    wanted = _wanted(work, order)
    rule, last = RULES[order.kind], work.case.last_lead_task()
    limit = work.policy.request_limits.get(order.kind.value, rule.limit)
    ladder = work.policy.clock_ladder.get(ClockKind.REQUEST.value, DECIDE)
    clock = work.timing.start(ClockKind.REQUEST, limit, ladder)
    facts = {
        "kind": order.kind.value,
        "by": work.actor.id,
        "by_name": work.actor.name,
        "unit": last.unit_id if last else None,
        "at": work.at,
        "reason": order.reason,
        "clock": clock["id"],
        **wanted,
    }
    work.effects.clocks.append(clock)
    kept = work.effects.set.get("facts", work.case.ticket.facts)
    work.effects.set.update({"pending": order.kind.value, "facts": {**kept, "request": facts}})
    code, zh, en = work.case.ticket.code, order.kind.zh, order.kind.en
    for role in TOLD:
        if role in rule.deciders:
            work.tell_role(
                role, "request", f"{code} 申请{zh}：{order.reason}", f"{code}, {en}: {order.reason}", Severity.WARNING
            )
    return work.decision(kind=order.kind.value, reason=order.reason, **wanted)


def _wanted(work: Work, order: Request) -> dict[str, Any]:
    """What this kind of request says more than its reason. Raises BadInput for what is missing or does not belong."""
    kind = order.kind
    given = {name for name in ("to", "days", "code") if getattr(order, name)}
    belongs = {
        RequestKind.RETURN: {"code"},
        RequestKind.SUSPENSION: {"days"},
        RequestKind.MORE_HANDS: {"to"},
        RequestKind.CONSULTATION: {"to"},
        RequestKind.HAND_UP: {"to"},
    }.get(kind, set())
    for name in sorted(given - belongs):
        raise BadInput("request-field", f"{kind.zh}申请没有 {name}。", f"A request for {kind.en} has no {name}.")
    needed = belongs if kind not in (RequestKind.CONSULTATION, RequestKind.HAND_UP) else set()
    for name in sorted(needed - given):
        raise BadInput("request-missing", f"{kind.zh}申请须写明 {name}。", f"A request for {kind.en} needs {name}.")
    if kind == RequestKind.MORE_HANDS:
        more_hands(work, [Hand.read(text, TaskRole.ASSIST) for text in order.to])
    elif kind == RequestKind.CONSULTATION:
        return {**_given(order, given), "meeting": _call_consultation(work, order)}
    elif kind == RequestKind.HAND_UP and len(order.to) > 1:
        raise BadInput("request-field", "上报上级只能写一个单位。", "A hand-up goes to one unit.")
    return _given(order, given)


def _given(order: Request, given: set[str]) -> dict[str, Any]:
    wanted = {"to": order.to, "days": order.days, "code": order.code.value if order.code else ""}
    return {name: wanted[name] for name in sorted(given)}


def _call_consultation(work: Work, order: Request) -> int:
    """A consultation is a meeting whose time is open: it has an attendance list; the minutes come with the grant."""
    hands = find_hands(work, order.to)
    no = add_meeting(work, MeetingKind.CONSULTATION, work.at, "", order.reason, next_at=None)
    add_attendees(work, no, hands, [])
    code = work.case.ticket.code
    for hand in hands:
        work.tell_hand(hand, "request", f"{code} 请参加会商", f"{code}: you are asked to a consultation")
    return no


# ------------------------------------------------------------------------------------------------ decide


def decide_grant(work: Work, order: Grant) -> Decision:
    """Granted: what was asked for is done in the same event. An appeal needs a second reviewer."""
    rule, asked = _rule(work), waiting(work.case)
    if rule.kind == RequestKind.CONSULTATION and not order.minutes:
        raise BadInput("minutes-missing", "会商须有纪要。", "A consultation needs its minutes.")
    if rule.kind != RequestKind.CONSULTATION and order.minutes:
        raise BadInput("request-field", "只有会商有纪要。", "Only a consultation has minutes.")
    approved = [*asked.get("approved", []), work.actor.id]
    if len(approved) < rule.reviewers:
        facts = {**work.case.ticket.facts, "request": {**asked, "approved": approved}}
        work.effects.set["facts"] = facts
        return work.decision(kind=rule.kind.value, note=order.note, reviewed=len(approved))
    _end(work, rule, granted=1)
    if "meeting" in asked:
        write_minutes(work, asked["meeting"], order.minutes)
    kept = GRANTED[rule.kind](work, asked) or {}
    _tell_asker(work, rule, "已同意", "granted")
    return work.decision(kind=rule.kind.value, note=order.note, record=order.minutes, **kept)


def decide_decline(work: Work, order: Decline) -> Decision:
    """Refused with a reason: no deadline moves, and no turn is used up."""
    rule = _rule(work)
    _end(work, rule, refused=1)
    _tell_asker(work, rule, f"未同意：{order.reason}", f"refused: {order.reason}")
    return work.decision(kind=rule.kind.value, reason=order.reason)


def decide_withdraw(work: Work, order: Withdraw) -> Decision:
    """Taken back by whoever asked."""
    rule = _rule(work)
    _end(work, rule)
    return work.decision(kind=rule.kind.value, note=order.note)


def _rule(work: Work) -> RequestRule:
    rule = pending(work.case)
    if rule is None:
        raise NotAllowed("no-request", "没有待决定的申请。", "No request waits.")
    return rule


def _end(work: Work, rule: RequestRule, granted: int = 0, refused: int = 0) -> None:
    """Nothing waits any more; the deciders' clock stops, and the verdict is counted."""
    before = verdicts(work.case, rule.kind)
    facts = {name: value for name, value in work.case.ticket.facts.items() if name != "request"}
    if granted or refused:
        counted = {**facts.get("verdicts", {}), rule.kind.value: [before[0] + granted, before[1] + refused]}
        facts["verdicts"] = counted
    work.effects.set.update({"pending": "", "facts": facts})
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.REQUEST))
    if not granted:
        _call_off(work, work.effects)


def _call_off(work: Work, effects: Effects) -> None:
    """The consultation that was asked for does not come about."""
    no = waiting(work.case).get("meeting")
    if no is not None and work.case.rows("meeting")[no].state == MeetingState.CONVENED:
        effects.attach("meeting", no, state=MeetingState.CALLED_OFF.value)


def _tell_asker(work: Work, rule: RequestRule, zh: str, en: str) -> None:
    asked, code = waiting(work.case), work.case.ticket.code
    said = (f"{code} {rule.kind.zh}申请{zh}", f"{code}, {rule.kind.en}: {en}")
    if asked.get("by") is not None:
        work.tell_person(asked["by"], "request", *said, Severity.WARNING)
    work.tell_unit(asked.get("unit"), "request", *said, Severity.WARNING)


def _send_back(work: Work, asked: Any) -> dict[str, Any]:
    return {"after_deadline": send_back(work, work.lead_or_refuse(), asked["reason"])}


def _extend(work: Work, asked: Any) -> None:
    """One more original limit for the ticket's final clock and for the bundle clock of the unit that has it."""
    ticket = work.case.ticket
    clocks = [*work.case.live_clocks(ClockKind.FINAL)]
    clocks += [c for c in work.case.live_clocks(ClockKind.HANDLE) if c.unit_id == ticket.lead_unit_id]
    for clock in clocks:
        turns = ticket.extensions + 1
        budget = Budget.parse(clock.budget).times(turns + 1, turns)
        effect = work.timing.rebase(clock, work.calendar, budget.format(), clock.ladder)
        if effect is not None:
            work.effects.clocks.append(effect)
            work.note_moved(clock, effect)
    work.effects.set["extensions"] = ticket.extensions + 1


def _suspend(work: Work, asked: Any) -> None:
    ended = frozenset(clock["id"] for clock in work.effects.clocks)
    stand_still(work, PauseReason.APPROVED, asked["reason"], asked["days"], ended)


def _add(work: Work, asked: Any) -> dict[str, Any]:
    hands = more_hands(work, [Hand.read(text, TaskRole.ASSIST) for text in asked["to"]])
    kept = guard(work, hands, "")
    add_hands(work, hands, asked["reason"])
    return kept


def _hand_up(work: Work, asked: Any) -> None:
    refuse_without_leader(work)
    give_up(work, next(iter(asked.get("to", [])), ""), asked["reason"])


def _waive(work: Work, asked: Any) -> None:
    work.effects.set["waived"] = True


def _nothing_more(work: Work, asked: Any) -> None:
    """A consultation's outcome is its minutes."""


GRANTED: dict[RequestKind, Callable[[Work, Any], dict[str, Any] | None]] = {
    RequestKind.RETURN: _send_back,
    RequestKind.EXTENSION: _extend,
    RequestKind.SUSPENSION: _suspend,
    RequestKind.MORE_HANDS: _add,
    RequestKind.CONSULTATION: _nothing_more,
    RequestKind.HAND_UP: _hand_up,
    RequestKind.APPEAL: _waive,
}


def lapse(verb: str, work: Work, decision: Decision) -> None:
    """A request is over when the ticket leaves the hands that asked: done, sent back, given to others, struck out."""
    rule, made = pending(work.case), decision.effects.set
    if rule is None or verb in FAMILY or verb == "undo":
        return
    stage = Stage(made.get("stage", work.case.ticket.stage))
    if stage in STAYS and "lead_unit_id" not in made and "pending" not in made:
        return
    made.setdefault("pending", "")
    facts = made.get("facts", work.case.ticket.facts)
    made["facts"] = {name: value for name, value in facts.items() if name != "request"}
    decision.facts["lapsed"] = rule.kind.value
    ended = {clock["id"] for clock in decision.effects.clocks}
    clocks = [clock for clock in work.case.live_clocks(ClockKind.REQUEST) if clock.id not in ended]
    decision.effects.clocks.extend(work.timing.stop(clock, cancelled=True) for clock in clocks)
    _call_off(work, decision.effects)
