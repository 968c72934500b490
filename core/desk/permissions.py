"""Who may do what: one row per verb, deny by default.

A desk role may act on every ticket of the centre. A field role may act on what is in its own unit's hands: its post,
community, grid or force, or a post of the section it leads; what ends or moves a ticket is for the lead unit alone. A
section leader sends, presses and pauses what belongs to the own section.
"""

from __future__ import annotations

from core.desk.actor import DESK_ROLES, FIELD_ROLES, LEADER_ROLES, Actor
from core.desk.references import References
from core.rules.case import LIVE_TASKS, Case
from core.rules.stages import Why
from data.errors import NotAllowed
from data.terms import Role, UnitKind

SENIOR_ROLES = frozenset({Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
ANYBODY = DESK_ROLES | FIELD_ROLES
MEETING_ROLES = ANYBODY - {Role.GRID_WORKER_PART, Role.FORCE_CONTACT, Role.DISTRICT_OFFICER}
"""Who has to do with meetings and residents; which kind each may call stands in `core.rules.meetings`."""

ROLES: dict[str, frozenset[Role]] = {
    "report": ANYBODY,
    "accept": DESK_ROLES,
    "refuse": DESK_ROLES,
    "amend": DESK_ROLES,
    "assess": DESK_ROLES,
    "dispatch": DESK_ROLES | {Role.SECTION_LEADER},
    "redispatch": DESK_ROLES,
    "add_task": DESK_ROLES | {Role.SECTION_LEADER},
    "activate_plan": DESK_ROLES | {Role.SECTION_LEADER},
    "tick": ANYBODY,
    "acknowledge": ANYBODY,
    "arrive": ANYBODY,
    "cordon": ANYBODY,
    "handle": ANYBODY,
    "finish_task": ANYBODY,
    "finding": ANYBODY,
    "complete": ANYBODY,
    "return": ANYBODY,
    "check": DESK_ROLES,
    "call_back": DESK_ROLES,
    "archive": DESK_ROLES,
    "join": DESK_ROLES,
    "separate": DESK_ROLES,
    "link": DESK_ROLES,
    "sweep": DESK_ROLES,
    "void": SENIOR_ROLES,
    "hand_up": ANYBODY,
    "hand_down": DESK_ROLES | {Role.COMMUNITY_SECRETARY},
    "remind": DESK_ROLES | LEADER_ROLES,
    "remind_hands": DESK_ROLES | LEADER_ROLES,
    "supervise": LEADER_ROLES,
    "ask": ANYBODY,
    "note": ANYBODY,
    "pause": DESK_ROLES | LEADER_ROLES,
    "resume": DESK_ROLES | LEADER_ROLES,
    "take_back": ANYBODY,
    "recompute": SENIOR_ROLES,
    "grade": SENIOR_ROLES,
    "report_up": DESK_ROLES,
    "request": ANYBODY,
    "grant": DESK_ROLES | {Role.SECTION_LEADER},
    "decline": DESK_ROLES | {Role.SECTION_LEADER},
    "withdraw": ANYBODY,
    "undo": DESK_ROLES,
    "classify": MEETING_ROLES,
    "convene": MEETING_ROLES,
    "put_off": MEETING_ROLES,
    "attend": MEETING_ROLES,
    "minutes": MEETING_ROLES,
    "decide": MEETING_ROLES,
    "consult": MEETING_ROLES,
    "collect": MEETING_ROLES,
    "conclude": MEETING_ROLES,
    "publish": MEETING_ROLES,
    "mediate": ANYBODY,
    "fulfil": ANYBODY,
    "review_open": SENIOR_ROLES | {Role.SECTION_LEADER},
    "review_hold": SENIOR_ROLES | {Role.SECTION_LEADER},
    "review_lesson": DESK_ROLES | {Role.SECTION_LEADER},
    "review_follow_up": SENIOR_ROLES | {Role.SECTION_LEADER},
    "review_conclude": SENIOR_ROLES | {Role.SECTION_LEADER},
}

BY_ITSELF = {
    "engine": frozenset({"recompute"}),
    "sensor": frozenset({"report", "accept", "dispatch", "note"}),
}
"""What is done without an officer: by the engine, and by devices, whose tickets go out at once."""

CENTRE_ROLES: dict[str, frozenset[Role]] = {
    "area_map": DESK_ROLES,
    "broadcast": DESK_ROLES,
    "broadcast_seen": ANYBODY,
    "devices": DESK_ROLES,
    "device_away": ANYBODY,
    "signals": DESK_ROLES,
    "duty_log": DESK_ROLES,
    "duty_others": SENIOR_ROLES,
    "emergency": frozenset({Role.COMMANDER, Role.DUTY_LEADER}),
    "hazard": ANYBODY,
    "hazard_close": DESK_ROLES,
    "organisation": SENIOR_ROLES,
    "phone_log": DESK_ROLES,
    "reveal": SENIOR_ROLES,
    "roster": DESK_ROLES,
    "lists": SENIOR_ROLES,
    "plans": SENIOR_ROLES,
    "override_lists": frozenset({Role.DUTY_LEADER, Role.COMMANDER}),
}
"""Who may change what belongs to the whole centre."""

BY_UNIT = frozenset({"acknowledge", "arrive", "handle", "finish_task", "finding", "complete", "return", "request"})
"""Verbs that are the unit's own deeds."""
OWN_UNIT = frozenset(
    {
        *("acknowledge", "arrive", "handle", "finish_task", "complete", "return", "hand_up", "ask", "note"),
        *("take_back", "cordon", "tick", "classify", "convene", "put_off", "attend", "minutes", "decide", "consult"),
        *("collect", "conclude", "publish", "mediate", "fulfil", "finding"),
    }
)
"""Verbs that a field role may use only where its own unit has a part in the ticket."""

OWN_COMMUNITY = frozenset({"hand_down"})
"""Verbs that a community's secretary may use on what the own community has."""

LEAD_UNIT = frozenset({"complete", "return", "hand_up"})
"""Of these, the ones that are not for an assisting unit."""

OWN_TASK = frozenset({"acknowledge", "arrive", "finish_task", "note", "tick"})
"""Of these, what an officer who was given a task by name may do whatever their role is."""

OWN_SECTION = frozenset({"dispatch", "add_task", "grant", "decline", "pause", "resume", "remind", "supervise"}) | {
    "remind_hands",
    "activate_plan",
    *("review_open", "review_hold", "review_lesson", "review_follow_up", "review_conclude"),
}
"""Verbs that a section leader may use on tickets of the own section."""


def require_role(what: str, title_zh: str, title_en: str, actor: Actor) -> None:
    """Raises NotAllowed unless the actor may change this part of the centre (a row of CENTRE_ROLES)."""
    if not actor.roles & CENTRE_ROLES.get(what, frozenset()):
        raise NotAllowed("not-permitted", f"{actor.name} 没有“{title_zh}”的权限。", f"{actor.code} may not {title_en}.")


def require_duty(actor: Actor, officer_id: int) -> None:
    """Raises NotAllowed unless the actor may write down when this officer is on duty: oneself, or a leader others."""
    if actor.id != officer_id:
        require_role("duty_others", "登记他人值班", "write down the duty of others", actor)


def refusal_of_role(
    verb: str, title_zh: str, title_en: str, actor: Actor, case: Case | None, refs: References
) -> Why | None:
    """Why this actor may not do this, or None."""
    if any(verb in BY_ITSELF.get(role, ()) for role in actor.roles):
        return None
    if verb in OWN_TASK and case is not None and _is_asked(actor, case, False):
        return None
    allowed = ROLES.get(verb, frozenset())
    held = actor.roles & allowed
    if not held:
        return Why(
            "not-permitted",
            f"{actor.name} 没有“{title_zh}”的权限",
            f"{actor.code} may not {title_en}",
        )
    if case is None or held & DESK_ROLES:
        return None
    leading = verb in LEAD_UNIT or verb in OWN_COMMUNITY
    if verb in OWN_UNIT | OWN_COMMUNITY and not takes_part(actor, case, refs, leading):
        return Why(
            "not-own-unit",
            f"{case.ticket.code} 不在 {actor.name} 所在单位手中",
            f"{case.ticket.code} is not in the hands of a unit of {actor.code}",
        )
    if verb in OWN_SECTION and not (_own_section(actor, case, refs) or takes_part(actor, case, refs, False)):
        return Why(
            "not-own-section",
            f"{case.ticket.code} 不属于 {actor.name} 分管的板块",
            f"{case.ticket.code} does not belong to a section of {actor.code}",
        )
    return None


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
