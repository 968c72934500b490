"""Clocks as the operations use them: the pure rules of core.rules.clocks, in the form that an event carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.rules import clocks
from core.rules.budgets import Budget
from core.rules.clocks import ClockFacts
from core.rules.ladder import Fired, carry_over, next_step
from core.rules.policy import Policy, plain_code
from core.rules.timeline import Pause
from core.rules.worktime import WorkCalendar
from data.errors import NotAllowed
from data.ids import new_id
from data.instants import from_seconds, to_seconds
from data.tables import ClockRecord
from data.terms import ClockKind, ClockState, Urgency

FACT_FIELDS = tuple(name for name in ClockFacts.__dataclass_fields__)


def write_step(name: Fired) -> str:
    """A ladder step as it is stored: "key#repeat"."""
    return f"{name[0]}#{name[1]}"


def read_step(text: str) -> Fired:
    """The ladder step that `write_step` wrote."""
    key, _, number = text.rpartition("#")
    return key, int(number)


def facts_of(clock: ClockRecord) -> ClockFacts:
    """A stored clock as the value that the rules work on."""
    return ClockFacts.from_dict({name: getattr(clock, name) for name in FACT_FIELDS})


class Timing:
    """Starts, stops, pauses and continues the clocks of one ticket at one instant; returns effects."""

    def __init__(
        self,
        calendar: WorkCalendar,
        policy: Policy,
        at: int,
        urgency: Urgency,
        actor_id: int | None,
        calendar_of: Callable[[int], WorkCalendar] | None = None,
    ) -> None:
        """With the ticket's own calendar and policy versions, the instant in epoch seconds, and who acts.

        `calendar_of` finds other versions: a clock that had stopped when its ticket was set on a newer calendar, or
        that keeps the calendar of its official deadline, is still counted by its own.
        """
        self.calendar = calendar
        self._calendar_of = calendar_of
        self.policy = policy
        self.at = at
        self.moment = from_seconds(at)
        self.urgency = urgency
        self.actor_id = actor_id

    def start(
        self,
        kind: ClockKind,
        limit: str,
        ladder: str,
        unit_id: int | None = None,
        task_id: int | None = None,
    ) -> dict[str, Any]:
        """A new clock with a limit such as "2 urgent_hour"; `ladder` is empty for a clock that nobody climbs for."""
        return self._start(kind, Budget.parse(limit), ladder, unit_id, task_id)

    def until(
        self, kind: ClockKind, due_at: int, ladder: str, unit_id: int | None = None, task_id: int | None = None
    ) -> dict[str, Any]:
        """A new clock to an instant (epoch seconds) that somebody set, running through."""
        return self._start(kind, Budget.between(self.moment, from_seconds(due_at)), ladder, unit_id, task_id)

    def _start(
        self, kind: ClockKind, budget: Budget, ladder: str, unit_id: int | None, task_id: int | None
    ) -> dict[str, Any]:
        share, ladder = self.policy.warning(kind, self.urgency, ladder, budget.seconds(self.calendar))
        facts = clocks.start(
            kind,
            budget,
            self.moment,
            self.calendar,
            warn_share=share,
            policy_version=self.policy.version,
            by=self.actor_id,
        )
        identity = {"id": new_id(), "unit_id": unit_id, "task_id": task_id, "ladder": ladder, "started_at": self.at}
        return {**identity, "fired": [], **self._effect(facts, ladder, [])}

    def start_policy(self, kind: ClockKind, ladder: str, **identity: int | None) -> dict[str, Any]:
        """A new clock with the policy's limit for its kind; the centre's own clocks have ladders of their own."""
        return self.start(kind, self.policy.limit(kind, self.urgency), self.ladder_of(kind, ladder), **identity)

    def like(self, clock: dict[str, Any], unit_id: int, task_id: int) -> dict[str, Any]:
        """A new clock as one that `start` has just given, for another task: a deadline is worked out once for many."""
        segments = [list(segment) for segment in clock["segments"]]
        return {**clock, "id": new_id(), "unit_id": unit_id, "task_id": task_id, "fired": [], "segments": segments}

    def ladder_of(self, kind: ClockKind, ladder: str) -> str:
        """The ladder of a clock: its own where the policy gives the kind one, none for a bundle clock."""
        return "" if kind == ClockKind.HANDLE else self.policy.clock_ladder.get(kind.value, ladder)

    def stop(self, clock: ClockRecord, cancelled: bool = False) -> dict[str, Any]:
        """End a clock: met or missed, or cancelled where it no longer matters."""
        return self._changed(clock, clocks.stop(facts_of(clock), self.moment, self._own(clock), cancelled=cancelled))

    def pause(self, clock: ClockRecord, reason: str) -> dict[str, Any]:
        """Let a running clock stand still."""
        paused = clocks.pause(facts_of(clock), self.moment, self._own(clock), reason=reason, by=self.actor_id)
        return self._changed(clock, paused)

    def resume(self, clock: ClockRecord, reason: str = "") -> dict[str, Any]:
        """Let a paused clock run on."""
        own = self._own(clock)
        running = clocks.resume(facts_of(clock), self.moment, own, reason=reason, by=self.actor_id)
        share, code = self.policy.at_pace(clock.warn_share, clock.ladder, clock.kind)
        if code == clock.ladder:
            return self._changed(clock, running)
        # It stood still while the centre's mode changed.
        running = clocks.rebase(running, own, warn_share=share).after
        return {"id": clock.id, "ladder": code, **self._effect(running, code, list(clock.fired))}

    def go_on(self, clock: ClockRecord, reason: str, limit: str = "") -> dict[str, Any]:
        """Let a stopped clock go on where it stood: a returned ticket is back, or work failed its check.

        `limit` is the limit that holds now: what had been used stays used.
        """
        if clock.state in (ClockState.RUNNING, ClockState.PAUSED):
            raise NotAllowed("clock-live", "计时未停止。", "The clock has not stopped.")
        own = self._own(clock)
        again = clocks.continue_(facts_of(clock), self.moment, own, reason=reason, by=self.actor_id)
        budget = Budget.parse(limit) if limit else None
        share, ladder = self.policy.at_pace(clock.warn_share, clock.ladder, clock.kind)
        rebased = clocks.rebase(again, self.calendar, budget=budget, warn_share=share)
        return self._rebased(clock, rebased, ladder)

    def set_back(self, clock: ClockRecord, before: ClockRecord) -> dict[str, Any]:
        """The clock as it was before a deed that is undone: it goes on as if the deed had never been.

        What its ladder did since stays done. Where the deed had moved the deadline, the old one is a new generation,
        and steps that are not past under it are done at their time.
        """
        facts, fired = facts_of(before), list(dict.fromkeys([*before.fired, *clock.fired]))
        share, code = self.policy.at_pace(before.warn_share, before.ladder, before.kind)
        if code != before.ladder and facts.state in (ClockState.RUNNING, ClockState.PAUSED):
            facts = clocks.rebase(facts, self._own(before), warn_share=share).after
        steps = self.policy.ladder(code)
        if clock.generation != before.generation:
            facts = replace(facts, generation=clock.generation + 1)
            if steps is not None:
                done = [read_step(name) for name in fired]
                kept = carry_over(steps, facts.warn_at, facts.due_at, self.moment, done, facts.pauses)
                fired = [name for name in fired if read_step(name) in kept]
        identity = {"id": clock.id, "task_id": before.task_id, "fired": fired, "ladder": code}
        return {**identity, **self._effect(facts, code, fired)}

    def carry(self, clock: ClockRecord, kind: ClockKind, ladder: str) -> dict[str, Any]:
        """A clock of another ticket as one of this: the same deadline, with the steps that were done for it.

        `ladder` is for one whose own ladder this ticket's policy does not know.
        """
        own = clock.ladder if not clock.ladder or self.policy.ladder(clock.ladder) is not None else ladder
        facts, fired = replace(facts_of(clock), kind=kind), list(clock.fired)
        identity = {"id": new_id(), "unit_id": None, "task_id": None, "ladder": own, "started_at": clock.started_at}
        return {**identity, "fired": fired, **self._effect(facts, own, fired)}

    def withdraw(self, clock: ClockRecord) -> dict[str, Any]:
        """End a live clock whose start is undone."""
        return {**self.stop(clock, cancelled=True), "state": ClockState.WITHDRAWN.value}

    def rebase(
        self, clock: ClockRecord, calendar: WorkCalendar, limit: str | None = None, ladder: str | None = None
    ) -> dict[str, Any] | None:
        """Set a live clock's deadline anew under another calendar, limit or ladder; None when nothing changes.

        With a limit the pre-warning is the policy's again.
        """
        budget, share, code = None, None, clock.ladder
        if limit:
            budget = Budget.parse(limit)
            code = plain_code(clock.ladder) if ladder is None else ladder
            share, code = self.policy.warning(ClockKind(clock.kind), self.urgency, code, budget.seconds(calendar))
        rebased = clocks.rebase(
            facts_of(clock), calendar, budget=budget, warn_share=share, policy_version=self.policy.version
        )
        if rebased.before == rebased.after and code == clock.ladder:
            return None
        return self._rebased(clock, rebased, code)

    def press(self, clock: ClockRecord) -> dict[str, Any] | None:
        """A live clock at the pace of the centre's mode; None where it has it already.

        Its deadline stays, and what its ladder did stays done: nobody is told twice because the mode changed.
        """
        share, code = self.policy.at_pace(clock.warn_share, clock.ladder, clock.kind)
        if code == clock.ladder:
            return None
        after = clocks.rebase(facts_of(clock), self._own(clock), warn_share=share).after
        return {"id": clock.id, "ladder": code, **self._effect(after, code, list(clock.fired))}

    def _rebased(self, clock: ClockRecord, rebased: clocks.Rebased, ladder: str) -> dict[str, Any]:
        """The effect of a new generation: steps that are past under the new deadline as well are not done again."""
        fired = list(clock.fired)
        steps = self.policy.ladder(ladder)
        if rebased.moved and steps is not None:
            after, done = rebased.after, [read_step(name) for name in fired]
            kept = carry_over(steps, after.warn_at, after.due_at, self.moment, done, after.pauses)
            fired = [name for name in fired if read_step(name) in kept]
        return {"id": clock.id, "fired": fired, "ladder": ladder, **self._effect(rebased.after, ladder, fired)}

    def fire(self, clock: ClockRecord, step: str) -> dict[str, Any]:
        """Note that a ladder step fired, and find the next one."""
        fired = [*clock.fired, step]
        # Straight from the row, without the budget and the rest: a sweep does this ten thousand times.
        due, warn = (None if at is None else from_seconds(at) for at in (clock.due_at, clock.warn_at))
        pauses = [(from_seconds(a), b and from_seconds(b)) for a, b, kind, *_ in clock.segments if kind != "run"]
        return {"id": clock.id, "fired": fired, **self._next_of(clock.state, warn, due, pauses, clock.ladder, fired)}

    def _own(self, clock: ClockRecord) -> WorkCalendar:
        """The calendar version that a clock runs on."""
        if self._calendar_of is None or clock.calendar_version in ("", self.calendar.version):
            return self.calendar
        return self._calendar_of(int(clock.calendar_version))

    def _changed(self, clock: ClockRecord, facts: ClockFacts) -> dict[str, Any]:
        return {"id": clock.id, **self._effect(facts, clock.ladder, list(clock.fired))}

    def _effect(self, facts: ClockFacts, ladder: str, fired: list[str]) -> dict[str, Any]:
        ended = facts.ended_at
        return {
            **facts.to_dict(),
            "stopped_at": to_seconds(ended) if ended else None,
            **self._next(facts, ladder, fired),
        }

    def _next(self, facts: ClockFacts, ladder: str, fired: list[str]) -> dict[str, Any]:
        return self._next_of(facts.state, facts.warn_at, facts.due_at, facts.pauses, ladder, fired)

    def _next_of(
        self,
        state: str,
        warn_at: datetime | None,
        due_at: datetime | None,
        pauses: Sequence[Pause],
        ladder: str,
        fired: list[str],
    ) -> dict[str, Any]:
        """When the engine must look at a clock again, and for which step."""
        steps = self.policy.ladder(ladder)
        if steps is None or state != ClockState.RUNNING or due_at is None:
            return {"next_at": None, "next_step": ""}
        found = next_step(steps, warn_at, due_at, [read_step(name) for name in fired], pauses)
        if found is None:
            return {"next_at": None, "next_step": ""}
        return {"next_at": to_seconds(found.nominal_at), "next_step": write_step(found.name)}
