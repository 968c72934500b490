"""The countdown says the right thing in the right band and changes only when it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.widgets.countdown import DAY, HOUR, WIDTH, Timed, cell, label, visible_changes

NOW = 1_790_000_000


@pytest.mark.parametrize(
    ("left", "text", "band"),
    [
        (0, " 00:00", "soon"),
        (1, " 00:01", "soon"),
        (600, " 10:00", "soon"),
        (601, " 10:01", "ok"),
        (3599, " 59:59", "ok"),
        (3600, " 1h00m", "ok"),
        (DAY - 1, " 23h59", "ok"),
        (10 * HOUR - 1, " 9h59m", "ok"),
        (DAY, " 1d00h", "ok"),
        (9 * DAY + 23 * HOUR, " 9d23h", "ok"),
        (99 * DAY + 23 * HOUR, " 99d", "ok"),
        (400 * DAY, " 400d", "ok"),
        (-1, "+00:01", "late"),
        (-3600, "+1h00m", "late"),
        (-3 * DAY, "+3d00h", "late"),
    ],
)
def test_labels(left: int, text: str, band: str) -> None:
    assert label(NOW + left, NOW) == (text, band)


def test_no_deadline_and_paused() -> None:
    assert label(None, NOW) == ("", "none")
    assert label(9_999_999_999, NOW) == ("", "none")
    assert label(NOW + 5, NOW, paused=True) == (" --", "none")


def test_a_warning_instant_decides_what_is_soon() -> None:
    assert label(NOW + 3 * DAY, NOW, warn=NOW).band == "soon"
    assert label(NOW + 60, NOW, warn=NOW + 30).band == "ok"


@given(st.integers(-(10**10), 10**10))
def test_the_cell_always_has_its_width(left: int) -> None:
    assert len(cell(label(NOW + left, NOW))) == WIDTH


@given(st.lists(st.integers(-200_000, 200_000), max_size=50), st.integers(0, 5))
def test_only_changed_rows_are_named(lefts: list[int], step: int) -> None:
    rows = [Timed(line, NOW + left) for line, left in enumerate(lefts)]
    changed = visible_changes(rows, NOW, NOW + step)
    for row in rows:
        assert (label(row.due, NOW) != label(row.due, NOW + step)) == (row.line in changed)


def test_far_deadlines_are_quiet() -> None:
    rows = [Timed(line, NOW + 2 * HOUR + 30 + line * HOUR) for line in range(10)]
    assert visible_changes(rows, NOW, NOW + 1) == []
