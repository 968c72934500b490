"""The pace of an emergency on ladders and pre-warnings, and what a follow-up may say."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.follow_up import chinese_number, follow_up_title, known_so_far, refusal_of_repetition
from core.rules.policy import Policy, grade_of, plain_code
from data.errors import BadInput
from data.terms import ClockKind, Grade, Urgency, WarningColour

BODY = tomllib.loads((Path(__file__).parents[3] / "data/catalogue/policy.toml").read_text("utf-8"))
POLICY = Policy.from_dict(BODY)
GRADES = ["", *(grade.value for grade in Grade)]


@given(
    st.sampled_from([*ClockKind]),
    st.sampled_from([*Urgency]),
    st.integers(60, 40 * 86_400),
    st.lists(st.sampled_from(GRADES), min_size=1, max_size=6),
)
def test_whatever_modes_come_and_go_the_usual_times_are_back(
    kind: ClockKind, urgency: Urgency, seconds: int, grades: list[str]
) -> None:
    usual = POLICY.warning(kind, urgency, POLICY.ladder_code(urgency), seconds)
    share, code = usual
    for grade in grades:
        share, code = POLICY.under(grade).at_pace(share, code, kind)
    share, code = POLICY.at_pace(share, code, kind)
    assert code == usual[1]
    assert share is not None
    assert usual[0] is not None
    assert int(Fraction(str(share)) * seconds) == int(Fraction(str(usual[0])) * seconds)


def test_a_ladder_at_a_pace_has_the_same_steps_sooner() -> None:
    usual, fast = POLICY.ladder("emergency"), POLICY.ladder("emergency@2")
    assert usual is not None
    assert fast is not None
    assert [(step.key, step.targets, step.action) for step in fast.steps] == [
        (step.key, step.targets, step.action) for step in usual.steps
    ]
    offsets = {step.key: (step.offset_seconds, step.repeat_every) for step in fast.steps}
    assert offsets["leader"] == (300, 0)
    assert offsets["commander"] == (600, 900)
    assert offsets["warn"][0] is None
    silent = POLICY.ladder("emergency@1+silent")
    assert silent is not None
    assert silent.steps[0].key == "silent"
    assert {step.key: step.offset_seconds for step in silent.steps}["leader"] == 150
    assert (plain_code("emergency@1+silent"), grade_of("emergency@1+silent")) == ("emergency", "1")


def test_a_clock_that_starts_in_an_emergency_is_pressed_at_its_pace() -> None:
    share, code = POLICY.under("2").warning(ClockKind.FINAL, Urgency.EMERGENCY, "emergency", 7200)
    assert (share, code) == (0.25, "emergency@2")
    # Three minutes of silence become a minute and a half of five.
    assert POLICY.under("2").warning(ClockKind.ACKNOWLEDGE, Urgency.EMERGENCY, "emergency", 300) == (
        0.3,
        "emergency@2+silent",
    )
    assert POLICY.under("2").warning(ClockKind.UP_PHONE, Urgency.EMERGENCY, "upward", 1200) == (0.5, "upward")
    assert POLICY.under("") is POLICY


def test_colours_go_with_the_grades() -> None:
    assert [grade.colour for grade in Grade] == list(WarningColour)
    assert Grade.I.colour is WarningColour.RED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mode": {"5": {"pace": 0.5}}}, "policy-grade"),
        ({"mode": {"1": {"pace": 0}}}, "policy-pace"),
        ({"mode": {"1": {"pace": True}}}, "policy-pace"),
        ({"upward": {"1": {"fax": "5 minute"}}}, "policy-upward"),
        ({"upward": {"1": {"phone": "soon"}}}, "budget.text"),
        ({"upward": {"1": {"phone": "5 minute", "counts_from": "noon"}}}, "policy-upward"),
        ({"clock": {**BODY["clock"], "up_phone": {"ladder": "none"}}}, "policy-ladder"),
    ],
)
def test_bad_policy_data_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        Policy.from_dict({**BODY, **change})
    assert refused.value.code == code


FIRST = {"place": "肖家湾12号", "course": "三楼厨房起火，浓烟上窜", "measures": "已疏散"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "follow-up-empty"),
        ({"course": "三楼厨房起火 浓烟上窜。"}, "follow-up-same"),
        ({"course": "三楼厨房起火，浓烟上窜，现已扑灭"}, "follow-up-repeats"),
        ({"result": "无伤亡", "measures": "已疏散"}, "follow-up-same"),
    ],
)
def test_a_follow_up_does_not_repeat(given: dict[str, str], code: str) -> None:
    why = refusal_of_repetition(given, FIRST)
    assert why is not None
    assert why.code == code


def test_a_follow_up_says_what_changed() -> None:
    assert refusal_of_repetition({"course": "十时明火扑灭", "measures": "已疏散四户"}, FIRST) is None
    known = known_so_far([FIRST, {"course": "十时明火扑灭"}], ("course", "measures"))
    assert known == {"course": "十时明火扑灭", "measures": "已疏散"}


def test_follow_ups_are_numbered_as_the_field_does() -> None:
    assert [follow_up_title(number, "zh") for number in (0, 1, 2, 10, 11, 21)] == [
        *("首报", "续报一", "续报二", "续报十", "续报十一", "续报二十一"),
    ]
    assert [chinese_number(number) for number in (0, 20, 99, 100)] == ["零", "二十", "九十九", "100"]
    assert follow_up_title(3, "en") == "follow-up 3"
