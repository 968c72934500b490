"""The catalogue that comes with the product: enough of it, whole, and right where a published table says so."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from core.catalogue.calendars import read_calendars
from core.catalogue.find import route
from core.catalogue.model import CatalogueVersion
from core.catalogue.read import SECTIONS, read_catalogue, read_policy
from core.organisation.check import check
from core.organisation.template import read_template
from core.rules.budgets import Budget
from data.terms import AffairKind, ClockKind, TimeUnit, UnitKind, Urgency


@pytest.fixture(scope="module")
def catalogue() -> CatalogueVersion:
    return read_catalogue(policy=read_policy()[0])


def test_there_are_enough_matters_in_two_levels(catalogue: CatalogueVersion) -> None:
    assert len(catalogue.matters) >= 150
    assert len({matter.name for matter in catalogue.matters}) == len(catalogue.matters)
    tops = {category.code for category in catalogue.categories if not category.parent}
    assert len(tops) >= 10
    used = {matter.category for matter in catalogue.matters}
    assert used == {category.code for category in catalogue.categories} - tops
    assert all(" / " in catalogue.path(matter.category) for matter in catalogue.matters)


def test_each_matter_says_what_a_duty_officer_needs(catalogue: CatalogueVersion) -> None:
    for matter in catalogue.matters:
        assert matter.work, matter.code
        assert matter.name_en, matter.code
        assert len(matter.ask) >= 1, matter.code
        assert len(matter.keywords) >= 2, matter.code
        assert all(limit["when"] and limit["when_en"] for limit in matter.limits), matter.code
        assert ("make_safe" in matter.stages) == any("make_safe" in limit for limit in matter.limits), matter.code
        assert "arrive" in matter.stages or not any("arrive" in limit for limit in matter.limits), matter.code


def test_every_section_kind_urgency_and_unit_is_used(catalogue: CatalogueVersion) -> None:
    assert {matter.section for matter in catalogue.matters} == set(SECTIONS)
    assert {matter.affair for matter in catalogue.matters} == set(AffairKind)
    assert {matter.urgency for matter in catalogue.matters} == set(Urgency)
    texts = {limit[kind] for matter in catalogue.matters for limit in matter.limits for kind in ("final",)}
    assert {Budget.parse(text).unit for text in texts} == set(TimeUnit)


def test_making_safe_never_takes_longer_than_the_whole(catalogue: CatalogueVersion) -> None:
    longest = {TimeUnit.URGENT_HOUR: 1, TimeUnit.WORK_HOUR: 1, TimeUnit.WORK_DAY: 24, TimeUnit.NATURAL_DAY: 24}
    for matter in catalogue.matters:
        for limit in matter.limits:
            hours = {
                kind: Budget.parse(limit[kind]).amount * longest[Budget.parse(limit[kind]).unit]
                for kind in ("arrive", "make_safe", "final")
                if kind in limit
            }
            assert list(hours.values()) == sorted(hours.values()), (matter.code, limit)


@pytest.mark.parametrize("name", ["s3", "s4"])
def test_every_post_and_force_is_there_in_each_template(catalogue: CatalogueVersion, name: str) -> None:
    organisation = read_template(name)
    units = {unit.code: unit.name for unit in organisation.of_kind(UnitKind.POST, UnitKind.FORCE)}
    posts = {unit.code for unit in organisation.of_kind(UnitKind.POST)}
    for matter in catalogue.matters:
        found = route(matter, organisation.routes, units)
        assert found.lead in posts, matter.code
        assert not found.missing, matter.code
    needed = [code for matter in catalogue.matters for code in (matter.lead, *matter.assist)]
    assert not [finding for finding in check(organisation, needed) if finding.code.startswith("route")]


def test_sections_agree_with_the_lead_posts(catalogue: CatalogueVersion) -> None:
    posts = {unit.code: unit.section for unit in read_template("s3").of_kind(UnitKind.POST)}
    for matter in catalogue.matters:
        assert posts[matter.lead] in (matter.section, "centre"), matter.code


# What domain experts look up first: matter, condition, make-safe and final limit.
KNOWN = [
    ("BJ0101", 0, "1 urgent_hour", "2 urgent_hour"),
    ("BJ0101", 1, "2 urgent_hour", "4 work_hour"),
    ("BJ0101", 2, None, "2 work_day"),
    ("BJ0101", 3, None, "5 work_day"),
    ("TF0101", 0, "1 urgent_hour", "5 work_day"),
    ("TF0102", 0, "1 urgent_hour", "5 work_day"),
    ("TF0104", 1, "1 urgent_hour", "5 work_day"),
    ("TF0103", 0, None, "4 work_hour"),
    ("TF0105", 0, "2 urgent_hour", "5 work_day"),
    ("TF0108", 0, "1 urgent_hour", "2 work_hour"),
    ("AQ0202", 0, "1 urgent_hour", "2 urgent_hour"),
    ("AQ0301", 0, "2 urgent_hour", "3 natural_day"),
]


@pytest.mark.parametrize(("code", "number", "make_safe", "final"), KNOWN)
def test_limits_hang_on_the_condition(
    catalogue: CatalogueVersion, code: str, number: int, make_safe: str | None, final: str
) -> None:
    matter = catalogue.matter(code)
    assert matter is not None
    assert matter.limits[number].get("make_safe") == make_safe
    assert matter.limits[number]["final"] == final


# A condition of ours, and the sub-class and the words of the published table that its figure was taken from.
FIGURES = [
    ("BJ0101", 0, "上水井盖", "缺失"), ("BJ0101", 1, "上水井盖", "破损超过"), ("BJ0101", 2, "上水井盖", "弹跳"),
    ("BJ0101", 3, "上水井盖", "深陷"), ("BJ0102", 4, "雨水箅子", "堵塞"), ("BJ0103", 1, "燃气井盖", "破损超过"),
    ("BJ0104", 0, "沟槽盖板", "缺失"), ("BJ0105", 2, "化粪池", "外溢"), ("BJ0201", 0, "道路破损", "坑凹"),
    ("BJ0301", 1, "路灯", "单盏"), ("BJ0401", 3, "行道树", "缺失"), ("BJ0502", 1, "垃圾箱（果皮箱、桶）", "变形"),
    ("CG0101", 0, "暴露生活垃圾", ""), ("CG0103", 0, "积存垃圾渣土", ""), ("CG0301", 0, "施工扰民", "噪音"),
    ("CG0302", 0, "工地扬尘", ""), ("CG0401", 0, "无照经营游商", ""), ("CG0402", 0, "店外经营", ""),
    ("TF0103", 0, "排水管道堵塞、破裂", "堵塞"), ("TF0106", 0, "道路积水", ""), ("TF0107", 0, "道路积雪、积冰", ""),
    ("TF0108", 0, "架空线缆脱落", ""), ("AQ0202", 0, "高空坠物", ""), ("AQ0101", 0, "占用消防通道", ""),
    ("AQ0301", 1, "边坡、挡土墙", "挡土墙"), ("AQ0301", 2, "边坡、挡土墙", "冲沟"), ("JJ0201", 1, "私搭乱建", "已形成"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "number", "sub_class", "words"), FIGURES)
def test_figures_are_those_of_the_published_table(
    catalogue: CatalogueVersion, shared_data: Path, code: str, number: int, sub_class: str, words: str
) -> None:
    with (shared_data / "limits" / "case_limits_519.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {
            Budget.parse(row["处置时限"])
            for row in csv.DictReader(file)
            if row["小类"].strip() == sub_class and words in row["立案条件"]
        }
    matter = catalogue.matter(code)
    assert matter is not None
    assert {Budget.parse(matter.limits[number]["final"])} == published


def test_no_sentence_of_the_published_table_is_in_ours(catalogue: CatalogueVersion, shared_data: Path) -> None:
    """Single words of the trade coincide; a run of nine characters and more would be a copy."""
    with (shared_data / "limits" / "case_limits_519.csv").open(encoding="utf-8-sig", newline="") as file:
        theirs = "\n".join(f"{row['立案条件']}\n{row['结案条件']}" for row in csv.DictReader(file))
    for matter in catalogue.matters:
        for text in (matter.work, *(limit["when"] for limit in matter.limits)):
            assert not [text[at : at + 9] for at in range(len(text) - 8) if text[at : at + 9] in theirs], matter.code


def test_the_policy_has_a_limit_and_a_ladder_for_everything(catalogue: CatalogueVersion) -> None:
    policy, _ = read_policy()
    assert policy.bounce_limit == 3
    for urgency in Urgency:
        assert policy.limit(ClockKind.ACCEPT, urgency) == "5 minute"
        assert Budget.parse(policy.limit(ClockKind.FINAL, urgency))
        assert policy.urgencies[urgency].silent_minutes > 0
    assert policy.limit(ClockKind.ARRIVE, Urgency.EMERGENCY)
    targets = {target for ladder in policy.ladders.values() for step in ladder.steps for target in step.targets}
    assert targets >= {"holder", "post_b", "section_a", "section_b", "duty_leader", "commander", "district"}
    assert policy.clock_ladder["accept"] == "accept"


def test_the_calendar_knows_the_official_days() -> None:
    (calendar,) = [entry for entry in read_calendars() if entry.code == "cn_official"]
    assert calendar.hours.is_workday(date(2024, 2, 18))  # a Sunday worked for the Spring Festival
    assert not calendar.hours.is_workday(date(2024, 10, 1))
    assert calendar.hours.official_until is not None
