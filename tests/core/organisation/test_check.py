"""What `check` finds: each rule by one organisation that breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.organisation.check import check
from core.organisation.model import AppointmentEntry, Desk, DutyEntry, OfficerEntry, Organisation, Sizes, UnitEntry

UNITS = (
    UnitEntry("ZX", "centre", "中心"),
    UnitEntry("economy", "section", "经济", parent="ZX"),
    UnitEntry("CSGX", "post", "城市更新岗", parent="economy", section="economy", post_kind="fixed"),
    UnitEntry("SQ1", "community", "一社区", parent="ZX", people=9_000),
    UnitEntry("G1", "grid", "一网格", parent="SQ1", households=500),
    UnitEntry("M1", "micro_grid", "一微网格", parent="G1", households=50),
)
OFFICERS = (OfficerEntry("a", "甲"), OfficerEntry("b", "乙"))
APPOINTMENTS = (
    AppointmentEntry("a", "CSGX", "post_member", "a"),
    AppointmentEntry("b", "CSGX", "post_member", "b"),
    AppointmentEntry("a", "economy", "section_leader", "a"),
    AppointmentEntry("b", "economy", "section_leader", "b"),
    AppointmentEntry("a", "G1", "grid_worker"),
)
SOUND = Organisation("ZX", "中心", units=UNITS, officers=OFFICERS, appointments=APPOINTMENTS)


def with_unit(code: str, **values: object) -> Organisation:
    return replace(SOUND, units=tuple(replace(unit, **values) if unit.code == code else unit for unit in UNITS))  # type: ignore[arg-type]


def test_a_sound_organisation_has_no_findings() -> None:
    assert check(SOUND, ["CSGX"]) == []


@pytest.mark.parametrize(
    ("organisation", "level", "code", "subject"),
    [
        (with_unit("G1", households=501), "warning", "grid-large", "G1"),
        (with_unit("M1", households=49), "warning", "micro-small", "M1"),
        (with_unit("M1", households=81), "warning", "micro-large", "M1"),
        (with_unit("SQ1", people=20_001), "warning", "community-large", "SQ1"),
        (with_unit("SQ1", people=2_999), "warning", "community-small", "SQ1"),
        (with_unit("SQ1", parent="nowhere"), "error", "parent-unknown", "SQ1"),
        (with_unit("G1", parent="ZX"), "error", "parent-kind", "G1"),
        (with_unit("CSGX", section="party"), "error", "section-differs", "CSGX"),
        (replace(SOUND, code="YY"), "error", "centre-unit", "YY"),
        (replace(SOUND, units=(*UNITS, UNITS[3])), "error", "unit-twice", "SQ1"),
        (replace(SOUND, officers=(*OFFICERS, OfficerEntry("a", "丙"))), "error", "officer-twice", "a"),
        (replace(SOUND, officers=(*OFFICERS, OfficerEntry("c", "甲"))), "warning", "name-twice", "甲"),
        (replace(SOUND, appointments=APPOINTMENTS[2:]), "warning", "post-vacant", "CSGX"),
        (replace(SOUND, appointments=APPOINTMENTS[1:]), "warning", "post-half", "CSGX"),
        (replace(SOUND, appointments=APPOINTMENTS[:-1]), "warning", "grid-unstaffed", "G1"),
        (replace(SOUND, appointments=(*APPOINTMENTS, APPOINTMENTS[0])), "error", "appointment-twice", "a@CSGX"),
        (
            replace(SOUND, appointments=(*APPOINTMENTS, AppointmentEntry("z", "G1", "grid_head"))),
            "error", "appointment-officer", "z@G1",
        ),
        (
            replace(SOUND, appointments=(*APPOINTMENTS, AppointmentEntry("a", "G9", "grid_head"))),
            "error", "appointment-unit", "a@G9",
        ),
        (
            replace(SOUND, appointments=(*APPOINTMENTS, AppointmentEntry("b", "ZX", "security_admin"))),
            "error", "roles-exclusive", "b",
        ),
        (replace(SOUND, desk=Desk(teams=(("z",),))), "error", "duty-officer", "z"),
        (
            replace(SOUND, duty=(DutyEntry("y", "leave", "", "2026-11-20T00:00+08:00"),)),
            "error", "duty-officer", "y",
        ),
        (replace(SOUND, routes={"YJGL": "NOPE"}), "error", "route-nowhere", "YJGL"),
    ],
)  # fmt: skip
def test_each_rule(organisation: Organisation, level: str, code: str, subject: str) -> None:
    found = [finding for finding in check(organisation) if finding.code == code]
    assert [(finding.level, finding.subject) for finding in found] == [(level, subject)]
    assert found[0].zh
    assert found[0].en


def test_bounds_can_be_set_and_switched_off() -> None:
    wide = replace(with_unit("SQ1", people=800), sizes=Sizes(community_least=0, grid_most=100))
    assert [finding.code for finding in check(wide)] == ["grid-large"]


def test_a_post_that_the_catalogue_needs_and_nobody_has() -> None:
    assert [finding.subject for finding in check(SOUND, ["CSGX", "YJGL", "YJGL"])] == ["YJGL"]
    assert check(replace(SOUND, routes={"YJGL": "CSGX"}), ["YJGL"]) == []


def test_errors_come_first() -> None:
    both = replace(with_unit("G1", households=999), routes={"YJGL": "NOPE"})
    assert [finding.level for finding in check(both)] == ["error", "warning"]
