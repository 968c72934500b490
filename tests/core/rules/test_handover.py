"""Shifts, the change that an officer hands over, and how an unsigned one climbs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.handover import (
    CLIMBS,
    HOUR,
    MINUTES,
    OWED_FOR,
    Change,
    Shift,
    change_for,
    changes_of,
    first_press,
    owed_change,
    pressed,
    read_minutes,
    shifts_of,
)
from data.errors import BadInput
from data.terms import Role

NIGHT, DAY, EVENING = (Shift(n * 8 * HOUR, (n + 1) * 8 * HOUR, frozenset({n * 2 + 1, n * 2 + 2})) for n in range(3))
CHANGES = changes_of([NIGHT, DAY, EVENING])


def test_times_that_mostly_overlap_are_one_shift_and_the_others_are_not() -> None:
    """Somebody comes half an hour early, somebody stays longer; the next shift begins while the first goes home."""
    times = [(1, 0, 8 * HOUR), (2, 1800, 9 * HOUR), (3, 8 * HOUR, 16 * HOUR), (4, 8 * HOUR - 900, 16 * HOUR)]
    assert shifts_of(times) == [
        Shift(0, 9 * HOUR, frozenset({1, 2})),
        Shift(8 * HOUR - 900, 16 * HOUR, frozenset({3, 4})),
    ]


def test_the_duty_changes_when_the_one_has_gone_and_the_other_has_come() -> None:
    assert [(change.at, change.incoming) for change in CHANGES] == [
        (8 * HOUR, DAY),
        (16 * HOUR, EVENING),
        (24 * HOUR, None),
    ]
    late = Shift(9 * HOUR, 16 * HOUR, frozenset({7}))
    assert changes_of([NIGHT, late])[0].at == 9 * HOUR
    same = Shift(8 * HOUR, 16 * HOUR, NIGHT.officers)
    assert [change.leaving for change in changes_of([NIGHT, same])] == [same]
    assert changes_of([]) == []


@pytest.mark.parametrize(
    ("officer", "now", "signed", "at"),
    [
        (1, 7 * HOUR, [], 8 * HOUR),
        (1, 8 * HOUR + 600, [], 8 * HOUR),
        (3, 8 * HOUR + 600, [], 16 * HOUR),
        (3, 8 * HOUR + 600, [8 * HOUR], 16 * HOUR),
        (1, 8 * HOUR + 600, [8 * HOUR], 16 * HOUR),
        (99, 8 * HOUR + 600, [], 8 * HOUR),
        (99, 8 * HOUR + 600, [8 * HOUR - 300], 16 * HOUR),
        (1, 21 * HOUR, [], None),
    ],
    ids=["before the end", "after it", "the next", "signed", "has gone", "a leader", "moved a little", "long ago"],
)
def test_which_change_an_officer_hands_over(officer: int, now: int, signed: list[int], at: int | None) -> None:
    found = change_for(CHANGES, now, officer, signed)
    assert (found.at if found else None) == at


def test_owed_is_the_newest_change_that_came_and_nobody_made() -> None:
    assert owed_change(CHANGES, 8 * HOUR - 1, [], 0) is None
    assert owed_change(CHANGES, 8 * HOUR, [], 0) == CHANGES[0]
    assert owed_change(CHANGES, 17 * HOUR, [], 0) == CHANGES[1]
    assert owed_change(CHANGES, 17 * HOUR, [16 * HOUR + 300], 0) is None
    assert owed_change(CHANGES, 30 * HOUR, [16 * HOUR], 0) is None, "nobody comes after the last one"
    assert owed_change(CHANGES[:1], 8 * HOUR + OWED_FOR, [], 0) is None
    assert owed_change(CHANGES, 9 * HOUR, [], 1 * HOUR) is None, "the shift was there before the centre"


@given(
    st.lists(st.integers(0, 3 * HOUR), min_size=1, max_size=30), st.sampled_from([(15, 30, 60), (0, 20, 40), (5, 0, 9)])
)
def test_each_step_once_and_in_order_whenever_the_engine_looks(looks: list[int], minutes: tuple[int, ...]) -> None:
    """Looks at any instants, dense or far apart: every step that is due was told once, none before its time."""
    told: list[Role] = []
    step, next_at = 0, first_press(0, minutes)
    for now in sorted(looks):
        if next_at is None or next_at > now:
            continue
        found = pressed(0, step, now, minutes)
        told += found.roles
        step, next_at = found.step, found.next_at
        assert next_at is None or next_at > now
    due = [role for role, after in zip(CLIMBS, minutes, strict=True) if after and after * 60 <= max(looks)]
    assert told == due


@pytest.mark.parametrize(
    "body",
    [
        {"shift_leader": -1},
        {"shift_leader": "15"},
        {"commander": 2000},
        {"shift_leader": 40},
        {"section_leader": 5},
        {"duty_leader": True},
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_climbed_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        read_minutes({"handover": body})
    assert refused.value.code == "policy-handover"


def test_a_policy_without_a_word_has_the_usual_minutes() -> None:
    assert read_minutes({}) == MINUTES
    assert read_minutes({"handover": {"duty_leader": 0}}) == (15, 0, 60)
    assert Change(0, NIGHT, DAY).at == 0
