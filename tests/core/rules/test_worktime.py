"""Working time: make-up workdays, odd windows, odd zones, far budgets, unpublished years, bad calendars."""

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from time import perf_counter

import pytest

import data
from core.rules.worktime import HORIZON_YEARS, WorkCalendar
from data.errors import BadInput
from data.official_days import all_official_days, last_official_day

CN = timezone(timedelta(hours=8))
DAY = [["09:00", "12:00"], ["14:00", "18:00"]]


def shipped():
    path = Path(data.__file__).parent / "catalogue" / "calendar.toml"
    entry = next(
        row for row in tomllib.loads(path.read_text(encoding="utf-8"))["calendar"] if row["code"] == "cn_official"
    )
    assert entry["official"] == "cn"
    return WorkCalendar.from_dict(entry["hours"])


@pytest.fixture(scope="module")
def cn():
    return shipped().with_official(all_official_days(), last_official_day(), "cn-2026")


def calendar(tz="Asia/Shanghai", week=None, **more):
    return WorkCalendar.from_dict({"tz": tz, "week": week or {str(day): DAY for day in range(5)}, **more})


def at(*parts):
    return datetime(*parts, tzinfo=CN)


# ------------------------------------------------------------------------------------------------- official days


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        # 2025: Sunday 28 September and Saturday 11 October are worked, 1–8 October are off.
        (at(2025, 9, 27, 10), 3600, at(2025, 9, 28, 10)),
        (at(2025, 9, 30, 17, 30), 3600, at(2025, 10, 9, 9, 30)),
        (at(2025, 10, 10, 17, 30), 3600, at(2025, 10, 11, 9, 30)),
        (at(2025, 10, 11, 17, 30), 3600, at(2025, 10, 13, 9, 30)),
        # 2026: New Year 1–3 January off and Sunday the 4th worked; Spring Festival 15–23 February.
        (at(2025, 12, 31, 17, 59, 30), 60, at(2026, 1, 4, 9, 0, 30)),
        (at(2026, 2, 14, 17), 2 * 3600, at(2026, 2, 24, 10)),
        (at(2026, 2, 27, 18), 1, at(2026, 2, 28, 9, 0, 1)),
        (at(2026, 9, 19, 12), 7 * 3600, at(2026, 9, 20, 18)),
        (at(2026, 9, 30, 18, 0, 0), 7 * 3600, at(2026, 10, 8, 18)),
        (at(2026, 10, 9, 18), 7 * 3600 + 1, at(2026, 10, 12, 9, 0, 1)),
    ],
)
def test_holidays_and_make_up_workdays(cn, start, seconds, due):
    assert cn.due(start, seconds).at == due
    assert cn.elapsed(start, due) == seconds


def test_the_default_calendar_is_seven_hours_a_day(cn):
    assert cn.day_seconds == 7 * 3600
    assert cn.tz.key == "Asia/Shanghai"
    assert cn.is_workday(date(2026, 10, 10))
    assert not cn.is_workday(date(2026, 10, 5))
    assert not cn.is_workday(date(2026, 11, 21))
    assert cn.version == "cn-2026"


def test_the_site_stands_over_the_official_days():
    own = calendar(holidays=["2026-10-10"], date_overrides={"2026-10-01": [["09:00", "11:00"]]})
    laid = own.with_official(all_official_days(), last_official_day())
    assert not laid.is_workday(date(2026, 10, 10))
    assert laid.windows_of(date(2026, 10, 1)) == ((9 * 3600, 11 * 3600),)
    assert not laid.is_workday(date(2026, 10, 2))
    assert laid.version == own.version


