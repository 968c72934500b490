"""Working time against a minute-by-minute count, and the laws that deadlines obey."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.rules.timeline import RUN_THROUGH
from core.rules.worktime import WorkCalendar
from tests.core.rules.time_strategies import calendars_and_starts, is_working, pauses_from

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

budgets = st.integers(1, 40 * 3600)


@settings(deadline=None, max_examples=60)
@given(calendars_and_starts(), st.data())
def test_agrees_with_a_count_of_every_minute(pair, data):
    calendar, start = pair
    start = start.replace(second=0)
    minutes = 3 * 1440
    pauses = [
        (begin.replace(second=0), end.replace(second=0))
        for begin, end in data.draw(pauses_from(start))
        if begin.replace(second=0) <= end.replace(second=0)
    ]
    counts = [
        is_working(calendar, at) and not any(begin <= at < end for begin, end in pauses)
        for at in (start + MINUTE * number for number in range(minutes))
    ]
    total = sum(counts)
    assert calendar.elapsed(start, start + MINUTE * minutes, pauses) == total * 60
    if total:
        wanted = data.draw(st.integers(1, total))
        number = next(place for place, passed in enumerate(accumulate(counts)) if passed == wanted)
        assert calendar.due(start, wanted * 60, pauses).at == start + MINUTE * (number + 1)


@settings(deadline=None)
@given(calendars_and_starts(), budgets, st.data())
def test_the_deadline_is_the_first_instant_at_which_the_budget_is_spent(pair, seconds, data):
    calendar, start = pair
    pauses = data.draw(pauses_from(start))
    due = calendar.due(start, seconds, pauses).at
    assert calendar.elapsed(start, due, pauses) == seconds
    assert calendar.elapsed(start, due - SECOND, pauses) == seconds - 1


@settings(deadline=None)
@given(calendars_and_starts(), budgets, st.data())
def test_the_other_convention_takes_the_last_such_instant(pair, seconds, data):
    calendar, start = pair
    pauses = data.draw(pauses_from(start))
    due = calendar.due(start, seconds, pauses, edge="next").at
    assert calendar.elapsed(start, due, pauses) == seconds
    assert calendar.elapsed(start, due + SECOND, pauses) == seconds + 1
    assert due >= calendar.due(start, seconds, pauses).at


@settings(deadline=None)
@given(calendars_and_starts(), st.integers(0, 40 * 3600), st.integers(0, 40 * 3600))
def test_a_budget_can_be_spent_in_two_parts(pair, first, second):
    calendar, start = pair
    halfway = calendar.due(start, first).at
    assert calendar.due(halfway, second).at == calendar.due(start, first + second).at


@settings(deadline=None)
@given(calendars_and_starts(), st.integers(0, 20 * 86_400), st.integers(0, 20 * 86_400), st.data())
def test_elapsed_time_adds_up(pair, first, second, data):
    calendar, start = pair
    pauses = data.draw(pauses_from(start))
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    parts = calendar.elapsed(start, middle, pauses) + calendar.elapsed(middle, end, pauses)
    assert parts == calendar.elapsed(start, end, pauses)
    pieces = calendar.pieces(start, end)
    assert sum((until - since).total_seconds() for since, until in pieces) == calendar.elapsed(start, end)
    assert all(until < since for (_, until), (since, _) in pairwise(pieces))
    assert all(start <= since < until <= end for since, until in pieces)


@settings(deadline=None)
@given(calendars_and_starts(), budgets, budgets, st.integers(0, 5 * 86_400))
def test_deadlines_never_turn_round(pair, seconds, more, later):
    calendar, start = pair
    due = calendar.due(start, seconds).at
    assert calendar.due(start, seconds + more).at > due
    assert calendar.due(start + timedelta(seconds=later), seconds).at >= due


@settings(deadline=None)
@given(calendars_and_starts(), budgets, st.data())
def test_only_what_is_paused_matters_not_how_it_is_told(pair, seconds, data):
    calendar, start = pair
    pauses = data.draw(pauses_from(start))
    due = calendar.due(start, seconds, pauses).at
    halves = [half for a, b in pauses for half in ((a, a + (b - a) // 2), (a + (b - a) // 2, b))]
    for told in (pauses[::-1], pauses * 2, halves, [*pauses, (start - timedelta(days=9), start)]):
        assert calendar.due(start, seconds, told).at == due
    worked = calendar.pieces(start, due)
    gaps = [(until, since) for (_, until), (since, _) in pairwise(worked)]
    assert calendar.due(start, seconds, [*pauses, *gaps]).at == due
    assert calendar.due(start, seconds, [*pauses, (due, None)]).at == due


@settings(deadline=None)
@given(calendars_and_starts(), budgets, st.data())
def test_a_pause_without_an_end_holds_the_deadline_open(pair, seconds, data):
    calendar, start = pair
    pauses = data.draw(pauses_from(start))
    due = calendar.due(start, seconds, pauses).at
    since = start + timedelta(seconds=data.draw(st.integers(0, int((due - start).total_seconds()) - 1)))
    spent = calendar.elapsed(start, since, pauses)
    assume(spent < seconds)
    assert calendar.due(start, seconds, [*pauses, (since, None)]) is None
    assert calendar.elapsed(start, due + timedelta(days=9), [*pauses, (since, None)]) == spent


@settings(deadline=None)
@given(calendars_and_starts())
def test_a_calendar_survives_being_written_down(pair):
    calendar, start = pair
    again = WorkCalendar.from_dict(calendar.to_dict())
    assert again == calendar
    assert again.due(start, 7200) == calendar.due(start, 7200)


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(0, 10**8), st.data())
def test_time_that_runs_through_only_knows_pauses(naive, seconds, data):
    start = naive.replace(tzinfo=UTC, microsecond=0)
    assert RUN_THROUGH.due(start, seconds) == (start + timedelta(seconds=seconds), False)
    pauses = data.draw(pauses_from(start))
    due = RUN_THROUGH.due(start, seconds, pauses).at
    assert RUN_THROUGH.elapsed(start, due, pauses) == seconds


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_round_the_clock_counts_real_time_over_a_change_of_offset(zone):
    calendar = WorkCalendar.from_dict({"tz": zone, "week": {str(day): [["00:00", "24:00"]] for day in range(7)}})
    start = datetime(2024, 12, 31, 22, 0, tzinfo=UTC)
    assert calendar.elapsed(start, start + timedelta(days=400)) == 400 * 86_400
    assert len(calendar.pieces(start, start + timedelta(days=800))) == 1
