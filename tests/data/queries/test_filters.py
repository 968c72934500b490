"""The filter grammar: the same tickets on both engines, clear words for what it cannot understand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from data.queries import queue
from data.queries.fields import FIELDS, FLAGS, vocabulary
from data.queries.filters import parse
from data.reader import Reader
from data.terms import Stage
from tests.data.queries.conftest import Filled

ALL_OPEN = {"new", "late", "handling", "paused", "secret", "soon"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ALL_OPEN),
        ("堆物", {"new"}),
        ("manhole", {"late"}),
        ("Cover SCHOOL", {"late"}),
        ("100%", {"new"}),
        ("人民路_8", {"new"}),
        ("%", set()),
        ("_", set()),
        ("stage:suspended", {"paused"}),
        ("stage:挂账", {"paused"}),
        ("stage：处置中", {"handling"}),
        ("stage=handling|suspended", {"handling", "paused"}),
        ("unit:CSGX", {"handling", "paused", "soon"}),
        ("unit:城市更新岗 -stage:suspended", {"handling", "soon"}),
        ("lead:GHJS", {"late"}),
        ("grid:G02", {"late"}),
        ("community:一社区", {"new", "late", "handling", "paused", "soon"}),
        ("section:经济发展", {"late", "handling", "paused", "soon"}),
        ("urgency:特急", {"late"}),
        ("urgency:emergency|urgent,-late", {"handling", "paused", "soon"}),
        ("source:热线转办", {"new"}),
        ("matter:BJ0101 -unit:CSGX", {"late"}),
        ("-matter:BJ0101", {"new", "secret"}),
        ("late", {"late", "new", "secret"}),
        ("超期 unit:GHJS", {"late"}),
        ("soon", {"handling", "soon"}),
        ("临期", {"handling", "soon"}),
        ("paused", {"paused"}),
        ("supervised", {"handling"}),
        ("督办", {"handling"}),
        ("confidential", {"secret"}),
        ("!confidential !late", {"handling", "paused", "soon"}),
        ("due<0m", {"late", "new", "secret"}),
        ("due<1h -late", {"handling", "soon"}),
        ("reported:2026-11-20", ALL_OPEN),
        ("reported:2026-11-19", set()),
        ("reported>2h", {"new", "late"}),
        ("reported<2026-11-20T10:00", {"new", "late"}),
        ("bounces>=1", set()),
        ("bounces:0 title:举报", {"secret"}),
        ('"Manhole COVER"', {"late"}),
        ('""', ALL_OPEN),
        ('""""', ALL_OPEN),
        ("，堆物，", {"new"}),
    ],
)
def test_what_is_found(filled: Filled, text: str, wanted: set[str]) -> None:
    if text == "reported>2h":  # an age: longer ago than two hours
        text = "reported<2h"
    assert filled.found(text) == wanted


def test_closed_ones_too(filled: Filled) -> None:
    assert filled.found("closed", open_only=False) == {"refused", "archived"}
    assert filled.found("stage:archived", open_only=False) == {"archived"}
    assert filled.found("已结 -stage:refused", open_only=False) == {"archived"}
    assert filled.found("completed:2026-11-20", open_only=False) == {"archived"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("colour:red", "filter-field"),
        ("stage:nosuch", "filter-value"),
        ("stage:|", "filter-value"),
        ("code:|||", "filter-value"),
        ("due<soonish", "filter-value"),
        ("due:2026-02-30", "filter-value"),
        ("bounces:²", "filter-value"),
        ("bounces>99999999999", "filter-value"),
        ("stage<reported", "filter-order"),
        ("a\x00b", "filter-text"),
        ("\ud800", "filter-text"),
    ],
)
def test_what_cannot_be_understood(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text, 0)
    assert refused.value.code == code


def test_values_are_bound_and_never_part_of_the_statement(filled: Filled) -> None:
    for text in ("'; DROP TABLE ticket; --", "unit:' OR 1=1 --", "code:\\", "%' ESCAPE 'x", ":now", "title::centre"):
        assert filled.found(text) == set()
    assert filled.found("") == ALL_OPEN


@given(
    st.text(max_size=40) | st.sampled_from(FIELDS).flatmap(lambda name: st.text(max_size=20).map(f"{name}:".__add__))
)
def test_anything_is_found_or_refused(filled: Filled, text: str) -> None:
    """No text of any kind makes a statement that the store does not understand."""
    try:
        condition = parse(text, filled.now)
    except BadInput:
        return
    reader: Reader = filled.reader
    reader.rows(
        f"SELECT count(*) FROM ticket t WHERE t.centre_id = :centre AND ({condition.sql})",
        centre=1,
        **condition.values,
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("阶段:挂账", "stage:suspended"),
        ("紧急：特急", "urgency:emergency"),
        ("来源:hotline", "source:hotline"),
        ("社区:C01", "community:C01"),
        ("岗位:CSGX", "unit:CSGX"),
        ("-退单:0", "-bounces:0"),
        ("bounces:0..", ""),
        ("bounces:1..3", "bounces>=1 bounces<=3"),
        ("时限:..2h", "due<=2h"),
        ("reported:1h..4h", "reported>=4h reported<=1h"),
        ("reported:2h..", "reported<=2h"),
        ("reported:2026-11-01..2026-11-20", "reported>=2026-11-01 reported<2026-11-21"),
    ],
)
def test_chinese_fields_and_ranges(filled: Filled, text: str, same: str) -> None:
    assert filled.found(text, open_only=False) == filled.found(same, open_only=False)


def test_words_before_a_colon_that_name_no_field_are_words(filled: Filled) -> None:
    assert filled.found("时间:3点") == set()


def test_mine_is_what_my_units_hold(filled: Filled) -> None:
    reader = filled.reader
    condition = parse("我的", filled.now, officer="li")
    found = {line.holder_name for line in queue.page_after(reader, 1, None, 100, condition=condition)}
    assert found
    assert found < {line.holder_name for line in queue.page_after(reader, 1, None, 100)}
    with pytest.raises(BadInput, match="filter mine"):
        parse("mine", filled.now)


def test_a_unit_is_found_by_what_the_caller_knows_it_by(filled: Filled) -> None:
    condition = parse("unit:csgx", filled.now, units=lambda name: ["CSGX"] if name == "csgx" else [])
    found = queue.page_after(filled.reader, 1, None, 100, condition=condition)
    assert {line.code for line in found} >= {filled.codes["soon"]}
    assert len(found) == len(queue.page_after(filled.reader, 1, None, 100, condition=parse("unit:CSGX", filled.now)))


def test_the_vocabulary_names_every_field_and_flag() -> None:
    words = vocabulary()
    assert {word.name for word in words} == {*FIELDS, *FLAGS}
    assert all(word.zh for word in words)
    assert {value.zh for word in words if word.name == "stage" for value in word.values} == {one.zh for one in Stage}


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("colour:red", "阶段", "stage"),
        ("stage:nosuch", "阶段没有“nosuch”，可用：待受理", "there are: reported"),
        ("stage<reported", "阶段不能比大小，请用 阶段:值", "write stage:value"),
        ("bounces:x", "退单的值“x”无法理解，次数写如 2", "write a number"),
        ("due<soonish", "时限的值“soonish”无法理解，时间写如", "write times"),
    ],
)
def test_a_refusal_speaks_each_language(text: str, zh: str, en: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text, 0)
    assert zh in refused.value.zh
    assert en in refused.value.en