def test_a_deadline_past_the_last_official_year_is_provisional(cn):
    inside, outside = at(2026, 12, 31, 10), at(2026, 12, 31, 17)
    assert cn.due(inside, 3600) == (at(2026, 12, 31, 11), False)
    # New Year's Day 2027 is a Friday of the plain week, as long as nobody has said otherwise.
    assert cn.due(outside, 7200) == (at(2027, 1, 1, 10), True)
    assert cn.due(outside, 3600) == (at(2026, 12, 31, 18), False)
    assert cn.due(outside, 3600, edge="next") == (at(2027, 1, 1, 9), True)
    assert cn.due(at(2027, 5, 1), 60).provisional


def test_publishing_the_year_moves_the_deadline_and_makes_it_certain(cn):
    start = at(2026, 12, 31, 17)
    new_year = {date(2027, 1, 1): "holiday", date(2027, 1, 2): "holiday", date(2027, 1, 3): "holiday"}
    published = cn.with_official(new_year, date(2027, 12, 31), "cn-2027")
    assert published.due(start, 7200) == (at(2027, 1, 4, 10), False)


def test_a_calendar_without_official_days_is_never_provisional():
    assert not calendar().due(at(2090, 1, 1), 10**7).provisional


# ------------------------------------------------------------------------------------------------- windows and zones


def test_seconds_are_exact_and_fractions_are_dropped():
    start = datetime(2026, 11, 20, 17, 59, 58, 999_999, tzinfo=CN)
    assert calendar().due(start, 3).at == at(2026, 11, 23, 9, 0, 1)
    assert calendar(week={"4": [["09:00:10", "09:00:20"]]}).elapsed(at(2026, 11, 1), at(2026, 12, 1)) == 40


def test_night_shifts_as_two_windows_or_one():
    two = calendar(week={str(day): [["22:00", "24:00"], ["00:00", "06:00"]] for day in range(7)})
    one = calendar(week={str(day): [["22:00", "06:00"]] for day in range(7)})
    for shift in (two, one):
        assert shift.due(at(2026, 3, 4, 23), 2 * 3600).at == at(2026, 3, 5, 1)
        assert shift.due(at(2026, 3, 4, 12), 8 * 3600).at == at(2026, 3, 5, 6)
        assert shift.pieces(at(2026, 3, 4, 12), at(2026, 3, 5, 12)) == [(at(2026, 3, 4, 22), at(2026, 3, 5, 6))]
        assert WorkCalendar.from_dict(shift.to_dict()) == shift


def test_a_holiday_takes_the_shift_that_opens_on_it():
    shift = calendar(week={str(day): [["22:00", "06:00"]] for day in range(7)}, holidays=["2026-03-05"])
    assert shift.pieces(at(2026, 3, 4, 12), at(2026, 3, 6, 23)) == [
        (at(2026, 3, 4, 22), at(2026, 3, 5, 6)),
        (at(2026, 3, 6, 22), at(2026, 3, 6, 23)),
    ]


def test_overlapping_windows_count_once():
    assert calendar(week={"0": [["13:00", "18:00"], ["09:00", "14:00"]]}).day_seconds == 9 * 3600


def test_an_override_stands_over_a_holiday_and_may_close_a_day():
    special = calendar(holidays=["2026-03-04"], date_overrides={"2026-03-04": [["10:00", "11:00"]], "2026-03-05": []})
    assert special.due(at(2026, 3, 3, 18), 3601).at == at(2026, 3, 6, 9, 0, 1)


