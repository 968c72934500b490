"""The ladder: reading policies, what happens when, catching up after an outage."""

import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.ladder import Ladder, carry_over, catch_up, next_step, schedule
from data.errors import BadInput
from data.terms import Severity

TEXT = """
[[ladder.emergency.step]]
at = "warn"
to = ["holder", "post_b"]

[[ladder.emergency.step]]
at = "due"
to = ["holder", "post_b", "section_a", "section_b"]
do = "remind"
severity = "alarm"
repeat = "30m"
times = 6

[[ladder.emergency.step]]
at = "due+10m"
to = ["duty_leader"]
do = "climb"
severity = "alarm"

[[ladder.emergency.step]]
key = "district"
at = "due+2h"
to = ["commander", "district"]
do = "handup"
severity = "alarm"
"""
LADDER = Ladder.from_dict("emergency", tomllib.loads(TEXT)["ladder"]["emergency"])
WARN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def minutes(number):
    return DUE + timedelta(minutes=number)


def names(firings):
    return [firing.name for firing in firings]


ALL = [
    ("warn", 0),
    ("due", 0),
    ("due+10m", 0),
    ("due", 1),
    ("due", 2),
    ("due", 3),
    ("due", 4),
    ("district", 0),
    ("due", 5),
    ("due", 6),
]


def test_a_policy_is_read():
    warn, due, leader, district = LADDER.steps
    assert (warn.key, warn.offset_seconds, warn.severity, warn.action) == ("warn", None, Severity.WARNING, "remind")
    assert (due.repeat_every, due.repeat_times, due.severity) == (1800, 6, Severity.ALARM)
    assert due.targets == ("holder", "post_b", "section_a", "section_b")
    assert (leader.offset_seconds, leader.action) == (600, "climb")
    assert (district.key, district.offset_seconds, district.action) == ("district", 7200, "handup")
    assert LADDER.step("district") is district
    assert LADDER.step("nothing") is None
    assert Ladder.from_dict("emergency", LADDER.to_dict()) == LADDER


def test_everything_happens_in_order():
    found = schedule(LADDER, WARN, DUE, minutes(24 * 60))
    assert names(found) == ALL
    assert [firing.nominal_at for firing in found[:4]] == [WARN, DUE, minutes(10), minutes(30)]
    assert names(schedule(LADDER, WARN, DUE, minutes(10))) == ALL[:3]
    assert names(schedule(LADDER, WARN, DUE, minutes(10) - timedelta(seconds=1))) == ALL[:2]


def test_of_two_steps_at_one_instant_the_first_goes_first():
    # At 120 minutes: the fourth repeat of `due`, which stands first, then the district.
    both = [firing.name for firing in schedule(LADDER, WARN, DUE, minutes(120)) if firing.nominal_at == minutes(120)]
    assert both == [("due", 4), ("district", 0)]


def test_stepping_through_gives_the_same_order():
    fired, walked = set(), []
    while firing := next_step(LADDER, WARN, DUE, fired):
        fired.add(firing.name)
        walked.append(firing)
    assert walked == schedule(LADDER, WARN, DUE, minutes(24 * 60))


@given(st.integers(-120, 400), st.sets(st.sampled_from(ALL)))
def test_catching_up_does_exactly_what_is_missing(number, fired):
    now = minutes(number)
    missed = catch_up(LADDER, WARN, DUE, now, fired)
    assert names(missed) == [firing.name for firing in schedule(LADDER, WARN, DUE, now) if firing.name not in fired]
    following = next_step(LADDER, WARN, DUE, fired)
    assert (following == missed[0]) if missed else (following is None or following.nominal_at > now)


def test_without_a_warning_only_the_rest_happens():
    assert names(schedule(LADDER, None, DUE, DUE)) == [("due", 0)]


def test_while_a_pause_holds_the_deadline_open_nothing_follows_it():
    assert names(catch_up(LADDER, WARN, None, minutes(999), set())) == [("warn", 0)]
    assert next_step(LADDER, WARN, None, {("warn", 0)}) is None
    assert next_step(LADDER, None, None, set()) is None


