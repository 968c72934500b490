"""Budgets: reading and writing limits, and how each unit runs."""

import csv
import os
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.budgets import Budget, timeline
from core.rules.clocks import deadline, spent, warn_at
from core.rules.timeline import RUN_THROUGH
from core.rules.worktime import WorkCalendar
from data.errors import BadInput
from data.terms import TimeUnit

CN = timezone(timedelta(hours=8))
SHARED = Path(os.environ.get("ZHIHUI_SHARED") or Path(__file__).parents[3].parent / "shared") / "data"
CALENDAR = WorkCalendar.from_dict(
    {"tz": "Asia/Shanghai", "week": {str(day): [["09:00", "12:00"], ["14:00", "18:00"]] for day in range(5)}}
)
URGENT, DAY, HOUR, WORK_DAY = TimeUnit.URGENT_HOUR, TimeUnit.NATURAL_DAY, TimeUnit.WORK_HOUR, TimeUnit.WORK_DAY


@pytest.mark.parametrize(
    ("text", "amount", "unit", "seconds", "written"),
    [
        ("2 urgent_hour", 2, URGENT, 7200, "2 urgent_hour"),
        ("2 urgent hours", 2, URGENT, 7200, "2 urgent_hour"),
        ("2紧急工作时", 2, URGENT, 7200, "2 urgent_hour"),
        ("２个紧急工作时", 2, URGENT, 7200, "2 urgent_hour"),
        ("5 minute", Fraction(1, 12), URGENT, 300, "5 minute"),
        ("5分钟", Fraction(1, 12), URGENT, 300, "5 minute"),
        ("90 seconds", Fraction(1, 40), URGENT, 90, "90 second"),
        ("60 minute", 1, URGENT, 3600, "1 urgent_hour"),
        ("0.5 urgent_hour", Fraction(1, 2), URGENT, 1800, "30 minute"),
        ("3 natural_day", 3, DAY, 259_200, "3 natural_day"),
        ("3自然日", 3, DAY, 259_200, "3 natural_day"),
        ("1 calendar-day", 1, DAY, 86_400, "1 natural_day"),
        ("2紧急工作日", 2, DAY, 172_800, "2 natural_day"),
        ("4小时", 4, HOUR, 14_400, "4 work_hour"),
        ("4 工作时", 4, HOUR, 14_400, "4 work_hour"),
        ("30 work_minute", Fraction(1, 2), HOUR, 1800, "30 work_minute"),
        ("2天", 2, WORK_DAY, 50_400, "2 work_day"),
        ("5个工作日", 5, WORK_DAY, 126_000, "5 work_day"),
        ("5 Work Days", 5, WORK_DAY, 126_000, "5 work_day"),
        ("1.5 work_day", Fraction(3, 2), WORK_DAY, 37_800, "1.5 work_day"),
        ("0.25 natural_day", Fraction(1, 4), DAY, 21_600, "0.25 natural_day"),
    ],
)
def test_reading_and_writing(text, amount, unit, seconds, written):
    budget = Budget.parse(text)
    assert (budget.amount, budget.unit) == (amount, unit)
    assert budget.seconds(CALENDAR) == seconds
    assert budget.format() == written
    assert Budget.parse(budget.format()) == budget


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "5",
        "urgent_hour",
        "0 work_day",
        "-1 work_day",
        "1e3 work_day",
        "5 weeks",
        "1紧急工作时制止",
        "2 urgent_hour and more",
        "99999999 work_day",
        "0.0001 minute",
        "五天",
        "5 [bold]work_day",
        "\x1b[2J5 work_day",
        "9" * 10_000,
    ],
)
def test_what_is_no_limit_is_refused_in_both_languages(text):
    with pytest.raises(BadInput) as refusal:
        Budget.parse(text)
    assert refusal.value.code.startswith("budget.")
    assert refusal.value.zh != refusal.value.en
    assert "\x1b" not in refusal.value.zh + refusal.value.en


