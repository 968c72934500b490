"""The list guards as a rule: which list holds over which, at which tier, for which words."""

from __future__ import annotations

import pytest

from core.rules.lists import (
    NO_LISTS,
    TIER_LISTS,
    ListEntry,
    Lists,
    Subject,
    below_everywhere,
    certificate_of,
    duty_of,
    duty_words,
    first_stop,
    refusal_of_tier,
)
from data.terms import ListKind, Tier

MATTER = Subject("JF0101", "邻里噪声纠纷", "Noise", ("JF01", "JF"))


def entry(kind: ListKind, *matters: str, code: str = "A1", words: tuple[str, ...] = (), lead: str = "") -> ListEntry:
    return ListEntry(kind, code, "甲", "first", matters, words, lead, "找别人", "somebody else")


def stopped(lists: Lists, subject: Subject, tier: Tier) -> str:
    stop = refusal_of_tier(lists, subject, tier)
    assert stop is None or (stop.zh and stop.en and stop.zh != stop.en)
    return stop.code if stop else ""


@pytest.mark.parametrize("tier", Tier)
def test_without_lists_nothing_is_stopped(tier: Tier) -> None:
    assert first_stop(NO_LISTS, MATTER, [tier]) is None
    assert first_stop(NO_LISTS, Subject(text="亲属关系证明"), [tier]) is None


def test_the_negative_list_holds_over_the_others_and_below_the_centre_alone() -> None:
    lists = Lists("1", (entry(ListKind.COMMUNITY, "JF0101"), entry(ListKind.NEGATIVE, "JF")))
    assert {tier: stopped(lists, MATTER, tier) for tier in Tier} == {
        **dict.fromkeys(Tier, ""),
        **dict.fromkeys(TIER_LISTS, "list-negative"),
    }
    assert below_everywhere(lists, MATTER)


def test_a_grid_works_for_its_community_and_not_the_other_way_round() -> None:
    lists = Lists("1", (entry(ListKind.COMMUNITY, "XX"), entry(ListKind.GRID, "JF01", code="A2")))
    assert stopped(lists, MATTER, Tier.COMMUNITY) == "list-off"
    assert stopped(lists, MATTER, Tier.GRID) == stopped(lists, MATTER, Tier.MICRO_GRID) == ""
    assert below_everywhere(lists, MATTER) is None
    assert stopped(lists, Subject(text="什么事"), Tier.GRID) == "list-no-matter"
    assert stopped(Lists("1", (entry(ListKind.GRID, "XX"),)), MATTER, Tier.COMMUNITY) == "", "its list is empty"


def test_a_row_that_names_the_matter_says_who_leads_before_its_category() -> None:
    lists = Lists(
        "1", (entry(ListKind.STREET_DUTY, "JF"), entry(ListKind.STREET_ASSIST, "JF0101", code="A2", lead="区司法局"))
    )
    found = duty_of(lists, MATTER)
    assert found is not None
    assert duty_words(found) == ("区级主责（区司法局）、镇街配合", "the district leads (区司法局), the street assists")
    other = duty_of(lists, Subject("JF0202", categories=("JF02", "JF")))
    assert other is not None
    assert duty_words(other)[0] == "镇街法定职责"
    assert duty_of(lists, Subject("MS0101", categories=("MS",))) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("要开收入证明", "B1"),
        ("要开无固定收入证明", "Z1"),
        ("要开 收入 证明", "B1"),
        ("ＡＢ证明", "Z2"),
        ("证明", ""),
    ],
)
def test_the_longest_name_of_a_certificate_wins(text: str, code: str) -> None:
    lists = Lists(
        "1",
        (
            entry(ListKind.NO_CERTIFICATE, "MS07", code="B1", words=("收入证明",)),
            entry(ListKind.CERTIFICATE, "MS07", code="Z1", words=("无固定收入证明",)),
            entry(ListKind.CERTIFICATE, "MS07", code="Z2", words=("ab证明",)),
            entry(ListKind.COMMUNITY, "XX"),
        ),
    )
    asked = Subject("MS0701", "证明", "certificate", ("MS07",), text)
    found = certificate_of(lists, asked)
    assert (found.code if found else "") == code
    stop = first_stop(lists, asked, [Tier.COMMUNITY])
    assert (stop.code if stop else "") == {"B1": "certificate-not-issued", "": "list-off"}.get(code, "")
    assert certificate_of(lists, Subject("JF0101", text=text)) is None, "another matter speaks of something else"
    known = certificate_of(lists, Subject(text=text))
    assert (known.code if known else "") == code, "without a matter the words say it"
