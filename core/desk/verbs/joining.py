"""Tickets of one matter: join, separate, link; and what becomes of joined tickets when the main one is filed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from core.desk.in_sight import seen_case
from core.desk.orders import Join, Link, Separate
from core.desk.verbs.intake import end_life
from core.desk.verbs.limits import limit_text
from core.desk.work import Decision, Work
from core.rules.budgets import Budget
from core.rules.case import LIVE_TASKS, Case
from core.rules.joining import carried, joined_ids, main_id, refusal_of_join, strictest
from core.rules.projection import HOLD_FIELDS
from data.errors import BadInput, NotAllowed
from data.tables import Ticket, table
from data.terms import CLOSED_STAGES, ClockKind, ClockState, Holder, Severity, Stage, Urgency

BY_URGENCY = (ClockKind.ACCEPT, ClockKind.ASSESS, ClockKind.FINAL)
"""Clocks whose limit follows the urgency."""
STRICT = ("urgency", "confidential", "supervised")
"""What the main ticket takes over where a joined one is stricter; its own values are kept for the separation."""
DEPTH = 20
"""So many tickets may stand above each other as parents."""


def decide_join(work: Work, order: Join) -> Decision:
    """The ticket stands still in the hands 'joined'; its matter is worked on under the main one, by both deadlines."""
    main = work.other(seen_case(work.ledger, work.refs, order.into, work.actor))
    why = refusal_of_join(main.case, work.case)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    _take_in(main, work.case)
    _stand_still(work, main.case)
    _tell(work, main)
    work.and_of("join", main, joined=work.case.ticket.code, reason=order.reason)
    return work.decision(into=main.case.ticket.code, reason=order.reason)


def _stand_still(work: Work, main: Case) -> None:
    """Its stage, its hands and its running clocks are kept in its facts, to go on from there."""
    ticket = work.case.ticket
    running = [clock for clock in work.case.clocks if clock.state == ClockState.RUNNING]
    hands = (ticket.holder, ticket.holder_unit_id, ticket.holder_officer_id, ticket.tier)
    held = {
        "into": main.ticket.id,
        "stage": ticket.stage,
        "hold": dict(zip(HOLD_FIELDS, hands, strict=True)),
        "clocks": [clock.id for clock in running],
    }
    work.effects.set["facts"] = {**ticket.facts, "joined": held}
    work.effects.clocks.extend(work.timing.pause(clock, f"joined: {main.ticket.code}") for clock in running)
    work.stage(Stage.MERGED)
    work.effects.hold = {
        "holder": Holder.JOINED.value,
        "unit_id": None,
        "officer_id": None,
        "tier": ticket.tier,
    }


def _take_in(main: Work, joined: Case) -> None:
    """The main ticket gets the deadlines that came with the joined one, and the stricter urgency and flags."""
    ticket = main.case.ticket
    known = {clock.id: clock for clock in joined.clocks}
    copies = [main.timing.carry(known[clock], kind, main.ladder()) for clock, kind in carried(main.case, joined)]
    main.effects.clocks.extend(copies)
    brought: dict[str, list[int]] = ticket.facts.get("brought", {})
    own = ticket.facts.get("own") or {name: getattr(ticket, name) for name in STRICT}
    main.effects.set["facts"] = {
        **ticket.facts,
        "own": own,
        "brought": {**brought, str(joined.ticket.id): [copy["id"] for copy in copies]},
    }
    for flag in ("confidential", "supervised"):
        if getattr(joined.ticket, flag) and not getattr(ticket, flag):
            main.effects.set[flag] = True
    _set_urgency(main, strictest((ticket.urgency, joined.ticket.urgency)))


def _set_urgency(work: Work, urgency: Urgency) -> None:
    """Another urgency, and its limits for the clocks that have the old one's."""
    if urgency == work.urgency():
        return
    clocks = work.case.live_clocks(*BY_URGENCY)
    before = {clock.id: limit_text(work, ClockKind(clock.kind)) for clock in clocks}
    work.effects.set["urgency"] = urgency.value
    for clock in clocks:
        kind, limit = ClockKind(clock.kind), limit_text(work, ClockKind(clock.kind))
        if not limit or not before[clock.id] or limit == before[clock.id] or not _same(clock.budget, before[clock.id]):
            continue
        effect = work.timing.rebase(clock, work.calendar, limit, work.timing.ladder_of(kind, work.ladder()))
        if effect is not None:
            work.effects.clocks.append(effect)
            work.note_moved(clock, effect)


