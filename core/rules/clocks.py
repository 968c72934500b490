"""Clocks: when something is due, how much of its budget is spent, and why.

A clock is a value: its budget and the segments of its life. It runs, is paused (somebody approved that it stands
still), or is away (a returned ticket is in other hands; when it comes back the clock goes on where it stood: the bundle
deadline). Neither pauses nor time away count. Each function here returns a new value and changes nothing.

The warn instant is reached when a share of the budget has been counted, so pauses move it as they move the deadline.
Instants that have passed do not move: a pause after them comes too late. So `generation` stays the same over pauses,
returns and resumptions, and rises only when `rebase` moves the deadline: a new generation of ladder steps then begins.

A clock keeps the version of the calendar that it started with. A function that is handed another version refuses;
`rebase` is the way to change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from core.rules.budgets import Budget, timeline
from core.rules.timeline import Due, Pause
from core.rules.worktime import WorkCalendar
from data.errors import BadInput, NotAllowed
from data.instants import from_seconds, to_seconds
from data.terms import ClockKind, ClockState, TimeUnit

__all__ = [
    "Budget",
    "ClockFacts",
    "Rebased",
    "Segment",
    "continue_",
    "deadline",
    "pause",
    "rebase",
    "remaining",
    "resume",
    "spent",
    "spent_on",
    "start",
    "stop",
    "warn_at",
]

SegmentKind = Literal["run", "pause", "away"]


class Segment(NamedTuple):
    """A stretch of a clock's life; `until` is None while it lasts. `by` is the officer who began it."""

    since: datetime
    until: datetime | None
    kind: SegmentKind
    reason: str = ""
    by: int | None = None


