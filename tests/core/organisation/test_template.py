"""The two templates: exact counts, the same people each time, and a few oddities for `check` to find."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.sources import parse_toml, read_toml
from core.organisation.check import check
from core.organisation.model import Organisation
from core.organisation.roster import roster
from core.organisation.template import build_template, read_template, templates
from data.errors import BadInput, NotFound, Refusal
from data.terms import PostKind, Rank, Role, UnitKind


@pytest.fixture(scope="module")
def s3() -> Organisation:
    return read_template()


@pytest.fixture(scope="module")
def s4() -> Organisation:
    return read_template("s4")


def kinds(organisation: Organisation) -> Counter[str]:
    return Counter(unit.kind for unit in organisation.units)


def posts(organisation: Organisation) -> Counter[str]:
    return Counter(unit.post_kind for unit in organisation.of_kind(UnitKind.POST))


def test_counts_of_source_s3(s3: Organisation) -> None:
    found = kinds(s3)
    assert (found["section"], found["community"], found["grid"]) == (4, 10, 116)
    assert (found["exclusive_grid"], found["micro_grid"]) == (7, 709)
    assert posts(s3) == {PostKind.FIXED: 20, PostKind.SPECIAL: 4, PostKind.STATIONED: 3}
    assert {unit.name for unit in s3.of_kind(UnitKind.SECTION)} == {"党的建设", "经济发展", "民生服务", "平安法治"}
    assert {"LZDD", "CSGX", "YJGL", "ZHXT"} <= {unit.code for unit in s3.of_kind(UnitKind.POST)}
    ranked = (Role.COMMANDER, Role.SECTION_LEADER, Role.DUTY_LEADER)
    assert len({entry.officer for entry in s3.appointments if entry.role in ranked}) == 11
    forces = {unit.name for unit in s3.of_kind(UnitKind.FORCE)}
    assert {"消防救援站", "社区卫生服务中心"} <= forces
    assert sum("物业" in name for name in forces) >= 2
    assert 125_000 < sum(unit.people for unit in s3.of_kind(UnitKind.COMMUNITY)) < 135_000


def test_counts_of_source_s4(s4: Organisation) -> None:
    found = kinds(s4)
    assert (found["community"], found["grid"], found["section"]) == (110, 118, 4)
    assert posts(s4) == {PostKind.FIXED: 47, PostKind.SPECIAL: 1, PostKind.STATIONED: 3}


def test_nothing_is_chongqing_only(s3: Organisation, s4: Organisation) -> None:
    assert s4.tiers["community"]["zh"] == "村"
    assert s4.tiers["district"]["zh"] == "县级"
    names = {unit.code: unit.name for unit in s4.of_kind(UnitKind.SECTION)}
    assert names["economy"] != {unit.code: unit.name for unit in s3.of_kind(UnitKind.SECTION)}["economy"]
    assert all(unit.aliases for unit in s4.of_kind(UnitKind.SECTION))
    shared = {unit.code for unit in s3.of_kind(UnitKind.POST)} & {unit.code for unit in s4.of_kind(UnitKind.POST)}
    assert shared <= {"YXJC", "PCS", "SFS", "SCJG"}
    assert len({unit.name for unit in s4.of_kind(UnitKind.COMMUNITY)}) == 110


@pytest.mark.parametrize("name", ["s3", "s4"])
def test_every_section_has_its_ab_leaders_and_the_centre_a_commander(name: str) -> None:
    organisation = read_template(name)
    held = {(entry.unit, entry.role, entry.rank) for entry in organisation.appointments}
    for section in organisation.of_kind(UnitKind.SECTION):
        assert (section.code, Role.SECTION_LEADER, Rank.A) in held
        assert (section.code, Role.SECTION_LEADER, Rank.B) in held
    assert (organisation.code, Role.COMMANDER, Rank.A) in held
    assert any(role == Role.DUTY_LEADER for _, role, _ in held)


@pytest.mark.parametrize("name", ["s3", "s4"])
def test_grid_teams_are_one_and_three_and_more(name: str) -> None:
    organisation = read_template(name)
    roles: dict[str, set[str]] = {}
    for entry in organisation.appointments:
        roles.setdefault(entry.unit, set()).add(entry.role)
    team = {Role.GRID_HEAD, Role.GRID_WORKER, Role.GRID_WORKER_PART, Role.GRID_MENTOR}
    for grid in organisation.of_kind(UnitKind.GRID, UnitKind.EXCLUSIVE_GRID):
        assert roles[grid.code] >= team, grid.code
    for cell in organisation.of_kind(UnitKind.MICRO_GRID):
        assert roles[cell.code] == {Role.MICRO_GRID_HEAD}


def test_the_same_seed_gives_the_same_street(s3: Organisation) -> None:
    assert read_template("s3") == s3
    values = read_toml(templates()["s3"])
    other = build_template({**values, "seed": "another"}, "x.toml")
    assert [unit.code for unit in other.units] == [unit.code for unit in s3.units]
    assert [officer.name for officer in other.officers] != [officer.name for officer in s3.officers]


def test_names_are_used_once_and_no_telephone_is_a_real_one(s3: Organisation, s4: Organisation) -> None:
    for organisation in (s3, s4):
        names = [officer.name for officer in organisation.officers]
        assert len(set(names)) == len(names)
        assert all(len(officer.phone) < 7 for officer in organisation.officers)


def test_check_finds_the_oddities_and_no_errors(s3: Organisation, s4: Organisation) -> None:
    found = Counter(finding.code for finding in check(s3))
    assert found == {
        "grid-large": 1, "micro-large": 4, "micro-small": 1, "community-large": 1, "post-half": 1, "post-vacant": 1,
    }  # fmt: skip
    assert Counter(finding.code for finding in check(s4)) == {"micro-small": 1}
    assert all(finding.level == "warning" for finding in (*check(s3), *check(s4)))


def test_the_roster_covers_every_second_and_follows_the_teams(s3: Organisation) -> None:
    turns = roster(s3, date(2026, 11, 20), 4)
    for role, each in ((Role.SHIFT_LEADER, 12), (Role.DUTY_LEADER, 4)):
        shifts = sorted((entry.starts, entry.ends) for entry in turns if entry.role == role)
        assert len(shifts) == each
        assert all(before[1] == after[0] for before, after in pairwise(shifts))
    assert len({entry.officer for entry in turns if entry.role == Role.SHIFT_LEADER}) == 4
    assert roster(read_template("s4"), date(2026, 11, 20), 1)[0].starts == "2026-11-20T08:30:00+08:00"


def test_a_copy_can_be_edited_and_named_by_its_path(tmp_path: Path, s3: Organisation) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(templates()["s3"].read_text().replace("城市更新岗", "房屋安全岗"))
    changed = read_template(str(copy))
    assert {unit.code: unit.name for unit in changed.units}["CSGX"] == "房屋安全岗"
    assert len(changed.units) == len(s3.units)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ('section = "economy"', 'section = "ecomony"', "ecomony"),
        ("grids = 13", "grids = -1", "grids"),
        ('post = "LZDD"', 'post = "NOPE"', "post"),
        ('["centre", "commander", "a"]', '["centre", "king", "a"]', "king"),
        ('zone = "Asia/Shanghai"', 'zone = "Mars/Olympus"', "Mars"),
        ('shifts = ["00:00"', 'shifts = ["25:00"', "shifts"),
        ("grids = 16", "grids = 16\ncolour = 3", "colour"),
    ],
)
def test_mistakes_in_a_template_are_said(before: str, after: str, word: str) -> None:
    text = templates()["s3"].read_text()
    assert before in text
    with pytest.raises(BadInput) as caught:
        build_template(parse_toml(text.replace(before, after, 1).encode(), "t.toml"), "t.toml")
    assert word in str(caught.value.details["problems"])


def test_an_unknown_template_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="s4"):
        read_template("s9")


@given(st.dictionaries(
    st.sampled_from(["code", "seed", "centre", "tiers", "sizes", "district", "section", "post", "leader", "desk",
                     "force", "community", "villages", "households", "routes"]),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "name", "section", "kind", "roles", "rows", "grids"]), inner),
        max_leaves=8,
    ),
))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_shape_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        build_template(values, "t.toml")
