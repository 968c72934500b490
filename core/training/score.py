"""What a trainee is given for a play: each goal met in time is worth its points, met late half of them.

Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.training.scenario import Goal, Scenario

LATE_SHARE = 0.5
"""What a goal is worth that was reached after its time."""
GRADES = ((90, "A"), (75, "B"), (60, "C"), (0, "D"))
"""Shares of the points in hundredths and the grade they give."""


@dataclass(frozen=True)
class Played:
    """What became of one ticket of a scenario. Times are epoch seconds."""

    arrived_at: int
    done: tuple[tuple[str, int], ...] = ()
    """The verbs of its log with their times, in order."""
    tasked: tuple[tuple[str, str, int], ...] = ()
    """Hand, role and time of each task, in order."""
    urgency: str = ""
    matter: str = ""


@dataclass(frozen=True)
class Mark:
    """One goal: whether it was met, after how many seconds, and what it is worth."""

    goal: Goal
    after: int | None
    points: float

    @property
    def met(self) -> bool:
        """Whether it was met at all."""
        return self.after is not None

    @property
    def late(self) -> bool:
        """Whether it was met after its time."""
        return self.after is not None and self.goal.within is not None and self.after > self.goal.within


@dataclass(frozen=True)
class Score:
    """The whole play."""

    marks: tuple[Mark, ...]
    points: float
    most: int

    @property
    def share(self) -> int:
        """Of a hundred."""
        return int(100 * self.points // self.most)

    @property
    def grade(self) -> str:
        """A to D."""
        return next(grade for least, grade in GRADES if self.share >= least)


def score(scenario: Scenario, played: Mapping[str, Played]) -> Score:
    """The score of a play; a call that was never taken down has no entry in `played`."""
    marks = tuple(_mark(goal, played.get(goal.ticket)) for goal in scenario.goal)
    return Score(marks, sum(mark.points for mark in marks), scenario.points)


def _mark(goal: Goal, ticket: Played | None) -> Mark:
    after = _met_after(goal, ticket) if ticket is not None else None
    if after is None:
        return Mark(goal, None, 0)
    late = goal.within is not None and after > goal.within
    return Mark(goal, after, goal.points * (LATE_SHARE if late else 1))


def _met_after(goal: Goal, ticket: Played) -> int | None:
    """Seconds from the arrival until every condition of a goal held; None while one does not."""
    times: list[int] = []
    checks: Sequence[tuple[object, Callable[[], int | None]]] = (
        (goal.verb, lambda: next((at for verb, at in ticket.done if verb == goal.verb), None)),
        (goal.units, lambda: _all_tasked(goal.units, ticket)),
        (goal.least, lambda: _so_many_tasked(goal.least, ticket)),
        (goal.lead, lambda: _led(goal.lead, ticket)),
        (goal.urgency, lambda: ticket.arrived_at if ticket.urgency in goal.urgency else None),
        (goal.matter, lambda: ticket.arrived_at if ticket.matter in goal.matter else None),
    )
    for wanted, find in checks:
        if wanted:
            at = find()
            if at is None:
                return None
            times.append(at)
    return max(times) - ticket.arrived_at if times else None


def _first_tasks(ticket: Played) -> dict[str, int]:
    """When each unit got its first task."""
    found: dict[str, int] = {}
    for unit, _role, at in ticket.tasked:
        found.setdefault(unit, at)
    return found


def _all_tasked(units: Sequence[str], ticket: Played) -> int | None:
    tasks = _first_tasks(ticket)
    return max(tasks[unit] for unit in units) if all(unit in tasks for unit in units) else None


def _so_many_tasked(least: int, ticket: Played) -> int | None:
    times = sorted(_first_tasks(ticket).values())
    return times[least - 1] if len(times) >= least else None


def _led(leads: Sequence[str], ticket: Played) -> int | None:
    """When the last lead was sent, if it is one of these."""
    sent = [(unit, at) for unit, role, at in ticket.tasked if role == "lead"]
    return sent[-1][1] if sent and sent[-1][0] in leads else None
