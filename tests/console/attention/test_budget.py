"""The budget of alarms, on made-up nights: never more than it allows, never silent while one waits too long."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from console.attention.budget import Alarm, Budget, Grade, Policy, QuietHours, ring

START = 1_784_510_160


@dataclass(frozen=True)
class Stay:
    """An alarm that comes and is acknowledged some time later, in seconds from the start."""

    grade: Grade
    comes: int
    stays: int

    def waits(self, second: int) -> bool:
        return self.comes <= second < self.comes + self.stays


STAYS = st.lists(
    st.builds(Stay, st.sampled_from(Grade), st.integers(0, 900), st.integers(1, 2400)), min_size=1, max_size=12
)


def night(stays: list[Stay], policy: Policy, length: int = 2400) -> list[int]:
    """The seconds at which it rang, looked at once a second."""
    rang, budget = [], Budget()
    for second in range(length):
        waiting = [Alarm(number, stay.grade) for number, stay in enumerate(stays) if stay.waits(second)]
        budget, rings = ring(waiting, budget, policy, START + second, second)
        if rings:
            rang.append(second)
    return rang


@given(STAYS, st.integers(1, 60))
def test_rings_are_never_nearer_than_the_gap(stays: list[Stay], gap: int) -> None:
    rang = night(stays, Policy(gap=gap))
    assert all(later - earlier >= gap for earlier, later in itertools.pairwise(rang))


@given(STAYS)
def test_nobody_waits_longer_than_the_interval_without_a_ring(stays: list[Stay]) -> None:
    """From its coming on, the stretch without a ring is at most the longest interval of its grade and the gap."""
    policy = Policy()
    rang = night(stays, policy)
    for stay in stays:
        until = min(stay.comes + stay.stays, 2400)
        heard = [stay.comes - 1, *[at for at in rang if stay.comes <= at < until], until]
        first = heard[1] - stay.comes
        assert first <= policy.gap, "a new alarm waits for the gap at most"
        longest = policy.repeats[stay.grade][-1] + policy.gap
        assert all(later - earlier <= longest for earlier, later in itertools.pairwise(heard))


@given(STAYS)
def test_it_never_rings_when_nothing_waits(stays: list[Stay]) -> None:
    for second in night(stays, Policy()):
        assert any(stay.waits(second) for stay in stays)


@given(st.sampled_from(Grade))
def test_one_alarm_rings_at_once_then_ever_more_rarely(grade: Grade) -> None:
    policy = Policy()
    rang = night([Stay(grade, 0, 2400)], policy)
    steps = [later - earlier for earlier, later in itertools.pairwise(rang)]
    wanted = policy.repeats[grade]
    assert rang[0] == 0
    assert steps == [*wanted, *[wanted[-1]] * len(steps)][: len(steps)]
    assert len(steps) >= 2


def test_a_burst_is_one_ring() -> None:
    rang = night([Stay(Grade.ALARM, 5, 2000) for _number in range(40)], Policy(), length=60)
    assert rang == [5]


def test_an_emergency_repeats_sooner_than_an_alarm() -> None:
    counts = {grade: len(night([Stay(grade, 0, 900)], Policy(), 900)) for grade in Grade}
    assert counts[Grade.EMERGENCY] > counts[Grade.ALARM] > counts[Grade.NEARING]


def test_quiet_hours_hold_back_all_but_emergencies_and_are_made_up_for() -> None:
    policy = Policy(quiet=QuietHours(0, 600))
    assert night([Stay(Grade.ALARM, 10, 2000)], policy, 700)[0] == 600
    assert night([Stay(Grade.EMERGENCY, 10, 2000)], policy, 700)[0] == 10


def test_quiet_hours_may_go_over_midnight() -> None:
    night_hours = QuietHours(22 * 3600, 6 * 3600)
    assert night_hours.cover(23 * 3600)
    assert night_hours.cover(0)
    assert not night_hours.cover(6 * 3600)
    assert not night_hours.cover(12 * 3600)


@given(st.integers(1, 100_000))
def test_a_clock_set_back_does_not_silence(back: int) -> None:
    policy = Policy()
    alarm = [Alarm(1, Grade.ALARM)]
    budget, rang = ring(alarm, Budget(), policy, START, 0)
    assert rang
    heard = []
    for second in range(policy.interval(Grade.ALARM, 1) + policy.gap + 1):
        budget, rang = ring(alarm, budget, policy, START - back + second, 0)
        if rang:
            heard.append(second)
    assert heard
