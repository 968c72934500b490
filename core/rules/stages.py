"""The stage table: which operation is possible at which stage, and the sentence that says why not.

The stages are the twelve of the field (report … archive) plus the side exits; tier, pending request and flags are
separate fields, so that the stages are not multiplied by them.
"""

from __future__ import annotations

from core.rules.case import LIVE_TASKS, Case
from core.rules.contingency import active_plans
from core.rules.cover import cover_of
from core.rules.why import Why
from data.terms import PauseReason, Role, Stage, TaskState, Tier

OUT = frozenset({Stage.DISPATCHED, Stage.ACKNOWLEDGED, Stage.ON_SCENE, Stage.HANDLING})
"""The ticket is out with a unit."""

LIVING = frozenset(
    {
        Stage.REPORTED,
        Stage.ACCEPTED,
        Stage.ASSESSED,
        *OUT,
        Stage.COMPLETED,
        Stage.CHECKED,
        Stage.CALLED_BACK,
        Stage.SUSPENDED,
    }
)

ENDED = frozenset({Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK, Stage.ARCHIVED})
"""The action is over: it can be reviewed."""

UNDER_REVIEW = OUT | ENDED | {Stage.SUSPENDED}
"""A review that was opened goes on when the work has to be done again."""

STAGES: dict[str, frozenset[Stage]] = {
    "accept": frozenset({Stage.REPORTED}),
    "refuse": frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.ASSESSED}),
    "amend": (LIVING - {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK}) | {Stage.MERGED},
    "assess": frozenset({Stage.ACCEPTED, Stage.ASSESSED}),
    "dispatch": frozenset({Stage.ACCEPTED, Stage.ASSESSED}),
    "add_task": OUT,
    "activate_plan": OUT,
    "tick": LIVING,
    "redispatch": OUT,
    "acknowledge": OUT,
    "arrive": OUT,
    "cordon": LIVING - {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK, Stage.SUSPENDED},
    "handle": frozenset({Stage.ACKNOWLEDGED, Stage.ON_SCENE, Stage.HANDLING}),
    "finish_task": OUT,
    "finding": OUT | {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK},
    "complete": frozenset({Stage.ACKNOWLEDGED, Stage.ON_SCENE, Stage.HANDLING}),
    "check": frozenset({Stage.COMPLETED}),
    "call_back": frozenset({Stage.CHECKED, Stage.MERGED}),
    "archive": frozenset({Stage.CALLED_BACK}),
    "void": LIVING,
    "join": frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.ASSESSED, *OUT}),
    "separate": frozenset({Stage.MERGED}),
    "link": frozenset(Stage),
    "return": OUT,
    "hand_up": LIVING - {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK, Stage.SUSPENDED},
    "hand_down": frozenset({Stage.ACCEPTED, Stage.ASSESSED, *OUT}),
    "remind": LIVING,
    "remind_hands": OUT,
    "supervise": LIVING,
    "ask": LIVING,
    "note": frozenset(Stage),
    "sweep": frozenset(Stage) - {Stage.REFUSED, Stage.VOID},
    "pause": OUT,
    "resume": frozenset({Stage.SUSPENDED}),
    "take_back": OUT,
    "recompute": LIVING,
    "grade": LIVING,
    "report_up": LIVING,
    "request": OUT | {Stage.ARCHIVED},
    "grant": OUT | {Stage.ARCHIVED},
    "decline": OUT | {Stage.ARCHIVED},
    "withdraw": OUT | {Stage.ARCHIVED},
    "undo": LIVING,
    "classify": LIVING,
    "convene": LIVING | {Stage.ARCHIVED},
    "put_off": LIVING | {Stage.ARCHIVED},
    "attend": LIVING | {Stage.ARCHIVED},
    "minutes": LIVING | {Stage.ARCHIVED},
    "decide": (LIVING - {Stage.SUSPENDED}) | {Stage.ARCHIVED},
    "consult": LIVING | {Stage.ARCHIVED},
    "collect": LIVING | {Stage.ARCHIVED},
    "conclude": LIVING | {Stage.ARCHIVED},
    "publish": LIVING | {Stage.ARCHIVED},
    "mediate": LIVING - {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK},
    "fulfil": LIVING - {Stage.COMPLETED, Stage.CHECKED, Stage.CALLED_BACK},
    "meeting_step": frozenset(Stage),
    "review_open": ENDED,
    "review_hold": UNDER_REVIEW,
    "review_lesson": UNDER_REVIEW,
    "review_follow_up": UNDER_REVIEW,
    "review_conclude": UNDER_REVIEW,
    "name_readers": frozenset(Stage),
    "engine_step": LIVING,
    "take_over": OUT,
    "mode": LIVING,
}