def test_the_usual_day_is_the_commonest_length():
    week = {"0": [["08:00", "17:00"]], "1": [["09:00", "18:00"]], "4": [["08:00", "12:00"]]}
    assert calendar(week=week).day_seconds == 9 * 3600
    assert calendar(week={**week, "2": [["00:00", "24:00"]]}).day_seconds == 9 * 3600
    assert calendar(week={"0": [["08:00", "12:00"]], "1": [["08:00", "10:00"]]}).day_seconds == 4 * 3600


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("Africa/Cairo", date(2025, 4, 25), 23),  # has no midnight: the clock goes from 24:00 to 01:00
        ("Pacific/Apia", date(2011, 12, 30), 0),  # was left out, crossing the date line
        ("Asia/Shanghai", date(2025, 3, 30), 24),
    ],
)
def test_a_day_is_as_long_as_the_wall_clock_makes_it(zone, day, hours):
    whole = {"tz": zone, "week": {"0": [["00:00", "24:00"]]}, "holidays": [], "date_overrides": {}}
    whole["date_overrides"][day.isoformat()] = [["00:00", "24:00"]]
    whole["week"] = {str((day.weekday() + 4) % 7): [["00:00", "00:01"]]}
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert WorkCalendar.from_dict(whole).elapsed(noon - timedelta(days=2), noon + timedelta(days=2)) == hours * 3600


def test_a_working_day_across_a_change_of_offset_is_due_by_the_wall_clock():
    berlin = calendar("Europe/Berlin", {str(day): [["08:00", "18:00"]] for day in range(5)})
    # Friday 17:00 in winter to Monday 09:00 in summer.
    assert berlin.due(datetime(2025, 3, 28, 16, tzinfo=UTC), 7200).at == datetime(2025, 3, 31, 7, tzinfo=UTC)


def test_a_window_inside_the_hour_that_comes_twice_counts_twice():
    berlin = calendar("Europe/Berlin", {"6": [["02:15", "02:45"]]})
    start = datetime(2025, 10, 26, tzinfo=UTC)
    assert [since.hour for since, _ in berlin.pieces(start, start + timedelta(hours=12))] == [0, 1]
    assert berlin.elapsed(start, start + timedelta(hours=12)) == 3600


def test_a_window_inside_the_hour_that_is_left_out_does_not_count():
    berlin = calendar("Europe/Berlin", {"6": [["02:15", "02:45"]]})
    start = datetime(2025, 3, 30, tzinfo=UTC)
    assert berlin.elapsed(start, start + timedelta(hours=12)) == 0


# ------------------------------------------------------------------------------------------------- edges and extremes


def test_a_budget_of_nothing_is_due_at_once_and_by_the_other_convention_at_the_next_opening():
    evening = at(2026, 11, 20, 20)
    assert calendar().due(evening, 0).at == evening
    assert calendar().due(evening, 0, edge="next").at == at(2026, 11, 23, 9)
    assert calendar().due(at(2026, 11, 20, 10), 0, edge="next").at == at(2026, 11, 20, 10)
    assert calendar().due(evening, 0, [(evening, None)]).at == evening


def test_a_pause_over_a_long_holiday(cn):
    pause = (at(2025, 9, 30, 11), at(2025, 10, 8, 20))
    assert cn.due(at(2025, 9, 30, 9), 3 * 3600, [pause]).at == at(2025, 10, 9, 10)


def test_a_pause_into_the_far_future_is_no_trouble():
    far = datetime(2999, 1, 1, tzinfo=UTC)
    with pytest.raises(BadInput):
        calendar().elapsed(at(2026, 1, 1), far)
    assert calendar().due(at(2026, 3, 4, 9), 3600, [(at(2026, 3, 4, 9, 30), far)]).at.year == 2999


def test_elapsed_is_nothing_when_the_clock_was_set_back():
    assert calendar().elapsed(at(2026, 3, 4, 11), at(2026, 3, 4, 10)) == 0
    assert calendar().pieces(at(2026, 3, 4, 11), at(2026, 3, 4, 10)) == []


def test_twenty_years_of_working_time_are_quick():
    fresh = shipped().with_official(all_official_days(), last_official_day())
    began = perf_counter()
    due = fresh.due(at(2026, 1, 5, 9), 20 * 365 * 86_400)
    assert perf_counter() - began < 1
    assert due.provisional
    assert fresh.elapsed(at(2026, 1, 5, 9), due.at) == 20 * 365 * 86_400
    began = perf_counter()
    for _ in range(100):
        fresh.due(at(2026, 1, 5, 9), 20 * 365 * 86_400)
    assert perf_counter() - began < 1


