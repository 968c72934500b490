"""What is wrong with one officer's shifts: two places at once, too little rest, a leave that nobody stands in for."""

from __future__ import annotations

import pytest

from core.rules.duty_watch import HOUR, LIMITS, Time, find_gaps

Span = tuple[int, int]


def shift(begin: int, end: int | None, role: str = "post_member", officer: int = 1, planned: int | None = None) -> Time:
    return Time(officer, "shift", role, begin * HOUR, None if end is None else end * HOUR, planned)


def found(*times: Time) -> list[tuple[str, int, int]]:
    """Kind, begin and end in hours."""
    gaps = find_gaps(times, (), frozenset(), 0, 100 * HOUR, LIMITS)
    return [(gap.kind.value, gap.from_at // HOUR, gap.to_at // HOUR) for gap in gaps]


@pytest.mark.parametrize(
    ("times", "gaps"),
    [
        ((shift(8, 16), shift(24, 32)), []),
        ((shift(8, 17), shift(24, 32)), [("rest", 17, 24)]),
        ((shift(8, 17), shift(24, 32, "commander")), []),
        ((shift(8, 12), shift(10, 16)), [("two_places", 10, 12)]),
        # The short shift in the middle hides neither the overlap of the long one nor the rest after it.
        ((shift(0, 40), shift(2, 4), shift(30, 36), shift(44, 50)),
         [("two_places", 2, 4), ("two_places", 30, 36), ("rest", 40, 44)]),
        ((shift(0, None), shift(50, 60)), [("two_places", 50, 60)]),
    ],
)  # fmt: skip
def test_shifts_of_one_officer(times: tuple[Time, ...], gaps: list[tuple[str, int, int]]) -> None:
    assert found(*times) == gaps


def test_a_leave_against_a_shift_is_wrong_where_nobody_stands_in() -> None:
    leave = Time(1, "leave", "", 10 * HOUR, 14 * HOUR)
    assert found(shift(8, 20), leave) == [("leave", 10, 14)]
    assert found(shift(8, 20), leave, shift(10, 13, officer=2, planned=1)) == [("leave", 13, 14)]
    assert found(shift(8, 20), leave, shift(10, 14, "section_leader", officer=2, planned=1)) == [("leave", 10, 14)]
