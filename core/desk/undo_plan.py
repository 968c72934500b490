"""What an undo would do, before it is done: read off the same decision that would be carried out."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.desk.actor import Actor
from core.desk.desk import Desk
from core.desk.orders import Undo
from core.rules.case import LIVE_TASKS
from data.tables import TaskRecord
from data.terms import ClockKind, ClockState, Stage, TaskState


@dataclass(frozen=True)
class UndoPlan:
    """The deed that would be undone, and what would be otherwise afterwards. Instants are epoch seconds."""

    undone: str
    """The verb."""
    by: str
    at: int
    stage: Stage
    holder: str
    """The kind of hands that it comes into; empty where it stays in the same hands."""
    unit_id: int | None
    runs_on: tuple[tuple[ClockKind, int | None], ...] = ()
    """Clocks that go on as if they had not been touched, with their deadlines; None while a pause holds one open."""
    ends: tuple[ClockKind, ...] = ()
    """Clocks that would be withdrawn."""
    withdrawn: tuple[int, ...] = ()
    """Units whose new task is taken back."""
    again: tuple[int, ...] = ()
    """Units that have their task again."""
    words: dict[str, str] = field(default_factory=dict)
    """Texts that would be as they were before."""


TEXTS = ("title", "body", "address", "reporter_name", "reporter_phone")


def undo_plan(desk: Desk, code: str, actor: Actor) -> UndoPlan:
    """What undoing the newest deed of a ticket would do. Raises the Refusal that the undo would meet, or NotFound."""
    case, decision = desk.rehearse(Undo(ticket=code), actor)
    effects, facts = decision.effects, decision.facts
    tasks = {task.id: task for task in case.tasks}
    clocks = {clock.id: clock for clock in case.clocks}
    hold = effects.hold or {}
    return UndoPlan(
        undone=facts["undone"],
        by=facts["undone_by"],
        at=facts["undone_at"],
        stage=Stage(effects.set.get("stage", case.ticket.stage)),
        holder=hold.get("holder", ""),
        unit_id=hold.get("unit_id"),
        runs_on=tuple(
            (ClockKind(clocks[effect["id"]].kind), effect["due_at"])
            for effect in effects.clocks
            if effect["state"] in (ClockState.RUNNING, ClockState.PAUSED)
        ),
        ends=tuple(
            ClockKind(clocks[effect["id"]].kind) for effect in effects.clocks if effect["state"] == ClockState.WITHDRAWN
        ),
        withdrawn=tuple(
            tasks[effect["id"]].unit_id for effect in effects.tasks if effect.get("state") == TaskState.WITHDRAWN
        )
        if effects.tasks
        else (),
        again=tuple(tasks[e["id"]].unit_id for e in effects.tasks if _is_back(tasks[e["id"]], e.get("state"))),
        words={name: str(value) for name, value in effects.set.items() if name in TEXTS},
    )


def _is_back(task: TaskRecord, state: str | None) -> bool:
    """Whether a task that had ended is under way again."""
    return state in LIVE_TASKS and task.state not in LIVE_TASKS