def _same(first: str, second: str) -> bool:
    return Budget.parse(first, zero=True) == Budget.parse(second, zero=True)


def _tell(work: Work, main: Work) -> None:
    """Whoever worked on the joined ticket stops; whoever has the main one hears that there is another report."""
    ticket, code = work.case.ticket, main.case.ticket.code
    for task in work.case.tasks:
        if task.state not in LIVE_TASKS:
            continue
        zh, en = f"{ticket.code} 并入 {code}，按主事件办理", f"{ticket.code} was joined into {code}: work goes on there"
        if task.addressed and task.officer_id is not None:
            work.tell_person(task.officer_id, "join", zh, en, Severity.WARNING)
        else:
            work.tell_unit(task.unit_id, "join", zh, en, Severity.WARNING)
    main.tell_unit(
        main.case.ticket.holder_unit_id,
        "join",
        f"{code} 又有上报 {ticket.code}：{work.subject('zh')}",
        f"Another report of {code}, {ticket.code}: {work.subject('en')}",
        Severity.WARNING,
    )


def decide_separate(work: Work, order: Separate) -> Decision:
    """The ticket goes on where it stood; the main one loses what came with it."""
    ticket = work.case.ticket
    held: dict[str, Any] = ticket.facts["joined"]
    work.effects.set["facts"] = {name: value for name, value in ticket.facts.items() if name != "joined"}
    work.stage(Stage(held["stage"]))
    work.effects.hold = dict(held["hold"])
    work.effects.clocks.extend(
        work.timing.resume(clock, "separated")
        for clock in work.case.clocks
        if clock.id in held["clocks"] and clock.state == ClockState.PAUSED
    )
    main = work.other(_case_of(work, held["into"]))
    _let_go(main, ticket.id)
    unit = held["hold"]["unit_id"]
    work.tell_unit(
        unit,
        "separate",
        f"{ticket.code} 已拆分，继续办理：{work.subject('zh')}",
        f"{ticket.code} stands by itself again: {work.subject('en')}",
        Severity.WARNING,
    )
    work.and_of("separate", main, joined=ticket.code, reason=order.reason)
    return work.decision(into=main.case.ticket.code, reason=order.reason)


def _let_go(main: Work, joined_id: int) -> None:
    """Copied deadlines are withdrawn; urgency and flags are the strictest of those that are left."""
    ticket = main.case.ticket
    brought = dict(ticket.facts["brought"])
    copies = set(brought.pop(str(joined_id)))
    others = [_case_of(main, int(number)).ticket for number in brought]
    left = _case_of(main, joined_id).ticket
    live = [clock for clock in main.case.live_clocks() if clock.id in copies]
    main.effects.clocks.extend(main.timing.withdraw(clock) for clock in live)
    facts, own = {**ticket.facts, "brought": brought}, ticket.facts["own"]
    if not brought:
        del facts["brought"], facts["own"]
    main.effects.set["facts"] = facts
    if live and (due := _own_due(main, copies)) is not None:
        main.effects.set["final_due_at"] = due
    for flag in ("confidential", "supervised"):
        if getattr(ticket, flag) and getattr(left, flag) and not own[flag]:
            main.effects.set[flag] = any(getattr(other, flag) for other in others)
    # Assessed anew since, it keeps the urgency that somebody gave it then.
    joint = strictest((own["urgency"], left.urgency, *(other.urgency for other in others)))
    if ticket.urgency == joint:
        _set_urgency(main, strictest((own["urgency"], *(other.urgency for other in others))))


