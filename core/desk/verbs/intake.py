"""Taking a report in: report, accept, refuse, amend, assess."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.desk.in_sight import require_seen
from core.desk.orders import Accept, Amend, Assess, Refuse, Report
from core.desk.references import UnitView
from core.desk.verbs.guarding import listed_refusal
from core.desk.verbs.limits import start_handling_clocks
from core.desk.work import Decision, Work, tier_of
from core.rules.case import LIVE_TASKS
from core.rules.sweeps import is_sweep
from data.errors import BadInput, NotAllowed, unknown_ticket
from data.tables import Ticket, table
from data.terms import (
    CLOSED_STAGES,
    AffairKind,
    ClockKind,
    Role,
    Source,
    Stage,
    TaskRole,
    TaskState,
    Tier,
    UnitKind,
    Urgency,
)

GRIDS = frozenset({UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID})
OWN_TIERS = frozenset({Tier.GRID, Tier.COMMUNITY, Tier.MICRO_GRID})

PRESSING = frozenset({Urgency.EMERGENCY, Urgency.URGENT})
"""The duty officers are told of a new ticket that presses so much."""


def decide_report(work: Work, order: Report, code: str) -> Decision:
    """A new ticket: into the centre's queue with the accept clock, or into the reporting unit's own hands."""
    if order.source == Source.SWEEP:
        raise BadInput("source-sweep", "排查由“举一反三”开出。", "A sweep is opened from a ticket, not reported.")
    place = find_place(work, order.community, order.grid)
    urgency = order.urgency or Urgency.NORMAL
    facts: dict[str, Any] = {
        "code": code,
        "origin": order.origin,
        "external_id": order.external_id,
        "source": order.source.value,
        "title": order.title,
        "body": order.body,
        "address": order.address,
        "reporter_name": order.reporter_name,
        "reporter_phone": order.reporter_phone,
        "confidential": order.confidential,
        "direct": order.direct,
        "urgency": urgency.value,
        "reported_at": work.at,
        "policy_version": work.refs.version("policy"),
        "calendar_version": work.refs.version("calendar", work.refs.centre().calendar),
        "stage": Stage.REPORTED.value,
        **place,
    }
    work.effects.set.update(facts)
    if order.matter:
        set_matter(work, order.matter, order.limit_no, order.urgency)
    if order.part_of:
        _set_part_of(work, order.part_of)
    if order.tier in OWN_TIERS:
        _start_below(work, order)
    elif order.tier != Tier.CENTRE:
        raise BadInput("tier-report", f"不能直接在{order.tier.zh}立案。", f"No ticket starts at tier {order.tier.en}.")
    else:
        work.hold_queue()
        work.effects.clocks.append(work.timing.start_policy(ClockKind.ACCEPT, work.ladder()))
        urgency = Urgency(work.effects.set["urgency"])  # the matter may have raised it
        if urgency in PRESSING:
            work.tell_role(
                Role.DUTY_OFFICER,
                "urgent",
                f"{urgency.zh} {code}：{work.subject('zh')}",
                f"{urgency.en} {code}: {work.subject('en')}",
            )
        if order.direct:
            work.tell_role(
                Role.DUTY_LEADER,
                "direct",
                f"直报 {code}：{work.subject('zh')}",
                f"Direct report {code}: {work.subject('en')}",
            )
    return work.decision(source=order.source.value)


def _set_part_of(work: Work, code: str) -> None:
    """A part of another ticket from the start. Raises NotAllowed where that is closed, or is no sweep."""
    tickets = table(Ticket).c
    # Not the whole case: a sweep has a thousand hands.
    row = work.refs.connection.execute(
        select(tickets.id, tickets.stage, tickets.facts).where(
            tickets.centre_id == work.case.ticket.centre_id, tickets.code == code
        )
    ).first()
    if row is None:
        raise unknown_ticket(code)
    require_seen(work.ledger, work.refs, code, work.actor)
    if Stage(row.stage) in CLOSED_STAGES:
        raise NotAllowed("parent-closed", f"{code} 已结，不能再有子事件。", f"{code} is closed: it takes no children.")
    if not (work.is_desk() or is_sweep(row.facts or {})):
        raise NotAllowed("not-a-sweep", f"{code} 不是举一反三排查。", f"{code} is no sweep.")
    work.effects.set["parent_id"] = row.id


def _start_below(work: Work, order: Report) -> None:
    """The grid or community handles its own ticket first; the final clock runs from the report."""
    unit = _own_unit(work, order)
    officer = work.own_officer(unit.id)
    if officer is None and not work.is_desk() and "import" not in work.actor.roles:
        raise NotAllowed(
            "not-own-unit",
            f"{work.actor.name} 不能代 {unit.name} 操作。",
            f"{work.actor.code} may not act for {unit.name_en or unit.code}.",
        )
    work.hold_unit(unit, officer)
    task = work.send(unit, TaskRole.LEAD, "", TaskState.ACKNOWLEDGED)
    work.effects.tasks[-1].update(acknowledged_at=work.at, officer_id=officer)
    work.stage(Stage.HANDLING)
    work.effects.set["lead_unit_id"] = unit.id
    work.effects.set["accepted_at"] = work.at
    start_handling_clocks(work, unit, task)


def _own_unit(work: Work, order: Report) -> UnitView:
    """The unit named at the tier that was asked for. Raises BadInput without one."""
    named = order.community if order.tier == Tier.COMMUNITY else order.grid
    if not named:
        raise BadInput("tier-unit", "须填写上报的社区或网格。", "Name the community or grid that reports.")
    unit = work.refs.unit_by_code(named)
    if tier_of(unit.kind) != order.tier:
        raise BadInput(
            "tier-unit", f"{unit.name} 不是{order.tier.zh}。", f"{unit.name_en or unit.code} is not a {order.tier.en}."
        )
    return unit


def decide_accept(work: Work, order: Accept) -> Decision:
    """Taken in: the accept clock stops, the time to assess and dispatch starts."""
    work.stage(Stage.ACCEPTED)
    work.effects.set["accepted_at"] = work.at
    work.effects.clocks.extend(work.timing.stop(clock) for clock in work.case.live_clocks(ClockKind.ACCEPT))
    work.effects.clocks.append(work.timing.start_policy(ClockKind.ASSESS, work.ladder()))
    return work.decision(note=order.note)


def decide_refuse(work: Work, order: Refuse) -> Decision:
    """Not taken in; the ticket's life ends. A certificate that is not to be issued is refused with the list's words."""
    said, kept = listed_refusal(work)
    reason = order.reason or said
    if not reason:
        raise BadInput("bad-field", "reason 不能为空。", "reason may not be empty.", fields=["reason"])
    end_life(work, Stage.REFUSED)
    work.effects.set["reason"] = reason
    return work.decision(reason=reason, **kept)


def decide_amend(work: Work, order: Amend) -> Decision:
    """Correct the text of the report; the old words stay in the log."""
    given = order.model_dump(exclude={"ticket"}, exclude_none=True)
    changed = {name: value for name, value in given.items() if value != getattr(work.case.ticket, name)}
    if not changed:
        raise BadInput("no-change", "没有任何改动。", "Nothing was changed.")
    work.effects.set.update(changed)
    return work.decision(before={name: getattr(work.case.ticket, name) for name in changed})


def decide_assess(work: Work, order: Assess) -> Decision:
    """Say what it is: matter and condition, urgency, kind of affair, place."""
    set_matter_or_part(work, order.matter, order.limit_no, order.urgency)
    if order.affair:
        work.effects.set["affair"] = order.affair.value
    work.effects.set.update(find_place(work, order.community, order.grid))
    work.stage(Stage.ASSESSED)
    live = work.case.live_clocks(ClockKind.ASSESS)
    if not live:
        work.effects.clocks.append(work.timing.start_policy(ClockKind.ASSESS, work.ladder()))
    elif work.urgency() != work.case.ticket.urgency:
        # An emergency must not wait as long as what it was taken for.
        limit = work.policy.limit(ClockKind.ASSESS, work.urgency())
        changed = (work.timing.rebase(clock, work.calendar, limit) for clock in live)
        work.effects.clocks.extend(effect for effect in changed if effect is not None)
    return work.decision(note=order.note)


def set_matter_or_part(work: Work, matter: str, limit_no: int | None, urgency: Urgency | None) -> None:
    """The matter with its condition; or another condition of the matter that the ticket has; or the urgency alone."""
    known = matter or work.case.ticket.matter_code
    if matter or (known and limit_no is not None):
        set_matter(work, known, limit_no or 0, urgency)
    elif limit_no is not None:
        raise BadInput("limit-unknown", "未确定事项，不能选立案条件。", "A condition needs a matter to belong to.")
    elif urgency:
        work.effects.set["urgency"] = urgency.value


def set_matter(work: Work, code: str, limit_no: int, urgency: Urgency | None) -> None:
    """Tie the ticket to a matter of the newest catalogue and to one of its conditions."""
    matter = work.refs.matter(code)
    if matter.limits and limit_no >= len(matter.limits):
        raise BadInput(
            "limit-unknown",
            f"事项 {matter.code} 只有 {len(matter.limits)} 个立案条件。",
            f"Matter {matter.code} has {len(matter.limits)} conditions only.",
        )
    work.effects.set.update(
        {
            "matter_code": matter.code,
            "matter_version": matter.version,
            "limit_no": limit_no,
            "section": matter.section,
            "urgency": (urgency or Urgency(matter.urgency)).value,
            "affair": AffairKind(matter.affair).value,
        }
    )
    if matter.confidential:
        work.effects.set["confidential"] = True


def find_place(work: Work, community: str, grid: str) -> dict[str, Any]:
    """The ids of community and grid as they are now; old tickets keep theirs when boundaries are redrawn."""
    place: dict[str, Any] = {}
    if grid:
        unit = work.refs.unit_by_code(grid)
        if unit.kind not in GRIDS:
            raise BadInput("not-a-grid", f"{unit.name} 不是网格。", f"{unit.code} is not a grid.")
        place["grid_id"] = unit.id
        place["community_id"] = _community_of(work, unit)
    if community:
        unit = work.refs.unit_by_code(community)
        if unit.kind != UnitKind.COMMUNITY:
            raise BadInput("not-a-community", f"{unit.name} 不是村社区。", f"{unit.code} is not a community.")
        if grid and place["community_id"] != unit.id:
            raise BadInput("place-mismatch", "网格不在该社区。", "The grid is not in that community.")
        place["community_id"] = unit.id
    return place


def _community_of(work: Work, unit: UnitView) -> int | None:
    parent = work.refs.unit(unit.parent_id)
    while parent is not None and parent.kind != UnitKind.COMMUNITY:
        parent = work.refs.unit(parent.parent_id)
    return parent.id if parent else None


def end_life(work: Work, stage: Stage) -> None:
    """Close the ticket's life at a stage: tasks and clocks end, custody closes."""
    work.stage(stage)
    work.effects.set["closed_at"] = work.at
    work.effects.set["pending"] = ""
    work.effects.clocks.extend(work.timing.stop(clock, cancelled=True) for clock in work.case.live_clocks())
    for task in work.case.tasks:
        if task.state in LIVE_TASKS:
            work.change_task(task, state=TaskState.CANCELLED.value, done_at=work.at)
    work.effects.hold = None
