"""The clocks of open tickets that are imported: true to the time of the report, silent about what was past by then.

Every clock runs from the report, because no later time is known. A ladder step whose time had come before the import
counts as done: nobody here could be asked then, so nobody is told now. The ladder goes on with the first step that
lies ahead. Such a clock is in its second generation, the first one having run in the other system: steps that are
carried over into a generation are not asked for again, by the engine or by its auditor.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from core.desk.references import MatterView
from core.desk.timing import Timing, write_step
from core.exchange.drafts import Draft
from core.exchange.lookups import UnitPlace
from core.rules import clocks
from core.rules.budgets import Budget, timeline
from core.rules.ladder import schedule
from core.rules.policy import Policy
from core.rules.timeline import RUN_THROUGH
from core.rules.worktime import WorkCalendar
from data.ids import new_id
from data.instants import from_seconds, to_seconds
from data.terms import ClockKind, Stage, Urgency

CARRIED_OVER = 2
"""The generation of a clock whose first steps were due in the other system."""

_AFTER_ALL = datetime(9999, 1, 1, tzinfo=UTC)
_STAGE_CLOCKS = {
    Stage.REPORTED: ClockKind.ACCEPT,
    Stage.ACCEPTED: ClockKind.ASSESS,
    Stage.DISPATCHED: ClockKind.ACKNOWLEDGE,
}
_INSTANTS = ("started_at", "due_at", "warn_at")


class _Mould(NamedTuple):
    """A clock whose limit runs through: the same at every instant but for the instant."""

    at: int
    effect: dict[str, Any]
    firings: list[tuple[int, str]]
    """Instant and name of every ladder step, in order."""


class Openings:
    """Starts the clocks of open tickets by one policy and calendar, at one moment of import."""

    def __init__(self, policy: Policy, calendar: WorkCalendar, matters: Mapping[str, MatterView], now: int) -> None:
        """`matters` by code, filled as they come up; `now` in epoch seconds."""
        self.policy, self.calendar, self.matters, self.now = policy, calendar, matters, now
        self._moulds: dict[tuple[ClockKind, str, str, Urgency], _Mould] = {}

    def clocks(self, draft: Draft, unit: UnitPlace | None, task_id: int | None) -> list[dict[str, Any]]:
        """The effects that start an open ticket's clocks.

        The official deadline runs to the instant that the other system gave; without one, a ticket that a unit has
        gets the final limit of its matter or urgency. What centre or unit must do next has the policy's limit;
        `task_id` is the unit's task.
        """
        at, due, urgency = draft.reported_at, draft.official_due_at, Urgency(draft.opening["urgency"])
        matter = self.matters.get(draft.opening.get("matter_code", ""))
        ladder = self.policy.ladder_code(urgency, matter.ladder if matter else "")
        found = []
        next_kind = _STAGE_CLOCKS.get(Stage(draft.stage))
        if next_kind is not None:
            own = self.policy.clock_ladder.get(next_kind.value, ladder)
            clock = self._start(next_kind, self.policy.limit(next_kind, urgency), own, urgency, at)
            if unit is not None and next_kind == ClockKind.ACKNOWLEDGE:
                clock.update(unit_id=unit.id, task_id=task_id)
            found.append(clock)
        if due is not None:
            found.append(self._booked(self._official(at, due, ladder, urgency)))
        elif unit is not None:
            limit = (matter.limit(0).get("final", "") if matter else "") or self.policy.limit(ClockKind.FINAL, urgency)
            found.append(self._start(ClockKind.FINAL, limit, ladder, urgency, at))
        return found

    def _start(self, kind: ClockKind, limit: str, ladder: str, urgency: Urgency, at: int) -> dict[str, Any]:
        mould = self._moulds.get((kind, limit, ladder, urgency))
        if mould is None:
            clock = Timing(self.calendar, self.policy, at, urgency, None).start(kind, limit, ladder)
            if timeline(Budget.parse(limit).unit, self.calendar) is RUN_THROUGH:
                self._moulds[kind, limit, ladder, urgency] = _Mould(at, dict(clock), self._firings(clock))
            return self._booked(clock)
        shift = at - mould.at
        clock = {**mould.effect, "id": new_id(), "segments": [[at, None, *mould.effect["segments"][0][2:]]]}
        for name in _INSTANTS:
            if clock[name] is not None:
                clock[name] += shift
        return self._book(clock, [(moment + shift, step) for moment, step in mould.firings])

    def _official(self, at: int, due: int, ladder: str, urgency: Urgency) -> dict[str, Any]:
        """A clock to the other system's deadline, which may be the instant of the report itself."""
        budget = Budget.between(from_seconds(at), from_seconds(due))
        share, own = self.policy.warning(ClockKind.OFFICIAL, urgency, ladder, due - at)
        facts = clocks.start(
            ClockKind.OFFICIAL,
            budget,
            from_seconds(at),
            self.calendar,
            warn_share=share,
            policy_version=self.policy.version,
        )
        identity = {"id": new_id(), "unit_id": None, "task_id": None, "ladder": own, "started_at": at}
        return {**identity, **facts.to_dict(), "stopped_at": None}

    def _firings(self, clock: Mapping[str, Any]) -> list[tuple[int, str]]:
        ladder = self.policy.ladder(clock["ladder"])
        if ladder is None:
            return []
        warn, due = (None if clock[name] is None else from_seconds(clock[name]) for name in ("warn_at", "due_at"))
        return [
            (to_seconds(firing.nominal_at), write_step(firing.name))
            for firing in schedule(ladder, warn, due, _AFTER_ALL)
        ]

    def _booked(self, clock: dict[str, Any]) -> dict[str, Any]:
        return self._book(clock, self._firings(clock))

    def _book(self, clock: dict[str, Any], firings: list[tuple[int, str]]) -> dict[str, Any]:
        """The clock with the past steps counted as done and the next one found."""
        clock["fired"] = [step for moment, step in firings if moment <= self.now]
        clock["generation"] = CARRIED_OVER if clock["fired"] else 1
        ahead = firings[len(clock["fired"])] if len(clock["fired"]) < len(firings) else (None, "")
        clock["next_at"], clock["next_step"] = ahead
        return clock
