"""Between tiers: hand up, hand down; and standing still: pause, resume; and deadlines set anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.desk.hands import Found
from core.desk.orders import HandDown, HandUp, Pause, Recompute, Resume
from core.desk.references import UnitView
from core.desk.verbs.dispatching import cancel_tasks, give_lead, refuse_without_leader
from core.desk.verbs.guarding import guard
from core.desk.verbs.intake import GRIDS
from core.desk.verbs.limits import limit_text
from core.desk.work import Decision, Work, tier_of
from core.rules.policy import RESUME
from core.rules.requests import LONGEST_SUSPENSION, refusal_of_asking
from core.rules.stages import OUT, TIER_ORDER, may_approve_pause, tier_above
from data.errors import BadInput, NotAllowed
from data.tables import ClockRecord
from data.terms import ClockKind, ClockState, Holder, PauseReason, RequestKind, Stage, TaskRole, Tier, UnitKind, Urgency

NOT_OF_THE_POLICY = (ClockKind.OFFICIAL, ClockKind.JOINED, ClockKind.REQUEST, ClockKind.SUSPENSION)
"""Deadlines that came from elsewhere or that somebody decided."""
LIVING_ABOVE = (Tier.CENTRE, Tier.DISTRICT)
SKIPPING = frozenset({Urgency.EMERGENCY, Urgency.URGENT})


def decide_hand_up(work: Work, order: HandUp) -> Decision:
    """To the tier above: grid → community → street centre → district. Tiers are skipped for urgent tickets only."""
    refuse_without_leader(work)
    from_tier = work.case.ticket.tier
    return work.decision(to=give_up(work, order.to, order.reason), reason=order.reason, from_tier=from_tier)


def give_up(work: Work, named: str, reason: str) -> str:
    """Give the ticket to the tier above, or to a unit further up; returns its code."""
    target = _upper_unit(work, named, Tier(work.case.ticket.tier))
    cancel_tasks(work, reason)
    if target is None:
        _to_centre(work)
        return "centre"
    work.effects.clocks.extend(
        work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.ASSESS, ClockKind.ACCEPT)
    )
    give_lead(work, target, reason)
    return target.code


def _upper_unit(work: Work, named: str, current: Tier) -> UnitView | None:
    """The unit above, or None for the centre's own queue."""
    above = tier_above(current)
    if above is None or above == Tier.JOINT:
        raise NotAllowed("top-tier", "已在最高层级。", "The ticket is at the highest tier.")
    if named:
        return _named_above(work, work.refs.unit_by_code(named), current, above)
    if current in LIVING_ABOVE:
        district = work.refs.first_of_kind(UnitKind.DISTRICT)
        if district is None:
            raise NotAllowed("no-district", "机构中没有区级中心。", "The organisation has no district centre.")
        return district
    for unit in _line_above(work):
        if unit.kind == UnitKind.CENTRE:
            return None
        if TIER_ORDER.index(tier_of(unit.kind)) > TIER_ORDER.index(current):
            return unit
    raise NotAllowed("no-parent", "找不到上级单位。", "The unit above cannot be found.")


def _named_above(work: Work, unit: UnitView, current: Tier, above: Tier) -> UnitView | None:
    """A unit above that was named: of the own line up to the centre, or the district or a department of it.

    A post is not above anybody: whom the centre sends a ticket to is the centre's to decide.
    """
    tier = tier_of(unit.kind)
    in_line = unit.kind == UnitKind.CENTRE or tier == Tier.DISTRICT or unit.id in {u.id for u in _line_above(work)}
    if not in_line or TIER_ORDER.index(tier) <= TIER_ORDER.index(current):
        raise BadInput("not-above", f"{unit.name} 不是上级。", f"{unit.name_en or unit.code} is not above.")
    if tier != above and work.urgency() not in SKIPPING:
        raise NotAllowed("skip-tier", "只有紧急事件可以越级上报。", "Tiers may be skipped for urgent tickets only.")
    return None if unit.kind == UnitKind.CENTRE else unit


def _line_above(work: Work) -> Iterator[UnitView]:
    """The units above the holder, from below."""
    unit = work.refs.unit(work.case.ticket.holder_unit_id)
    while unit is not None and (unit := work.refs.unit(unit.parent_id)) is not None:
        yield unit


def _to_centre(work: Work) -> None:
    """Into the centre's queue as a report, with the five minutes to accept it."""
    work.stage(Stage.REPORTED)
    work.hold_queue()
    work.effects.set["lead_unit_id"] = None
    work.effects.clocks.append(work.timing.start_policy(ClockKind.ACCEPT, work.ladder()))


