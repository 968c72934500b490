"""Plans and cards as data: mistakes are said with their place; what is shipped is in order and comes back the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.catalogue.cards import Sources, card_of, cards_toml, read_cards, shipped_texts
from core.catalogue.plans import check_plans, parse_plans, plan_body, plan_of_body, plans_toml, shipped_plans
from core.catalogue.read import read_catalogue, read_policy
from core.rules.contingency import Subject, fitting
from core.rules.lists import NO_LISTS
from data.errors import BadInput

LED = 'hand = [{ post = "A", part = "lead" }]'


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('words = ["x"]', "plan A", "一个主办"),
        (LED, "plan A", "matters"),
        ('code = "A B"\noff = true', "plan A B", "编号只能用"),
        ('words = ["x"]\nhand = [{ post = "A", force = "B", part = "lead" }]', "plan A, hand 1", "之一"),
        ('words = ["x"]\nhand = [{ role = "cook", part = "lead" }]', "plan A, hand 1", "role 须为"),
        ('words = ["x"]\nhand = [{ post = "A", part = "lead", answer = "soon" }]', "plan A, hand 1", "answer"),
        ('words = ["x"]\nhand = [{ post = "A", part = "lead", finish = "1 urgent_hour" }]', "plan A, hand 1", "finish"),
        (f'words = ["x"]\ngrad = "1"\n{LED}', "plan A", "未知的项"),
        (f'words = ["x"]\nurgency = ["hot"]\n{LED}', "plan A", "紧急程度"),
        (f'words = ["x"]\n{LED}\ncheck = [{{ text = "y", by = "B" }}]', "plan A", "不在预案中"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_with_its_place(text: str, place: str, said: str) -> None:
    code = "" if text.startswith("code") else 'code = "A"\n'
    table = tomllib.loads(f'version = "1"\n[[plan]]\n{code}name = "x"\n{text}')
    with pytest.raises(BadInput) as error:
        parse_plans(table, "own.toml")
    problems = [(item["place"], item["zh"]) for item in error.value.details["problems"]]
    assert any(found == f"own.toml: {place}" and said in zh for found, zh in problems), problems


def test_the_shipped_plans_fit_the_shipped_catalogue_and_come_back_the_same(tmp_path: Path) -> None:
    plans, (policy, _body) = list(shipped_plans().values()), read_policy()
    catalogue = read_catalogue()
    assert len(plans) >= 10
    assert [item.code for item in check_plans(plans, catalogue, policy)] == ["plans"]
    again = parse_plans(tomllib.loads(plans_toml(plans, "2026.1")), "again")
    assert again == plans
    assert [plan_of_body(plan_body(plan), 0, plan.label) for plan in plans] == plans
    for plan in plans:
        assert all(line.zh and line.en for line in (*plan.checks, *plan.questions)), plan.code
    file = tmp_path / "cards.toml"
    file.write_text(cards_toml(list(shipped_texts().values()), "2026.1"), encoding="utf-8")
    assert read_cards(file) == list(shipped_texts().values())
    known = {matter.code for matter in catalogue.matters} | {category.code for category in catalogue.categories}
    assert shipped_texts().keys() <= known


def test_plans_are_proposed_by_matter_or_words_and_the_rest_only_adds() -> None:
    plans = shipped_plans().values()
    assert fitting(plans, Subject(tags=("老旧小区",), urgency="emergency", mode="1")) == []
    told = fitting(plans, Subject(matter="TF0201", categories=("TF02", "TF"), text="三楼起火", tags=("老旧小区",)))
    assert [(reason.kind, reason.points) for reason in told[0].reasons] == [
        ("matter", 100),
        ("words", 20),
        ("tags", 15),
    ]
    by_category = fitting(plans, Subject(matter="AQ0203", categories=("AQ02", "AQ")))
    assert [(fit.plan.code, fit.points) for fit in by_category] == [("FALLING", 60)]
    in_emergency = fitting(plans, Subject(text="着火", mode="2"))
    assert [reason.kind for reason in in_emergency[0].reasons] == ["words", "mode"]
    assert in_emergency[0].why("en") == "the report says 着火; emergency of grade II, and it reports upward"


def test_each_matter_has_a_card_in_both_languages() -> None:
    """What is missing at the centre is said; the matter's own text goes before its category's."""
    catalogue, (policy, _body) = read_catalogue(), read_policy()
    found = Sources(
        catalogue, NO_LISTS, policy, shipped_plans(), shipped_texts(), {"XFZ": "XFD"}, {"XFD": ("队", "Brigade")}
    )
    for matter in catalogue.matters:
        card = card_of(found, matter)
        named = {part.name for part in card.parts}
        assert {"what", "ask", "hands", "limits"} <= named, matter.code
        assert all(part.lines_zh and part.lines_en for part in card.parts), matter.code
    parts = {part.name: part for part in card_of(found, catalogue.matter("TF0102")).parts}  # type: ignore[arg-type]
    assert parts["safety"].lines_zh[0].startswith("开窗、关阀")
    assert "协办 XFD 队" in parts["hands"].lines_zh
    assert "assisting RQQY (not set up here)" in parts["hands"].lines_en
    assert parts["upward"].lines_zh[0] == "III级（较大）（预案 GAS-LEAK）"
    assert parts["plan"].lines_en == ("GAS-LEAK Gas leak",)
    assert "first" not in parts