def _own_due(main: Work, gone: set[int]) -> int | None:
    """The final deadline without the copies that go."""
    final = main.case.newest_clock(ClockKind.FINAL)
    dues = [
        clock.due_at
        for clock in (*main.case.live_clocks(ClockKind.JOINED), *([final] if final else []))
        if clock.id not in gone and clock.due_at is not None
    ]
    return min(dues, default=None)


def joined_cases(work: Work) -> list[Case]:
    """The tickets that are joined into this one."""
    return work.ledger.cases(joined_ids(work.case))


def main_of(work: Work) -> Work:
    """The ticket that this one is joined into."""
    number = main_id(work.case)
    if number is None:
        raise NotAllowed("not-joined", f"{work.case.ticket.code} 没有并案。", f"{work.case.ticket.code} is not joined.")
    return work.other(_case_of(work, number))


def _case_of(work: Work, number: int) -> Case:
    return work.ledger.cases([number])[0]


def file_joined(work: Work, case: Case, reason: str) -> None:
    """The life of a joined ticket ends with the main one's: it stays 'joined', with the outcome that it was given."""
    main, joined = work.case.ticket, work.other(case)
    end_life(joined, Stage.MERGED)
    for name in ("completed_at", "outcome", "public_reply"):
        joined.effects.set[name] = getattr(main, name)
    work.and_of("archive", joined, into=main.code, open_calls_reason=reason)


def open_children(work: Work) -> int:
    """How many parts of the ticket are open."""
    tickets = table(Ticket).c
    found = work.refs.connection.execute(
        select(func.count()).where(
            tickets.centre_id == work.case.ticket.centre_id,
            tickets.parent_id == work.case.ticket.id,
            tickets.stage.not_in([stage.value for stage in CLOSED_STAGES]),
        )
    )
    return int(found.scalar_one())


def decide_link(work: Work, order: Link) -> Decision:
    """See also, on both tickets; or this one as a part of the other."""
    other = work.other(seen_case(work.ledger, work.refs, order.other, work.actor))
    if other.case.ticket.id == work.case.ticket.id:
        raise BadInput("link-self", "不能与自身关联。", "A ticket is not tied to itself.")
    if order.tie == "parent":
        _set_parent(work, other.case, order.off)
        return work.decision(other=other.case.ticket.code, tie=order.tie, off=order.off)
    for one, two in ((work, other), (other, work)):
        number, facts = two.case.ticket.id, one.case.ticket.facts
        links = set(facts.get("links", ()))
        if (number in links) != order.off:
            raise _nothing_to_tie(order.off)
        one.effects.set["facts"] = {**facts, "links": sorted(links - {number} if order.off else links | {number})}
    work.and_of("link", other, other=work.case.ticket.code, tie=order.tie, off=order.off)
    return work.decision(other=other.case.ticket.code, tie=order.tie, off=order.off)


def _set_parent(work: Work, parent: Case, off: bool) -> None:
    """Raises BadInput where nothing would change or a ticket would be a part of itself."""
    ticket = work.case.ticket
    if (ticket.parent_id == parent.ticket.id) != off:
        raise _nothing_to_tie(off)
    if off:
        work.effects.set["parent_id"] = None
        return
    if parent.closed:
        code = parent.ticket.code
        raise NotAllowed("parent-closed", f"{code} 已结，不能再有子事件。", f"{code} is closed: it takes no children.")
    above: int | None = parent.ticket.id
    for _ in range(DEPTH):
        if above is None:
            work.effects.set["parent_id"] = parent.ticket.id
            return
        if above == ticket.id:
            break
        above = _case_of(work, above).ticket.parent_id
    raise BadInput("parent-loop", "上级事件不能又是下级事件。", "A ticket cannot be a part of its own part.")


def _nothing_to_tie(off: bool) -> BadInput:
    if off:
        return BadInput("not-linked", "没有这个关联。", "They are not tied.")
    return BadInput("linked-already", "已经关联。", "They are tied already.")
