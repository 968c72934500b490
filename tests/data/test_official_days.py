"""The official days of mainland China."""

from datetime import date

from data.official_days import all_official_days, last_official_day, official_days, official_name


def test_make_up_workdays_are_weekend_days():
    days = all_official_days()
    worked = {day for day, kind in days.items() if kind == "workday"}
    assert {date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4), date(2026, 10, 10)} <= worked
    assert all(day.weekday() >= 5 for day in worked)


def test_holidays_are_listed_on_weekdays_and_weekends():
    days = official_days(2025)
    october = [day for day, kind in days.items() if kind == "holiday" and day.month == 10]
    assert october == [date(2025, 10, number) for number in range(1, 9)]
    assert date(2025, 10, 15) not in days
    assert date(2025, 10, 18) not in days  # a plain Saturday
    assert official_name(date(2025, 10, 4)) == ("国庆节", "National Day")
    assert official_name(date(2025, 9, 28)) == ("国庆节", "National Day")
    assert official_name(date(2025, 10, 15)) is None


def test_a_year_whose_notice_is_not_out_is_unknown():
    last = last_official_day()
    assert (last.month, last.day) == (12, 31)
    assert last.year >= 2026
    assert official_days(last.year)
    assert official_days(last.year + 1) is None
    assert official_days(1999) is None
