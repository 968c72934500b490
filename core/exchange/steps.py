"""What happened to an imported ticket, as few steps as are known: the events that its log gets, with their real times.

A closed ticket is reported and filed (and completed, where the file says when). An open one is reported; where no unit
has it, the import itself is the moment when it comes to the centre's queue, and before that it was in transit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.exchange.drafts import Draft
from core.exchange.lookups import UnitPlace
from core.exchange.openings import Openings
from data.ids import new_id
from data.terms import Holder, Stage, TaskRole, TaskState, Tier

CLOSING_VERBS = {Stage.ARCHIVED: "archive", Stage.REFUSED: "refuse", Stage.VOID: "void"}
TAKEN_OVER = "import"
"""The kind of the event by which an open ticket that nobody has comes to the centre's queue."""

_IN_TRANSIT = {"holder": Holder.TRANSIT.value, "unit_id": None, "officer_id": None, "tier": Tier.CENTRE.value}
_IN_QUEUE = {**_IN_TRANSIT, "holder": Holder.QUEUE.value}


@dataclass(slots=True)
class Step:
    """One event to be written: its verb, its time in epoch seconds, what it changes, what else is to be kept."""

    kind: str
    at: int
    effects: dict[str, Any]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What all tickets of one import share. `now` in epoch seconds is the moment of the import."""

    origin: str
    actor: str
    now: int
    policy_version: int
    calendar_version: int
    openings: Openings


def steps_of(draft: Draft, unit: UnitPlace | None, scene: Scene) -> list[Step]:
    """The steps of a ticket's life so far. The first one lacks the ticket's code, which the writer gives."""
    stage = draft.stage
    if draft.closed:
        stage = Stage.HANDLING.value if unit is not None else Stage.REPORTED.value
    facts = {"imported_at": scene.now, "by": scene.actor, "line": draft.line}
    effects: dict[str, Any] = {
        "set": _opening(draft, unit, scene, stage),
        "hold": dict(_IN_TRANSIT) if unit is None else unit.hold(),
    }
    steps = [Step("report", draft.reported_at, effects, facts)]
    if draft.closed:
        return [*steps, *_ending(draft)]
    task = None if unit is None else _task(draft, unit)
    if task is not None:
        effects["tasks"] = [task]
    clocks = scene.openings.clocks(draft, unit, task["id"] if task else None)
    if clocks:
        effects["clocks"] = clocks
        facts["before_import"] = {clock["kind"]: len(clock["fired"]) for clock in clocks}
    if unit is None:
        steps.append(Step(TAKEN_OVER, scene.now, {"hold": dict(_IN_QUEUE)}, {"by": scene.actor}))
    return steps


def _opening(draft: Draft, unit: UnitPlace | None, scene: Scene, stage: str) -> dict[str, Any]:
    values = {
        "origin": scene.origin,
        "external_id": draft.external_id,
        **draft.opening,
        "reported_at": draft.reported_at,
        "policy_version": scene.policy_version,
        "calendar_version": scene.calendar_version,
        "stage": stage,
    }
    if draft.official_due_at is not None:
        values["official_due_at"] = values["final_due_at"] = draft.official_due_at
    if unit is not None:
        values["lead_unit_id"] = unit.id
        if unit.section and "section" not in values:
            values["section"] = unit.section
    return values


def _ending(draft: Draft) -> list[Step]:
    """The steps that end a ticket's life. It was done in time if it was done by the official deadline."""
    assert draft.closed_at is not None
    done_at = draft.closed_at if draft.completed_at is None else draft.completed_at
    done: dict[str, Any] = {**draft.closing, "completed_at": done_at}
    if draft.official_due_at is not None:
        done["on_time"] = done_at <= draft.official_due_at
    end: dict[str, Any] = {"stage": draft.stage, "closed_at": draft.closed_at}
    verb = CLOSING_VERBS[Stage(draft.stage)]
    if done_at == draft.closed_at:
        return [Step(verb, draft.closed_at, {"set": {**done, **end}, "hold": None}, {})]
    done["stage"] = Stage.COMPLETED.value
    return [
        Step("complete", done_at, {"set": done}, {}),
        Step(verb, draft.closed_at, {"set": end, "hold": None}, {}),
    ]


def _task(draft: Draft, unit: UnitPlace) -> dict[str, Any]:
    """The unit's lead task, so that it can be acknowledged, completed or returned like any other."""
    return {
        "id": new_id(),
        "role": TaskRole.LEAD.value,
        "unit_id": unit.id,
        "state": (TaskState.SENT if draft.stage == Stage.DISPATCHED else TaskState.ACKNOWLEDGED).value,
        "sent_at": draft.reported_at,
    }
