"""Which matter a report is about: the worked cases of the field land where a duty officer would put them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.find import choose_limit, match, route
from core.catalogue.model import CatalogueVersion, MatterEntry
from core.catalogue.read import read_catalogue

CATALOGUE: CatalogueVersion = read_catalogue()

CASES = [
    ("平都东路井盖破损，车子压过去哐哐响，很危险", "BJ0101", 1),
    ("小区门口窨井的盖子不见了", "BJ0101", 0),
    ("楼下下水道堵塞，污水外溢到厨房门口", "TF0103", 0),
    ("铂金云鼎外墙瓷砖掉下来砸到车", "AQ0201", 0),
    ("古渡春色旁边的堡坎裂缝变大了", "AQ0301", 0),
    ("林婆婆家门磁一天没动静，独居老人没出门", "GA0101", 0),
    ("有人聚集听课准备转账投资，像是诈骗", "ZA0101", 0),
    ("25栋加装电梯，一楼不同意", "JF0205", 0),
    ("路口停车难，想增加车位", "JT0103", 0),
    ("家里闻到很重的燃气味，怀疑漏气", "TF0102", 0),
    ("工地半夜施工打桩，睡不着", "CG0301", 0),
    ("老板拖欠工资，几十人在讨薪", "JF0401", 0),
    ("电梯困人，有老人被困在电梯里", "TF0402", 0),
    ("路灯不亮，单盏灯杆12号", "BJ0301", 1),
]


@pytest.mark.parametrize(("text", "code", "limit_no"), CASES)
def test_worked_cases_find_their_matter_and_condition(text: str, code: str, limit_no: int) -> None:
    best = match(text, CATALOGUE.matters, CATALOGUE.synonyms)[0]
    assert (best.matter.code, best.limit_no) == (code, limit_no)


def test_the_reason_names_the_words_in_both_languages() -> None:
    best = match("井盖不见了", CATALOGUE.matters, CATALOGUE.synonyms)[0]
    assert "井盖" in best.reason("zh")
    assert "缺失" in best.reason("zh")
    assert "missing" in best.reason("en")
    vague = match("井盖", CATALOGUE.matters, CATALOGUE.synonyms)[0]
    assert "暂按首项" in vague.reason("zh")
    assert "assumed" in vague.reason("en")


def test_a_rare_word_says_more_than_a_common_one() -> None:
    first = CATALOGUE.matters[0]
    common = [replace(first, code=f"AA{number}", name=f"甲{number}甲", keywords=("扰民",)) for number in range(5)]
    rare = replace(first, code="ZZ1", name="乙乙", keywords=("坝坝",))
    assert [hit.matter.code for hit in match("坝坝舞扰民", [*common, rare])][:2] == ["ZZ1", "AA0"]


def test_nothing_is_proposed_where_nothing_fits() -> None:
    assert match("", CATALOGUE.matters) == []
    assert match("xyz 123", CATALOGUE.matters, CATALOGUE.synonyms) == []
    assert choose_limit("", ()) == (0, ())


def test_routes_are_followed_and_what_is_missing_is_named() -> None:
    matter = CATALOGUE.matter("BJ0101")
    assert matter is not None
    found = route(matter, {"GHJS": "CZJS", "PSQY": "CZJS"}, {"CZJS": "村镇建设岗", "GSQY": "供水站"})
    assert (found.lead, found.assist, found.missing) == ("CZJS", ("GSQY",), ("HWQY",))
    assert "村镇建设岗" in found.zh
    assert "HWQY" in found.en
    lost = route(matter, {}, {})
    assert lost.lead == ""
    assert "GHJS" in lost.zh


@given(st.text(max_size=300))
def test_any_text_can_be_matched(text: str) -> None:
    for found in match(text, CATALOGUE.matters, CATALOGUE.synonyms):
        assert isinstance(found.matter, MatterEntry)
        assert found.words
        assert 0 <= found.limit_no < len(found.matter.limits)
        assert found.reason("zh")
        assert found.reason("en")


def test_a_long_text_is_no_trouble() -> None:
    assert match("井盖" * 100_000, CATALOGUE.matters, CATALOGUE.synonyms)[0].matter.code == "BJ0101"