@dataclass(frozen=True)
class ClockFacts:
    """Everything a clock is, and everything needed to say why it is due when it is due.

    `seconds` is the budget in the calendar that `calendar_version` names. `due_at` is None while a pause holds it open;
    `warn_at` likewise, and where no share is given. `warn_share` is a part of the budget between 0 and 1.
    """

    kind: ClockKind
    budget: Budget
    seconds: int
    segments: tuple[Segment, ...]
    state: ClockState = ClockState.RUNNING
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warn_share: float | None = None
    provisional: bool = False
    generation: int = 1
    calendar_version: str = ""
    policy_version: str = ""

    @property
    def unit(self) -> TimeUnit:
        """The unit that the budget runs in."""
        return self.budget.unit

    @property
    def started_at(self) -> datetime:
        """When the clock first ran."""
        return self.segments[0].since

    @property
    def ended_at(self) -> datetime | None:
        """When the clock was stopped; None while it runs or is paused."""
        return self.segments[-1].until

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """What does not count: pauses and time in other hands."""
        return tuple((segment.since, segment.until) for segment in self.segments if segment.kind != "run")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for an event's body: instants as epoch seconds, segments as lists."""
        return {
            "kind": self.kind.value,
            "budget": self.budget.format(),
            "seconds": self.seconds,
            "segments": [
                [to_seconds(since), until and to_seconds(until), kind, reason, by]
                for since, until, kind, reason, by in self.segments
            ],
            "state": self.state.value,
            "due_at": self.due_at and to_seconds(self.due_at),
            "warn_at": self.warn_at and to_seconds(self.warn_at),
            "warn_share": self.warn_share,
            "provisional": self.provisional,
            "generation": self.generation,
            "calendar_version": self.calendar_version,
            "policy_version": self.policy_version,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ClockFacts:
        """The clock that `to_dict` wrote down."""
        instants = {name: _instant(values[name]) for name in ("due_at", "warn_at")}
        segments = tuple(
            Segment(from_seconds(since), _instant(until), kind, reason, by)
            for since, until, kind, reason, by in values["segments"]
        )
        terms = {"kind": _KINDS[values["kind"]], "state": _STATES[values["state"]]}
        budget = Budget.parse(values["budget"], zero=True)
        return cls(**{**values, **instants, **terms, "segments": segments, "budget": budget})


class Rebased(NamedTuple):
    """A clock before and after its calendar or policy changed."""

    before: ClockFacts
    after: ClockFacts

    @property
    def moved(self) -> bool:
        """Whether the deadline or the pre-warning is another one now."""
        return self.before.generation != self.after.generation


_KINDS = {kind.value: kind for kind in ClockKind}
_STATES = {state.value: state for state in ClockState}


# ------------------------------------------------------------------------------------------------- arithmetic


def deadline(start: datetime, budget: Budget, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Due | None:
    """When a budget is used up; None while a pause without an end stands before that. Raises BadInput as `due` does."""
    return timeline(budget.unit, calendar).due(start, budget.seconds(calendar), pauses)


def spent(
    start: datetime, until: datetime, unit: TimeUnit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> int:
    """Seconds of a budget used between two instants, as its unit counts."""
    return timeline(unit, calendar).elapsed(start, until, pauses)


def warn_at(
    start: datetime, budget: Budget, share: float, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """When a share of a budget is used up (0.75: three quarters); None while a pause holds that open."""
    due = timeline(budget.unit, calendar).due(start, _part(budget.seconds(calendar), share), pauses)
    return due and due.at


def spent_on(facts: ClockFacts, now: datetime, calendar: WorkCalendar) -> int:
    """Seconds that a clock has counted by an instant; not more than when it was stopped."""
    until = now if facts.ended_at is None else min(now, facts.ended_at)
    return spent(facts.started_at, until, facts.unit, calendar, facts.pauses)


def remaining(facts: ClockFacts, now: datetime, calendar: WorkCalendar) -> int:
    """Seconds of the budget left at an instant; negative by as much as is overdue, counted in the clock's unit."""
    return facts.seconds - spent_on(facts, now, calendar)


# ------------------------------------------------------------------------------------------------- a clock's life


def start(
    kind: ClockKind,
    budget: Budget,
    at: datetime,
    calendar: WorkCalendar,
    *,
    warn_share: float | None = None,
    policy_version: str = "",
    reason: str = "",
    by: int | None = None,
) -> ClockFacts:
    """A clock that begins to run. Raises BadInput for a share outside 0…1 and where no deadline can be found."""
    if warn_share is not None and not 0 < warn_share <= 1:
        raise BadInput("clock.share", "预警比例须在 0 与 1 之间", "the share of a pre-warning lies between 0 and 1")
    facts = ClockFacts(
        kind=kind,
        budget=budget,
        seconds=budget.seconds(calendar),
        segments=(Segment(_whole(at), None, "run", reason, by),),
        warn_share=warn_share,
        calendar_version=calendar.version,
        policy_version=policy_version,
    )
    return _dated(facts, calendar)


def pause(facts: ClockFacts, at: datetime, calendar: WorkCalendar, *, reason: str, by: int | None = None) -> ClockFacts:
    """The clock, standing still from now on. Raises NotAllowed unless it runs."""
    _demand(facts, calendar, ClockState.RUNNING)
    held = replace(facts, state=ClockState.PAUSED, segments=_then(facts, at, "pause", reason, by))
    return _dated(held, calendar)


def resume(
    facts: ClockFacts, at: datetime, calendar: WorkCalendar, *, reason: str = "", by: int | None = None
) -> ClockFacts:
    """The clock, running again after a pause. Raises NotAllowed unless it is paused."""
    _demand(facts, calendar, ClockState.PAUSED)
    running = replace(facts, state=ClockState.RUNNING, segments=_then(facts, at, "run", reason, by))
    return _dated(running, calendar)


def stop(facts: ClockFacts, at: datetime, calendar: WorkCalendar, *, cancelled: bool = False) -> ClockFacts:
    """The clock at its end: met where `at` is not later than the deadline, else missed; or cancelled, as for a return.

    A pause still open ends here. Raises NotAllowed for a clock that was stopped before.
    """
    _demand(facts, calendar, ClockState.RUNNING, ClockState.PAUSED)
    last = facts.segments[-1]
    end = max(_whole(at), last.since)
    ended = _dated(replace(facts, segments=(*facts.segments[:-1], last._replace(until=end))), calendar)
    if cancelled:
        return replace(ended, state=ClockState.CANCELLED)
    on_time = ended.due_at is not None and end <= ended.due_at
    return replace(ended, state=ClockState.MET if on_time else ClockState.MISSED)


def continue_(
    facts: ClockFacts, at: datetime, calendar: WorkCalendar, *, reason: str, by: int | None = None
) -> ClockFacts:
    """A stopped clock, going on where it stood: the time since it was stopped was in other hands and does not count.

    For a ticket sent back to a unit that had returned it, and for rework. Raises NotAllowed unless it was stopped.
    """
    _demand(facts, calendar, ClockState.MET, ClockState.MISSED, ClockState.CANCELLED)
    ended = facts.segments[-1].until or at
    back = max(_whole(at), ended)
    segments = (*facts.segments, Segment(ended, back, "away", reason, by), Segment(back, None, "run", reason, by))
    return _dated(replace(facts, state=ClockState.RUNNING, segments=segments), calendar)


def rebase(
    facts: ClockFacts,
    calendar: WorkCalendar,
    *,
    budget: Budget | None = None,
    warn_share: float | None = None,
    policy_version: str | None = None,
) -> Rebased:
    """The clock under another calendar or another limit; earlier pauses and time away are kept.

    What is not given stays. The generation rises if the deadline or the pre-warning moves, or, for a clock that a pause
    holds open, if it may move. Raises NotAllowed for a stopped clock.
    """
    if facts.state not in (ClockState.RUNNING, ClockState.PAUSED):
        raise _not_now(facts)
    limit = budget or facts.budget
    changed = replace(
        facts,
        budget=limit,
        seconds=limit.seconds(calendar),
        warn_share=facts.warn_share if warn_share is None else warn_share,
        calendar_version=calendar.version,
        policy_version=facts.policy_version if policy_version is None else policy_version,
    )
    after = _dated(changed, calendar)
    moved = (facts.due_at, facts.warn_at) != (after.due_at, after.warn_at)
    if facts.due_at is None and after.due_at is None:
        # Held open by a pause, both have no deadline to compare; whether it will move is read off what it comes from.
        by_calendar = timeline(facts.unit, calendar) is calendar and facts.calendar_version != calendar.version
        moved = moved or by_calendar or (facts.seconds, facts.warn_share) != (after.seconds, after.warn_share)
    return Rebased(facts, replace(after, generation=facts.generation + moved))


def _dated(facts: ClockFacts, calendar: WorkCalendar) -> ClockFacts:
    """The clock with its deadline and pre-warning worked out from its segments."""
    line = timeline(facts.unit, calendar)
    due = line.due(facts.started_at, facts.seconds, facts.pauses)
    warn = None
    if facts.warn_share is not None:
        warn = line.due(facts.started_at, _part(facts.seconds, facts.warn_share), facts.pauses)
    return replace(
        facts,
        due_at=due and due.at,
        warn_at=warn and warn.at,
        provisional=bool(due and due.provisional),
    )


def _then(facts: ClockFacts, at: datetime, kind: SegmentKind, reason: str, by: int | None) -> tuple[Segment, ...]:
    """The segments with the last ended and another begun; none ends before it began, even if the time was set back."""
    last = facts.segments[-1]
    now = max(_whole(at), last.since)
    return (*facts.segments[:-1], last._replace(until=now), Segment(now, None, kind, reason, by))


def _part(seconds: int, share: float) -> int:
    """A share of a budget in whole seconds, computed on the decimal that was written (0.1 is a tenth)."""
    return int(Fraction(str(share)) * seconds)


def _whole(at: datetime) -> datetime:
    return from_seconds(to_seconds(at))


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_seconds(seconds)


def _demand(facts: ClockFacts, calendar: WorkCalendar, *states: ClockState) -> None:
    if facts.state not in states:
        raise _not_now(facts)
    if facts.calendar_version != calendar.version:
        raise NotAllowed(
            "clock.calendar",
            f"该计时按日历版本“{facts.calendar_version}”运行，请先改基准再按“{calendar.version}”计算",
            f"the clock runs on calendar version {facts.calendar_version!r}: re-base it to use {calendar.version!r}",
            clock=facts.kind.value,
        )


def _not_now(facts: ClockFacts) -> NotAllowed:
    return NotAllowed(
        "clock.state",
        f"{facts.kind.zh}计时为“{facts.state.zh}”，不能这样操作",
        f"the {facts.kind.en} clock is {facts.state.en}: not possible now",
        clock=facts.kind.value,
        state=facts.state.value,
    )