def test_a_pause_after_the_deadline_holds_the_ladder():
    pause = (minutes(5), minutes(65))
    held = schedule(LADDER, WARN, DUE, minutes(999), [pause])
    assert names(held) == ALL
    assert [firing.nominal_at for firing in held[:4]] == [WARN, DUE, minutes(70), minutes(90)]
    lasting = [(minutes(5), None)]
    assert names(schedule(LADDER, WARN, DUE, minutes(999), lasting)) == ALL[:2]
    assert next_step(LADDER, WARN, DUE, set(ALL[:2]), lasting) is None


def test_a_warning_is_not_repeated_after_the_deadline():
    ladder = Ladder.from_dict(
        "x",
        {
            "step": [
                {"at": "warn", "to": ["holder"], "repeat": "20m", "times": 9},
                {"at": "due", "to": ["holder"]},
            ]
        },
    )
    assert names(schedule(ladder, WARN, DUE, minutes(999))) == [("warn", 0), ("warn", 1), ("warn", 2), ("due", 0)]
    assert len(schedule(ladder, WARN, None, minutes(999))) == 10


def test_a_new_deadline_starts_the_ladder_anew_where_it_lies_ahead():
    fired = {("warn", 0), ("due", 0), ("due+10m", 0)}
    now = minutes(15)
    later = minutes(60)
    assert carry_over(LADDER, WARN, later, now, fired) == {("warn", 0)}
    assert carry_over(LADDER, minutes(30), later, now, fired) == frozenset()
    assert carry_over(LADDER, WARN, minutes(-5), now, fired) == fired
    assert carry_over(LADDER, WARN, None, now, fired) == {("warn", 0)}


GOOD = {"at": "due", "to": ["holder"]}


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([], ""),
        ("due", ""),
        ([{"at": "warn", "to": ["holder"]}], "due"),
        (["due"], "1"),
        ([GOOD, {"at": "due", "to": ["holder"]}], "due"),
        ([GOOD, {"at": "due+2h", "to": ["holder"]}, {"at": "due+10m", "to": ["holder"]}], "due+10m"),
        ([GOOD, {"at": "warn", "to": ["holder"]}], "warn"),
        ([{**GOOD, "to": []}], "due"),
        ([{**GOOD, "to": "holder"}], "due"),
        ([{**GOOD, "to": ["mayor"]}], "due"),
        ([{**GOOD, "to": [["holder"]]}], "due"),
        ([{**GOOD, "do": "shout"}], "due"),
        ([{**GOOD, "do": []}], "due"),
        ([{**GOOD, "severity": "loud"}], "due"),
        ([{**GOOD, "sevrity": "alarm"}], "due"),
        ([{**GOOD, "repeat": "30m"}], "due"),
        ([{**GOOD, "times": 3}], "due"),
        ([{**GOOD, "repeat": "1s", "times": 3}], "due"),
        ([{**GOOD, "repeat": "often", "times": 3}], "due"),
        ([{**GOOD, "repeat": "30m", "times": 0}], "due"),
        ([{**GOOD, "repeat": "30m", "times": True}], "due"),
        ([{**GOOD, "repeat": "30m", "times": 10**9}], "due"),
        ([GOOD, {"key": "k", "at": "due-10m", "to": ["holder"]}], "k"),
        ([GOOD, {"key": "k", "at": "due+10", "to": ["holder"]}], "k"),
        ([GOOD, {"key": "k", "at": "due+999999d", "to": ["holder"]}], "k"),
        ([GOOD, {"key": "k", "at": "later", "to": ["holder"]}], "k"),
        ([GOOD, {"key": "k", "to": ["holder"]}], "k"),
    ],
)
def test_bad_ladders_are_refused_and_name_the_step(steps, named):
    with pytest.raises(BadInput) as refusal:
        Ladder.from_dict("emergency", {"step": steps})
    assert refusal.value.details == {"ladder": "emergency", "step": named}
    assert "emergency" in refusal.value.zh
    assert "emergency" in refusal.value.en


def test_a_ladder_has_a_name_and_nothing_else():
    assert Ladder.from_dict("x", {"step": [GOOD], "zh": "特急", "en": "emergency"}).zh == "特急"
    with pytest.raises(BadInput):
        Ladder.from_dict("x", {"step": [GOOD], "steps": []})