@pytest.mark.parametrize("seconds", [-1, 101 * 366 * 86_400, 10**30])
def test_absurd_budgets_are_refused(seconds):
    with pytest.raises(BadInput):
        calendar().due(at(2026, 1, 5, 9), seconds)


def test_a_calendar_with_too_little_time_is_refused_not_searched_for_ever():
    rare = calendar(week={"0": [["09:00:00", "09:00:01"]]})
    with pytest.raises(BadInput, match=str(HORIZON_YEARS)):
        rare.due(at(2026, 1, 5, 9), 20_000)


@pytest.mark.parametrize("year", [1, 1899, 9998])
def test_instants_outside_all_calendars_are_refused(year):
    with pytest.raises(BadInput):
        calendar().due(datetime(year, 6, 1, tzinfo=UTC), 3600)


def test_naive_instants_are_a_fault_of_the_program():
    with pytest.raises(ValueError, match="zone"):
        calendar().due(datetime(2026, 1, 5, 9), 3600)


def test_a_pause_that_ends_before_it_starts_is_refused():
    with pytest.raises(BadInput):
        calendar().due(at(2026, 1, 5, 9), 3600, [(at(2026, 1, 6), at(2026, 1, 5))])


WEEK = {"0": DAY}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"tz": "Mars/Olympus", "week": WEEK},
        {"tz": "../etc/passwd", "week": WEEK},
        {"tz": 8, "week": WEEK},
        {"tz": "UTC", "week": {}},
        {"tz": "UTC", "week": {"0": [], "3": []}},
        {"tz": "UTC", "week": []},
        {"tz": "UTC", "week": {"7": DAY}},
        {"tz": "UTC", "week": {"monday": DAY}},
        {"tz": "UTC", "week": {"0": "09:00"}},
        {"tz": "UTC", "week": {"0": ["09:00", "12:00"]}},
        {"tz": "UTC", "week": {"0": [["09:00"]]}},
        {"tz": "UTC", "week": {"0": [["09:00", "09:00"]]}},
        {"tz": "UTC", "week": {"0": [["24:00", "08:00"]]}},
        {"tz": "UTC", "week": {"0": [["09:00", "24:01"]]}},
        {"tz": "UTC", "week": {"0": [["9:00", "12:00"]]}},
        {"tz": "UTC", "week": {"0": [["09:60", "12:00"]]}},
        {"tz": "UTC", "week": {"0": [["０９:00", "12:00"]]}},
        {"tz": "UTC", "week": {"0": [[9, 12]]}},
        {"tz": "UTC", "week": WEEK, "holidays": "2026-01-01"},
        {"tz": "UTC", "week": WEEK, "holidays": ["2026-02-30"]},
        {"tz": "UTC", "week": WEEK, "holidays": [datetime(2026, 1, 1)]},
        {"tz": "UTC", "week": WEEK, "date_overrides": {"1 May": DAY}},
        {"tz": "UTC", "week": WEEK, "date_overrides": [1]},
        {"tz": "UTC", "week": WEEK, "official_until": "soon"},
        {"tz": "UTC", "week": WEEK, "hollidays": []},
    ],
)
def test_bad_calendars_are_refused(values):
    with pytest.raises(BadInput) as refusal:
        WorkCalendar.from_dict(values)
    assert refusal.value.zh
    assert refusal.value.en


def test_dates_from_toml_are_read():
    values = tomllib.loads(
        'tz = "UTC"\nholidays = [2026-01-01]\nofficial_until = 2026-12-31\n[week]\n3 = [["09:00", "24:00"]]\n'
    )
    read = WorkCalendar.from_dict(values)
    assert read.official_until == date(2026, 12, 31)
    assert not read.is_workday(date(2026, 1, 1))
    assert read.is_workday(date(2026, 1, 8))
