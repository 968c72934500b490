"""Whether an actor may do something now: the table of permissions, asked about a ticket or the centre."""

from __future__ import annotations

from core.desk.actor import Actor
from core.desk.references import References
from core.rules.case import LIVE_TASKS, Case
from core.rules.permission_table import NAMED, OPERATIONS, Reach, grants_of, held_grants
from core.rules.roles import DESK_ROLES
from core.rules.why import Why
from data.errors import NotAllowed
from data.terms import ADMIN_ROLES, UnitKind

BY_ITSELF = {
    "engine": frozenset({"recompute"}),
    "sensor": frozenset({"report", "accept", "dispatch", "note"}),
}
"""What is done without an officer: by the engine, and by devices, whose tickets go out at once."""

BY_UNIT = frozenset({"acknowledge", "arrive", "handle", "finish_task", "finding", "complete", "return", "request"})
"""Verbs that are the unit's own deeds."""
LEAD_UNIT = frozenset({"complete", "return", "hand_up"})
"""Of these, the ones that are not for an assisting unit."""


def may(operation: str, actor: Actor) -> bool:
    """Whether the actor may do this at all, to whatever reach."""
    return bool(held_grants(operation, actor.roles, actor.vacant))


def require_role(what: str, title_zh: str, title_en: str, actor: Actor) -> None:
    """Raises NotAllowed unless the actor may do this to the centre (a row of the table)."""
    if not may(what, actor):
        raise NotAllowed("not-permitted", f"{actor.name} 没有“{title_zh}”的权限。", f"{actor.code} may not {title_en}.")


def require_duty(actor: Actor, officer_id: int) -> None:
    """Raises NotAllowed unless the actor may write down when this officer is on duty: oneself, or a leader others."""
    row = OPERATIONS["duty" if actor.id == officer_id else "duty_others"]
    require_role(row.name, row.zh, row.en, actor)


def refuse_by_glass(actor: Actor) -> None:
    """Raises NotAllowed for somebody whose wider right is of half an hour: what outlasts it is not theirs to decide."""
    if actor.glass is not None:
        raise NotAllowed(
            "not-by-glass",
            "紧急授权期间不能同意授权，也不能复核。",
            "Under break-glass nobody agrees to a grant or reviews a use.",
        )


def refusal_of_role(
    verb: str, title_zh: str, title_en: str, actor: Actor, case: Case | None, refs: References
) -> Why | None:
    """Why this actor may not do this, or None."""
    if any(verb in BY_ITSELF.get(role, ()) for role in actor.roles):
        return None
    # Whoever was given a task by name may do so much whatever their role is, and without any but an administrator's.
    named = case is not None and NAMED in grants_of(verb) and actor.roles.isdisjoint(ADMIN_ROLES)
    if named and case is not None and _is_asked(actor, case, False):
        return None
    reaches = {grant.reach for grant in held_grants(verb, actor.roles) if grant is not NAMED}
    if not reaches:
        return Why(
            "not-permitted",
            f"{actor.name} 没有“{title_zh}”的权限",
            f"{actor.code} may not {title_en}",
        )
    if case is None or any(within(reach, actor, case, refs) for reach in reaches):
        return None
    if Reach.SECTION in reaches:
        return Why(
            "not-own-section",
            f"{case.ticket.code} 不属于 {actor.name} 分管的板块",
            f"{case.ticket.code} does not belong to a section of {actor.code}",
        )
    return Why(
        "not-own-unit",
        f"{case.ticket.code} 不在 {actor.name} 所在单位手中",
        f"{case.ticket.code} is not in the hands of a unit of {actor.code}",
    )


def within(reach: Reach, actor: Actor, case: Case, refs: References) -> bool:
    """Whether a ticket lies within the reach of somebody's role."""
    if reach is Reach.TASK:
        return _is_asked(actor, case, False)
    if reach is Reach.SECTION:
        return _own_section(actor, case, refs) or takes_part(actor, case, refs, False)
    if reach in (Reach.UNIT, Reach.LEAD):
        return takes_part(actor, case, refs, reach is Reach.LEAD)
    return True


def acts_for_unit(verb: str, actor: Actor, case: Case, refs: References) -> bool:
    """Whether the desk writes down what a unit reported, say by telephone; the log must say so."""
    return verb in BY_UNIT and bool(actor.roles & DESK_ROLES) and not takes_part(actor, case, refs, verb in LEAD_UNIT)


def _is_asked(actor: Actor, case: Case, leading: bool) -> bool:
    """Whether the actor was given a live task by name: any, or the lead's."""
    if actor.id is None:
        return False
    tasks = [case.lead_task()] if leading else case.tasks
    return any(
        task is not None and task.addressed and task.officer_id == actor.id and task.state in LIVE_TASKS
        for task in tasks
    )


def takes_part(actor: Actor, case: Case, refs: References, leading: bool) -> bool:
    """Whether the actor, or a unit that they answer for, has the ticket or (unless it must be `leading`) a live task.

    What was given to an officer by name is theirs and not their colleagues'.
    """
    if _is_asked(actor, case, leading):
        return True
    units = {task.unit_id for task in case.tasks if task.state in LIVE_TASKS and not task.addressed and not leading}
    if case.ticket.holder_unit_id is not None and case.named_officer() is None:
        units.add(case.ticket.holder_unit_id)
    # Not unit by unit: a sweep has a thousand of them.
    return bool(units & actor.units or units & refs.right_under(actor.units))


def _own_section(actor: Actor, case: Case, refs: References) -> bool:
    views = [view for view in map(refs.unit, actor.units) if view is not None]
    return any(view.kind == UnitKind.SECTION and view.code == case.ticket.section for view in views)
