"""The rule of silence: a person's, a device's, nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules.signals import AHEAD, OLDEST, believed
from core.rules.silence import (
    ACTIVE,
    BASE,
    DAY,
    HOUR,
    MOST,
    OFFLINE_GRACE,
    QUIET,
    SETTLE,
    Habit,
    Watch,
    Word,
    allowance,
    deaf,
    habit_of,
    judge,
    out_of_touch,
    tidy,
)
from data.device_terms import AlertKind, DeviceKind

T = 1_800_000_000
BEAT = 6 * HOUR
DOOR = Watch(DeviceKind.DOOR, T - 30 * DAY, BASE, BEAT, word_at=T, active_at=T)


def test_a_day_without_a_sound_is_care_while_the_device_speaks() -> None:
    speaking = replace(DOOR, word_at=T + 20 * HOUR)
    assert judge(speaking, T + BASE - 1) == (None, 0, T + BASE)
    assert judge(speaking, T + BASE)[:2] == (AlertKind.CARE, T)
    assert judge(speaking, T + BASE, [("care", T)]).alert is None
    assert judge(replace(speaking, kind=DeviceKind.SMOKE), T + BASE).alert is None


def test_a_device_that_is_out_of_touch_is_a_fault_and_no_silence() -> None:
    allowed = allowance(BEAT)
    assert allowed is not None
    assert judge(DOOR, T + allowed - 1) == (None, 0, T + allowed)
    assert judge(DOOR, T + allowed) == (AlertKind.FAULT, T, None)
    assert judge(DOOR, T + 3 * DAY, [("fault", T)]) == (None, 0, None)
    gateway = replace(DOOR, others_at=T - HOUR)
    assert judge(gateway, T + allowed)[:2] == (AlertKind.GATEWAY, T)
    assert judge(replace(DOOR, others_at=T + allowed), T + allowed)[:2] == (AlertKind.FAULT, T)
    never = replace(DOOR, word_at=None, active_at=None)
    assert judge(never, never.opened_at + DAY)[:2] == (AlertKind.FAULT, never.opened_at)


def test_without_heartbeats_a_dead_battery_or_a_quiet_gateway_says_that_it_is_the_device() -> None:
    mute = replace(DOOR, beat=0)
    assert judge(mute, T + BASE)[:2] == (AlertKind.CARE, T)
    assert judge(replace(mute, battery=3), T + BASE)[:2] == (AlertKind.FAULT, T)
    assert judge(replace(mute, others_at=T + BASE - QUIET + 1), T + BASE)[:2] == (AlertKind.CARE, T)
    assert judge(replace(mute, others_at=T + BASE - QUIET), T + BASE)[:2] == (AlertKind.GATEWAY, T + BASE - QUIET)


def test_called_offline_by_its_platform_it_may_come_back_for_two_hours() -> None:
    gone = replace(DOOR, word_at=T + 23 * HOUR, offline_at=T + 23 * HOUR)
    assert judge(gone, T + BASE) == (None, 0, T + 23 * HOUR + OFFLINE_GRACE)
    assert judge(gone, T + 23 * HOUR + OFFLINE_GRACE)[:2] == (AlertKind.FAULT, T + 23 * HOUR)


def test_an_announced_absence_does_not_count() -> None:
    away = replace(DOOR, word_at=T + 5 * DAY, away=(T + HOUR, T + 5 * DAY))
    assert judge(away, T + 2 * DAY).alert is None
    home = replace(away, word_at=T + 5 * DAY + 20 * HOUR)
    assert judge(home, T + 5 * DAY + 23 * HOUR - 1).alert is None
    assert judge(home, T + 5 * DAY + 23 * HOUR).alert == AlertKind.CARE


def test_the_habit_is_the_persons_own() -> None:
    """Twice quiet for longer may have been trouble, three times is a habit; never longer than three days."""
    daily = [T + hour * HOUR for hour in range(0, 480, 12)]
    assert habit_of(daily, BASE, []) == Habit(19, 40, ())
    assert habit_of(daily, BASE, []).limit() == BASE
    rare = [T + day * 30 * HOUR for day in range(4)]
    habit = habit_of(rare, BASE, [])
    assert (habit.first, habit.limit()) == (False, round(30 * HOUR * 1.25))
    assert habit_of(rare[:3], BASE, []).limit() == BASE
    assert habit_of(rare, BASE, [], trouble={rare[1]}).limit() == BASE
    assert habit_of([T + day * 4 * DAY for day in range(9)], BASE, []).limit() == MOST
    assert habit_of([], BASE, []) == Habit()


def test_after_an_outage_signals_that_were_kept_may_still_come_in() -> None:
    back = T + BASE + HOUR
    late = replace(DOOR, word_at=T + 20 * HOUR, outages=[(T + 20 * HOUR, back)])
    assert judge(late, back) == (None, 0, min(back + SETTLE, T + 20 * HOUR + 2 * BEAT + 600))
    assert judge(late, back + SETTLE).alert == AlertKind.CARE
    short = replace(late, outages=[(T + BASE - 30, T + BASE)])
    assert judge(short, T + BASE).alert == AlertKind.CARE
    assert deaf([(T, T + 2 * HOUR), (T + DAY, T + DAY + 2 * HOUR), (T, T + 60)], [T + HOUR]) == [
        (T + DAY, T + DAY + 2 * HOUR)
    ]


def test_a_clock_that_cannot_be_right_gives_way_to_ours() -> None:
    assert believed(None, T) == (T, None)
    assert believed(T - DAY, T) == (T - DAY, None)
    assert believed(T + AHEAD, T) == (T, None)
    assert believed(T + AHEAD + 1, T) == (T, T + AHEAD + 1)
    assert believed(T - OLDEST, T) == (T, T - OLDEST)
    assert believed(0, T) == (T, 0)


# ------------------------------------------------------------------------------------------- never twice, never none


@dataclass(frozen=True)
class Course:
    """What happened, on whole hours after T; the engine is away in the outages, the person in `away`."""

    moved: frozenset[int]
    dead: tuple[int, int]
    away: tuple[int, int]
    outage: tuple[int, int]
    late: dict[int, int]
    """Hours after which a movement comes in."""
    hours: int = 200

    def words(self, now: int) -> list[Word]:
        """What has come in by an hour."""
        beats = [hour for hour in range(0, self.hours, 6) if not self.dead[0] <= hour < self.dead[1]]
        moved = [hour for hour in self.moved if not self.dead[0] <= hour < self.dead[1]]
        said = [(hour, "alive") for hour in beats if hour <= now]
        said += [(hour, "open") for hour in moved if hour + self.late.get(hour, 0) <= now]
        return [Word(T + hour * HOUR, kind) for hour, kind in sorted(said)]

    def up(self, hour: int) -> bool:
        """Whether an engine runs."""
        return not self.outage[0] <= hour < self.outage[1]


spans = st.tuples(st.integers(1, 190), st.integers(0, 60)).map(lambda one: (one[0], one[0] + one[1]))
courses = st.builds(
    Course,
    st.frozensets(st.integers(0, 199), max_size=12).map(lambda hours: hours | {0}),
    spans,
    spans,
    spans,
    st.dictionaries(st.integers(1, 199), st.integers(1, 30), max_size=4),
)


def _known(course: Course, hour: int) -> Watch:
    words = course.words(hour)
    actives = [word.at for word in words if word.kind in ACTIVE]
    since, until = (T + at * HOUR for at in course.away)
    ended = course.outage[1] <= hour and course.outage[0] < course.outage[1]
    outages = [(T + course.outage[0] * HOUR, T + course.outage[1] * HOUR)] if ended else []
    return replace(
        DOOR,
        word_at=words[-1].at,
        active_at=actives[-1],
        away=(since, until),
        outages=outages,
        blind=tidy([*out_of_touch([word for word in words if word.at >= T], BEAT)]),
    )


def _watched_hours(course: Course, words: Sequence[Word], since: int, hour: int) -> int:
    """Hour by hour, as one would count on a sheet of paper."""
    at = [(word.at - T) // HOUR for word in words]
    gaps = [(a, b) for a, b in pairwise(at) if (b - a) * HOUR > 2 * BEAT + 600]
    return sum(
        not course.away[0] <= h < course.away[1] and not any(a <= h < b for a, b in gaps) for h in range(since, hour)
    )


@settings(max_examples=150, deadline=None)
@given(courses)
def test_never_twice_for_one_silence_and_never_none(course: Course) -> None:
    """An engine that looks only when it was told to finds each silence once, in the hour in which it can be known."""
    told: list[tuple[str, int]] = []
    expected: list[tuple[str, int]] = []
    look_at: int | None = T
    heard = 0
    for hour in range(course.hours):
        words = course.words(hour)
        watch = _known(course, hour)
        if len(words) != heard:
            look_at, heard = T + hour * HOUR, len(words)
        if not course.up(hour):
            continue
        now = T + hour * HOUR + SETTLE
        since = (max(word.at for word in words if word.kind in ACTIVE) - T) // HOUR
        lost = (hour * HOUR + SETTLE) - (words[-1].at - T) >= 2 * BEAT + 600
        if not lost and _watched_hours(course, words, since, hour) >= 24 and ("care", T + since * HOUR) not in expected:
            expected.append(("care", T + since * HOUR))
        while look_at is not None and look_at <= now:
            verdict = judge(watch, now, told)
            look_at = verdict.look_at
            if verdict.alert is not None:
                told.append((verdict.alert.value, verdict.since))
    care = [one for one in told if one[0] == "care"]
    assert len(set(told)) == len(told)
    assert care == expected
