"""How often alarms may ring: never so much that nobody listens any more, never silent while one waits too long.

Pure: alarms and what was told so far in, whether to ring out; the instant is given, nothing is looked up. One ring
stands for everything that waits. Between two rings lie at least `gap` seconds. An alarm that nobody acknowledges
rings again after its grade's intervals, the last of which goes on; so it is never older than its interval plus `gap`
without a ring, except that quiet hours hold back what is no emergency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class Grade(IntEnum):
    """How much an alarm presses."""

    NEARING = 1
    """A deadline comes near, or work was given to this officer."""
    ALARM = 2
    """A deadline has passed, the ladder climbed to this officer."""
    EMERGENCY = 3
    """An emergency ticket, or an engine that is silent. Quiet hours do not hold it back."""


DAY = 86_400


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of the day, in seconds since midnight, in which only emergencies ring; it may go over midnight."""

    begin: int
    end: int

    def cover(self, second: int) -> bool:
        """Whether a second of the day lies in them."""
        if self.begin <= self.end:
            return self.begin <= second < self.end
        return second >= self.begin or second < self.end


@dataclass(frozen=True, slots=True)
class Policy:
    """What may ring how often; all in seconds."""

    gap: int = 10
    repeats: Mapping[Grade, tuple[int, ...]] = field(
        default_factory=lambda: {
            Grade.EMERGENCY: (30, 60, 60, 120),
            Grade.ALARM: (60, 120, 300),
            Grade.NEARING: (300, 600, 1800),
        }
    )
    quiet: QuietHours | None = None

    def interval(self, grade: Grade, rings: int) -> int:
        """Seconds from the `rings`-th ring of an alarm (from 1) to the next."""
        steps = self.repeats[grade]
        return steps[min(rings, len(steps)) - 1]


class Alarm(NamedTuple):
    """Something that waits for an acknowledgement."""

    key: int
    grade: Grade


class Told(NamedTuple):
    """How often an alarm has rung, and when last (epoch seconds)."""

    rings: int
    at: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What was told so far."""

    last: int | None = None
    """When it rang last."""
    told: Mapping[int, Told] = field(default_factory=dict)

    def known(self, alarms: Iterable[Alarm], now: int) -> Budget:
        """These alarms are in front of the officer's eyes already: they ring only when they stay."""
        return Budget(self.last, {**self.told, **{alarm.key: Told(1, now) for alarm in alarms}})


def ring(alarms: Iterable[Alarm], before: Budget, policy: Policy, now: int, second: int) -> tuple[Budget, bool]:
    """Whether it rings at `now`, which is the `second` of the local day; and what is told then.

    A clock that was set back counts as no time passed, so that it cannot silence an alarm for longer than its
    interval.
    """
    waiting = list(alarms)
    told = {
        alarm.key: _not_later(before.told[alarm.key], now) for alarm in waiting if alarm.key in before.told
    }  # what is no longer waiting is forgotten
    last = before.last if before.last is None else min(before.last, now)
    after = Budget(last, told)
    if last is not None and now - last < policy.gap:
        return after, False
    still = policy.quiet is not None and policy.quiet.cover(second)
    audible = [alarm for alarm in waiting if not still or alarm.grade is Grade.EMERGENCY]
    due = {alarm.key for alarm in audible if _due(alarm, told.get(alarm.key), policy, now)}
    if not due:
        return after, False
    for alarm in audible:
        rings = told[alarm.key].rings if alarm.key in told else 0
        told[alarm.key] = Told(rings + (alarm.key in due), now)
    return Budget(now, told), True


def _due(alarm: Alarm, told: Told | None, policy: Policy, now: int) -> bool:
    return told is None or not told.rings or now - told.at >= policy.interval(alarm.grade, told.rings)


def _not_later(told: Told, now: int) -> Told:
    return told if told.at <= now else Told(told.rings, now)