def decide_hand_down(work: Work, order: HandDown) -> Decision:
    """To a community or grid below, as its lead."""
    refuse_without_leader(work)
    unit = work.refs.unit_by_code(order.to)
    if unit.kind != UnitKind.COMMUNITY and unit.kind not in GRIDS:
        raise BadInput("not-below", f"{unit.name} 不是社区或网格。", f"{unit.code} is neither a community nor a grid.")
    if TIER_ORDER.index(tier_of(unit.kind)) >= TIER_ORDER.index(Tier(work.case.ticket.tier)):
        raise BadInput("not-below", f"{unit.name} 不是下级。", f"{unit.name_en or unit.code} is not below.")
    if not work.is_desk() and unit.parent_id not in work.actor.units:
        raise NotAllowed(
            "not-own-unit",
            f"{unit.name} 不在 {work.actor.name} 的社区。",
            f"{unit.code} is not below {work.actor.code}.",
        )
    kept = guard(work, [Found(TaskRole.LEAD, unit)], order.override)
    cancel_tasks(work, order.reason)
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.ASSESS))
    give_lead(work, unit, order.reason)
    if work.case.ticket.dispatched_at is None:
        work.effects.set["dispatched_at"] = work.at
    return work.decision(to=unit.code, reason=order.reason, **kept)


def decide_pause(work: Work, order: Pause) -> Decision:
    """The clocks stand still; the time is the citizen's or an approved suspension's, not the unit's.

    All of them: while a ticket stands still nobody can acknowledge or arrive, so nobody may be pressed for it. What is
    owed upward waits for nobody.
    """
    if not may_approve_pause(order.code, work.actor.roles):
        raise NotAllowed(
            "pause-approval",
            "挂账须由指挥长批准；可先申请挂账。",
            "Putting it on the books needs the commander: ask for a suspension.",
        )
    if order.code == PauseReason.APPROVED:
        why = refusal_of_asking(RequestKind.SUSPENSION, work.case, work.at)
        if why is not None:
            raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    stand_still(work, order.code, order.reason, LONGEST_SUSPENSION)
    return work.decision(code=order.code.value, reason=order.reason)


def stand_still(work: Work, code: PauseReason, reason: str, days: int, ended: frozenset[int] = frozenset()) -> None:
    """Pause every running clock; an approved suspension gets an end of its own. `ended` clocks are past already."""
    ticket = work.case.ticket
    work.effects.clocks.extend(
        work.timing.pause(clock, f"{code.value}: {reason}")
        for clock in work.case.work_clocks()
        if clock.state == ClockState.RUNNING and clock.id not in ended
    )
    if code == PauseReason.APPROVED:
        work.effects.clocks.append(work.timing.start(ClockKind.SUSPENSION, f"{days} natural_day", RESUME))
        work.effects.set["suspensions"] = ticket.suspensions + 1
    work.effects.set["facts"] = {**work.effects.set.get("facts", ticket.facts), "before_pause": ticket.stage}
    work.stage(Stage.SUSPENDED)
    waiting = code == PauseReason.CITIZEN
    work.effects.hold = {
        "holder": Holder.CITIZEN.value if waiting else Holder.SUSPENSION.value,
        "unit_id": ticket.holder_unit_id,
        "officer_id": work.actor.id,
        "tier": ticket.tier,
    }


def decide_resume(work: Work, order: Resume) -> Decision:
    """The clocks run on, and the unit has the ticket again."""
    ticket = work.case.ticket
    work.effects.clocks.extend(
        work.timing.resume(clock, order.note) for clock in work.case.clocks if clock.state == ClockState.PAUSED
    )
    ends = work.case.live_clocks(ClockKind.SUSPENSION)
    work.effects.clocks.extend(work.timing.stop(clock, cancelled=True) for clock in ends)
    stage = Stage(ticket.facts.get("before_pause", Stage.HANDLING.value))
    work.stage(stage if stage in OUT else Stage.HANDLING)
    work.effects.set["facts"] = {name: value for name, value in ticket.facts.items() if name != "before_pause"}
    unit = work.refs.unit(ticket.lead_unit_id)
    lead = work.case.lead_task()
    if unit is None:
        work.hold_queue()
    else:
        work.hold_unit(unit, lead.officer_id if lead else None)
    return work.decision(note=order.note)


def decide_recompute(work: Work, order: Recompute) -> Decision:
    """Deadlines under the newest calendar (and policy, if asked); before and after are kept in the event."""
    newest = work.refs.version("calendar", work.refs.centre().calendar)
    work.calendar = work.refs.calendar(newest)
    if order.policy:
        work.policy = work.refs.policy()
        work.effects.set["policy_version"] = work.refs.version("policy")
    work.effects.set["calendar_version"] = newest
    for clock in work.case.work_clocks():
        if clock.kind in NOT_OF_THE_POLICY:
            continue
        effect = _anew(work, clock, order.policy)
        if effect is not None:
            work.effects.clocks.append(effect)
            work.note_moved(clock, effect)
    return work.decision(calendar=newest, policy=work.effects.set.get("policy_version"))


def _anew(work: Work, clock: ClockRecord, policy: bool) -> dict[str, Any] | None:
    """A live clock under the calendar decided on; with `policy` also under that policy's limit and ladder."""
    kind = ClockKind(clock.kind)
    limit = limit_text(work, kind) if policy else ""
    ladder = work.timing.ladder_of(kind, work.ladder())
    return work.timing.rebase(clock, work.calendar, limit or None, ladder if limit else None)
