"""Who is told when a ladder step is reached: who is on duty, their substitute, else the next level; never nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.rules.ladder import LEVELS, TOP_LEVELS, Step, levels_above
from data.terms import SkipReason

NOBODY = SkipReason.NOBODY.value
"""Reason: the target has no one at all."""
OFF_DUTY = SkipReason.OFF_DUTY.value
"""Reason: the person is off duty, and nothing more is known."""
ALREADY_TOLD = SkipReason.ALREADY_TOLD.value
"""Reason: the same person is told as another target of the step."""


class Officer(NamedTuple):
    """A person as the ladder sees them; `why_off` says why they are not on duty."""

    officer_id: int
    name: str
    on_duty: bool = True
    why_off: str = ""
    kept: bool = False
    """Of the leaving shift, whose handover is not signed: told besides whoever has come."""


@dataclass(frozen=True)
class Duty:
    """Who stands behind each target now, in the order in which they are asked."""

    people: Mapping[str, Sequence[Officer]] = field(default_factory=dict)

    def of(self, target: str) -> Sequence[Officer]:
        """The people of a target, first choice first."""
        return self.people.get(target, ())


class Resolution(NamedTuple):
    """One person told, or one skipped with the reason. `stands_in_for` is the target that nobody could answer."""

    target: str
    officer_id: int | None
    skipped_reason: str | None = None
    stands_in_for: str | None = None

    @property
    def is_told(self) -> bool:
        """Whether this line reaches somebody."""
        return self.skipped_reason is None


def resolve(step: Step, duty: Duty) -> list[Resolution]:
    """Whom a step tells, and whom it passes over and why, from the lowest level up.

    Of each target the first person on duty is told, and with them those of a shift that is not signed for. Where it
    has none, its substitutes on the same level stand in (A off: B). Where nobody on a level that was to be told can be,
    the levels above are asked, one by one, until somebody is reached. If nobody up to the district is, the leaders
    below are asked, downwards: a step for a commander who is away still reaches the duty leader. If no line `is_told`
    even so, the engine must alarm every screen.
    """
    roll = _Roll(duty)
    for level in LEVELS:
        wanted = [target for target in step.targets if target in level]
        # Each target is asked, also when another of its level has answered.
        answers = [_first(roll, level[level.index(target) :], target) for target in wanted]
        if wanted and not any(answers):
            _first(roll, [target for above in levels_above(level) for target in above], wanted[0])
    if not roll.told:
        _first(roll, [target for level in reversed(TOP_LEVELS) for target in level], step.targets[-1])
    return roll.lines


class _Roll:
    """The roll that is called: each target once, each person told once."""

    def __init__(self, duty: Duty) -> None:
        self.duty = duty
        self.lines: list[Resolution] = []
        self.answered: dict[str, bool] = {}
        self.told: set[int] = set()

    def ask(self, target: str, stands_in_for: str | None) -> bool:
        """Whether a target is answered; the first time, who of it is told or skipped is written down."""
        if target not in self.answered:
            self.answered[target] = self._call(target, stands_in_for)
        return self.answered[target]

    def _call(self, target: str, stands_in_for: str | None) -> bool:
        people = self.duty.of(target)
        if not people:
            self.lines.append(Resolution(target, None, NOBODY, stands_in_for))
        answered = False
        for officer in people:
            if answered and not (officer.kept and officer.on_duty):
                continue
            reason = ALREADY_TOLD if officer.officer_id in self.told else None
            if not officer.on_duty:
                reason = officer.why_off or OFF_DUTY
            self.lines.append(Resolution(target, officer.officer_id, reason, stands_in_for))
            if officer.on_duty:
                self.told.add(officer.officer_id)
                answered = True
        return answered


def _first(roll: _Roll, targets: Sequence[str], wanted: str) -> bool:
    """Ask targets one after the other until one answers; all but `wanted` itself stand in for it."""
    return any(roll.ask(target, None if target == wanted else wanted) for target in targets)
