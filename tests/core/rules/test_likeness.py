"""Likeness of reports: what makes two of them one, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.likeness import LIKELY, WINDOW, Traits, likeness, pairs_of

FIRE = "肖家湾老院落3栋"
SENSOR = Traits(pairs_of("烟感报警", FIRE), pairs_of(FIRE), community_id=4, source="sensor", at=1_000_000)
GRID = Traits(
    pairs_of("肖家湾3栋起火冒烟", FIRE + "2单元"), pairs_of(FIRE + "2单元"), community_id=4, source="grid", at=1_000_240
)


def test_a_sensor_and_a_grid_worker_report_one_fire() -> None:
    found = likeness(SENSOR, GRID)
    assert found.points >= LIKELY
    said = found.reasons("zh")
    assert all(word in said for word in ("地址相近", "同一社区", "相隔 4 分钟", "感知设备与人工上报"))
    assert sum(part.points for part in found.parts) == found.points


@pytest.mark.parametrize(
    "other",
    [
        replace(GRID, at=SENSOR.at + WINDOW + 1),
        replace(GRID, said=pairs_of("小广告张贴"), address=pairs_of("松青路12号"), matter=""),
        replace(GRID, said=frozenset(), address=frozenset()),
    ],
)
def test_another_time_other_words_or_no_words_are_no_duplicate(other: Traits) -> None:
    assert likeness(SENSOR, other).points < LIKELY


def test_one_common_word_in_one_community_is_not_enough() -> None:
    one = Traits(pairs_of("井盖缺失"), community_id=4, matter="BJ0101", section="economy", at=0)
    other = Traits(pairs_of("井盖异响扰民"), community_id=4, section="economy", at=60)
    assert likeness(one, other).points < LIKELY


texts = st.text("井盖缺失破损漏水起火冒烟路口社区栋单元1234", max_size=12)
traits = st.builds(
    Traits,
    texts.map(pairs_of),
    texts.map(pairs_of),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 3]),
    st.sampled_from(["", "BJ0101"]),
    at=st.integers(0, 3 * WINDOW),
)


@given(traits, traits)
def test_it_is_the_same_both_ways_and_never_without_words_or_place(one: Traits, other: Traits) -> None:
    assert likeness(one, other) == likeness(other, one)
    if not (one.said & other.said or one.address & other.address):
        assert likeness(one, other).points == 0