ALWAYS = frozenset({"note", "link", "sweep", "name_readers"})
"""What is possible even when a ticket's life is over."""


def refusal_of_stage(verb: str, title_zh: str, title_en: str, case: Case) -> Why | None:
    """The reason why the ticket's stage forbids an operation, or None when it does not."""
    allowed = STAGES[verb]
    joined = case.stage == Stage.MERGED and case.ticket.closed_at is None
    if case.stage in allowed and (joined or case.stage != Stage.MERGED or verb in ALWAYS):
        return None
    if joined:
        return Why(
            "joined",
            f"{case.ticket.code} 已并案，{title_zh}请在主事件上办理，或先拆分",
            f"{case.ticket.code} is merged: {title_en} the ticket that it was joined into, or separate it first",
        )
    if case.closed:
        return Why(
            "closed",
            f"{case.ticket.code} {case.stage.zh}，不能再{title_zh}",
            f"{case.ticket.code} is {case.stage.en}: it cannot {title_en} any more",
        )
    order = [stage for stage in Stage if stage in allowed]
    return Why(
        "stage",
        f"{case.ticket.code} 现在是“{case.stage.zh}”，{title_zh}要在" + "、".join(f"“{stage.zh}”" for stage in order),
        f"{case.ticket.code} is {case.stage.en}; to {title_en} it must be " + " or ".join(stage.en for stage in order),
    )


def refusal_of_lead(case: Case, roles: frozenset[str]) -> Why | None:
    """After the third bounce only a leader may name the next lead unit."""
    if case.ticket.pending != "lead" or roles & {Role.DUTY_LEADER, Role.COMMANDER}:
        return None
    return Why(
        "needs-lead",
        f"已退单 {case.ticket.bounces} 次，须由值班领导或指挥长指定主办单位",
        f"returned {case.ticket.bounces} times: the duty leader or the commander must name the lead unit",
    )


def refusal_of_tasks(verb: str, case: Case) -> Why | None:
    """What the tasks forbid where the stage allows: there is nothing left to acknowledge, to arrive for, to finish.

    A ticket that came back from a unit is not turned away at the door any more.
    """
    if verb == "refuse" and case.stage == Stage.ASSESSED and case.ticket.dispatched_at is not None:
        return Why(
            "was-sent", "已派过单，不能再不予受理，可作废", "it was sent out already: it can be voided, not refused"
        )
    if verb == "name_readers" and not case.ticket.confidential:
        return Why("not-confidential", "不是保密事件，不用指定知悉人", "it is not confidential: nobody need be named")
    if verb == "take_back" and cover_of(case.ticket) is None:
        return Why("not-covered", "未由B岗接手，无须收回", "post B has not taken it over")
    states = {task.state for task in case.tasks if task.state in LIVE_TASKS}
    if verb == "acknowledge" and TaskState.SENT not in states:
        return Why("acknowledged-already", "该任务已签收", "every task is acknowledged already")
    if verb == "arrive" and TaskState.ACKNOWLEDGED not in states:
        if TaskState.SENT in states:
            return Why("not-acknowledged", "该任务还未签收", "no task is acknowledged yet")
        return Why("arrived-already", "该任务已到场", "every unit has arrived already")
    if verb == "tick" and not active_plans(case.ticket.facts):
        return Why("no-plan", "没有启动预案", "no plan is active")
    if verb == "finish_task" and not case.open_assists():
        return Why("no-assist", "没有未完成的协办任务", "there is no unfinished assisting task")
    return None


def refusal_of_open_assists(case: Case, reason: str) -> Why | None:
    """The lead may not close over unfinished assisting tasks without recording why."""
    assists = case.open_assists()
    if not assists or reason.strip():
        return None
    return Why(
        "assist-open",
        f"还有 {len(assists)} 个协办任务未完成，须说明原因",
        f"{len(assists)} assisting tasks are unfinished: say why",
    )


TIER_ORDER = [Tier.MICRO_GRID, Tier.GRID, Tier.COMMUNITY, Tier.CENTRE, Tier.DISTRICT, Tier.JOINT]


def tier_above(tier: str) -> Tier | None:
    """The next tier up, or None at the top."""
    place = TIER_ORDER.index(Tier(tier))
    return TIER_ORDER[place + 1] if place + 1 < len(TIER_ORDER) else None


def may_approve_pause(reason: PauseReason, roles: frozenset[str]) -> bool:
    """A wait for the citizen is for the desk to grant; to put a ticket on the books needs the commander."""
    if reason == PauseReason.APPROVED:
        return Role.COMMANDER in roles
    return True