def test_labels_for_people():
    assert Budget.parse("2紧急工作时").label("zh") == "2紧急工作时"
    assert Budget.parse("5 minute").label("zh") == "5分钟"
    assert Budget.parse("5 minute").label("en") == "5 minutes"
    assert Budget.parse("1 work_day").label("en") == "1 work day"
    assert Budget.parse("1.5 work_day").label("zh") == "1.5工作日"


def test_every_limit_of_a_published_table_is_read():
    table = SHARED / "limits" / "case_limits_519.csv"
    if not table.exists():
        pytest.skip("the shared data folder with the published limits is not here")
    with table.open(encoding="utf-8-sig", newline="") as rows:
        texts = Counter(row["处置时限"] for row in csv.DictReader(rows))
    assert sum(texts.values()) == 519
    unread, units = [], Counter()
    for text, number in texts.items():
        try:
            units[Budget.parse(text).unit] += number
        except BadInput:
            unread.append(text)
    # One row puts what is to be done into the column of the limit.
    assert unread == ["1紧急工作时制止"]
    assert units == {URGENT: 41, DAY: 4, HOUR: 61, WORK_DAY: 412}


@given(st.integers(1, 10**6), st.sampled_from(list(TimeUnit)))
def test_whole_amounts_come_back(amount, unit):
    budget = Budget.of(amount, unit) if amount < 30_000 else Budget.of(Decimal(amount) / 100, unit)
    assert Budget.parse(budget.format()) == budget


@given(st.integers(0, 10**9))
def test_a_foreign_deadline_becomes_a_budget_that_runs_through(seconds):
    start = datetime(2026, 1, 1, tzinfo=CN)
    due = start + timedelta(seconds=seconds)
    budget = Budget.between(start, due)
    assert deadline(start, budget, CALENDAR).at == due
    assert Budget.parse(budget.format(), zero=True) == budget


def test_a_foreign_deadline_before_the_start_is_due_at_once():
    start = datetime(2026, 1, 1, tzinfo=CN)
    assert deadline(start, Budget.between(start, start - timedelta(days=3)), CALENDAR).at == start


def test_which_units_use_the_calendar():
    assert timeline(URGENT, CALENDAR) is timeline(DAY, CALENDAR) is RUN_THROUGH
    assert timeline(HOUR, CALENDAR) is timeline(WORK_DAY, CALENDAR) is CALENDAR


def test_the_four_units_from_a_friday_afternoon():
    start = datetime(2026, 11, 20, 17, 0, tzinfo=CN)
    dues = {
        text: deadline(start, Budget.parse(text), CALENDAR).at
        for text in ("2紧急工作时", "2工作时", "1自然日", "1工作日")
    }
    assert dues == {
        "2紧急工作时": datetime(2026, 11, 20, 19, 0, tzinfo=CN),
        "2工作时": datetime(2026, 11, 23, 10, 0, tzinfo=CN),
        "1自然日": datetime(2026, 11, 21, 17, 0, tzinfo=CN),
        "1工作日": datetime(2026, 11, 23, 17, 0, tzinfo=CN),
    }


def test_the_warning_comes_at_a_share_of_the_budget():
    start = datetime(2026, 11, 20, 17, 0, tzinfo=CN)
    budget = Budget.parse("4工作时")
    assert warn_at(start, budget, 0.75, CALENDAR) == datetime(2026, 11, 23, 11, 0, tzinfo=CN)
    assert warn_at(start, budget, 0.75, CALENDAR, [(start, None)]) is None
    assert spent(start, datetime(2026, 11, 23, 11, 0, tzinfo=CN), HOUR, CALENDAR) == 3 * 3600


def test_a_share_is_the_decimal_that_was_written():
    start = datetime(2026, 11, 20, 0, 0, tzinfo=CN)
    assert warn_at(start, Budget.parse("100 second"), 0.29, CALENDAR) == start + timedelta(seconds=29)
